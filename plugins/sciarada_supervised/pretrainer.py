"""Supervised training with labels."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from sciarada.hooks import UNLABELLED, Losses
from sciarada.nn import backbone_and_channels, gathered
from sciarada_supervised import SupervisedOptions


class Supervised(nn.Module):
    """Classification with smoothed labels (Szegedy et al. 2016, CVPR, arXiv:1512.00567).

    Only the backbone is kept; the classifier on top of it is discarded.
    """

    views = 1
    labelled = True

    def __init__(self, options: SupervisedOptions) -> None:
        super().__init__()
        self.backbone, self.channels = backbone_and_channels(options)
        self.classes = options.classes
        self.classifier = nn.Linear(self.backbone.dimension, self.classes)
        self.smoothing = options.smoothing

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the cross entropy of one view and its labels; unlabelled cutouts are ignored."""
        images, labels = views
        scores, labels = gathered(self.classifier(self.backbone(images))), gathered(labels)
        known = labels != UNLABELLED
        loss = functional.cross_entropy(
            scores, labels, ignore_index=UNLABELLED, label_smoothing=self.smoothing, reduction="sum"
        ) / known.sum().clamp(min=1)
        right = ((scores.argmax(1) == labels) & known).sum() / known.sum().clamp(min=1)
        return Losses(loss, {"accuracy": right.detach()})

    def after_step(self, progress: float) -> None:
        """Do nothing: all weights are trained by gradient."""

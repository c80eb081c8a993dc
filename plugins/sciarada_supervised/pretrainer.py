"""Supervised training with labels."""

from __future__ import annotations

from torch import Tensor, nn

from sciarada.hooks import Losses
from sciarada.nn import LabelHead, backbone_and_channels
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
        self.classifier = LabelHead(self.backbone.dimension, self.classes, options.smoothing)

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the cross entropy of one view and its labels; unlabelled cutouts are ignored."""
        images, labels = views
        loss, accuracy = self.classifier(self.backbone(images), labels)
        return Losses(loss, {"accuracy": accuracy})

    def after_step(self, progress: float) -> None:
        """Do nothing: all weights are trained by gradient."""

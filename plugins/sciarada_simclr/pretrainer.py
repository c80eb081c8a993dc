"""SimCLR."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sciarada.hooks import Losses
from sciarada.nn import LabelHead, backbone_and_channels, gathered, nt_xent, projector
from sciarada_simclr import SimCLROptions

SMOOTHING = 0.1


class SimCLR(nn.Module):
    """Contrastive learning of Chen et al. (2020, ICML, arXiv:2002.05709).

    With a label weight above 0 it also learns to classify the labelled cutouts of the set, such
    as simulated ones, while all cutouts are contrasted.
    """

    views = 2

    def __init__(self, options: SimCLROptions) -> None:
        super().__init__()
        self.backbone, self.channels = backbone_and_channels(options)
        self.projector = projector(self.backbone.dimension, options.hidden, options.outputs)
        self.temperature = options.temperature
        self.label_weight, self.labelled = options.label_weight, options.label_weight > 0
        if self.labelled:
            self.classes = options.classes
            self.classifier = LabelHead(self.backbone.dimension, self.classes, SMOOTHING)

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the normalised, temperature-scaled cross entropy of two views.

        With a label weight, that of their labels is added.
        """
        features = self.backbone(torch.cat(views[: self.views]))
        first, second = self.projector(features).chunk(2)
        contrast = nt_xent(gathered(first), gathered(second), self.temperature)
        if not self.labelled:
            return Losses(contrast, {"nt_xent": contrast.detach()})
        supervised, accuracy = self.classifier(features, views[-1].repeat(self.views))
        terms = {"nt_xent": contrast, "label_entropy": supervised, "accuracy": accuracy}
        total = contrast + self.label_weight * supervised
        return Losses(total, {name: term.detach() for name, term in terms.items()})

    def after_step(self, progress: float) -> None:
        """Do nothing: all parts of SimCLR are trained."""

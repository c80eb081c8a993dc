"""SimCLR."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sciarada.hooks import Losses
from sciarada.nn import backbone_and_channels, gathered, nt_xent, projector
from sciarada_simclr import SimCLROptions


class SimCLR(nn.Module):
    """Contrastive learning of Chen et al. (2020, ICML, arXiv:2002.05709)."""

    views = 2

    def __init__(self, options: SimCLROptions) -> None:
        super().__init__()
        self.backbone, self.channels = backbone_and_channels(options)
        self.projector = projector(self.backbone.dimension, options.hidden, options.outputs)
        self.temperature = options.temperature

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the normalised, temperature-scaled cross entropy of two views."""
        first, second = self.projector(self.backbone(torch.cat(views))).chunk(2)
        loss = nt_xent(gathered(first), gathered(second), self.temperature)
        return Losses(loss, {"nt_xent": loss.detach()})

    def after_step(self, progress: float) -> None:
        """Do nothing: all parts of SimCLR are trained."""

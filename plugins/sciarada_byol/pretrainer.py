"""BYOL."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sciarada.hooks import Losses
from sciarada.nn import (
    backbone_and_channels,
    cosine_distance,
    cosine_to_one,
    ema_update,
    frozen_copy,
    gathered,
    projector,
)
from sciarada_byol import BYOLOptions


class BYOL(nn.Module):
    """Bootstrap your own latent, of Grill et al. (2020, NeurIPS, arXiv:2006.07733)."""

    views = 2

    def __init__(self, options: BYOLOptions) -> None:
        super().__init__()
        self.backbone, self.channels = backbone_and_channels(options)
        self.projector = projector(self.backbone.dimension, options.hidden, options.outputs)
        self.predictor = projector(options.outputs, options.hidden, options.outputs)
        self.slow_backbone = frozen_copy(self.backbone)
        self.slow_projector = frozen_copy(self.projector)
        self.momentum = options.momentum

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the distance of predictions from the slow projections of the other view."""
        images = torch.cat(views)
        predictions = self.predictor(self.projector(self.backbone(images)))
        with torch.no_grad():
            first, second = self.slow_projector(self.slow_backbone(images)).chunk(2)
        targets = torch.cat([second, first])
        # Both directions are summed, as in the paper; the mean is over both.
        loss = 2 * cosine_distance(gathered(predictions), gathered(targets))
        return Losses(loss, {"distance": loss.detach()})

    def after_step(self, progress: float) -> None:
        """Update the slow networks."""
        momentum = cosine_to_one(progress, self.momentum)
        ema_update(self.slow_backbone, self.backbone, momentum)
        ema_update(self.slow_projector, self.projector, momentum)

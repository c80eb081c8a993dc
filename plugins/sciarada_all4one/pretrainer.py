"""All4One."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from sciarada.errors import OptionError
from sciarada.hooks import Losses
from sciarada.nn import (
    Centroids,
    SupportSet,
    backbone_and_channels,
    cosine_to_one,
    ema_update,
    feature_contrast,
    frozen_copy,
    gathered,
    info_nce,
    projector,
)
from sciarada_all4one import All4OneOptions


class All4One(nn.Module):
    """Neighbour, centroid and feature contrast, of Estepa et al. (2023, ICCV, arXiv:2303.09417)."""

    views = 2

    def __init__(self, options: All4OneOptions) -> None:
        super().__init__()
        if options.outputs % options.heads:
            raise OptionError(
                f"the projections of all4one cannot be shared among its heads, give outputs as a "
                f"multiple of heads={options.heads}, not {options.outputs}"
            )
        self.options = options
        self.backbone, self.channels = backbone_and_channels(options)
        outputs = options.outputs
        self.projector = projector(
            self.backbone.dimension, options.hidden, outputs, 3, normalise_last=True
        )
        self.neighbour_predictor = projector(outputs, options.predictor_hidden, outputs)
        self.centroid_predictor = projector(outputs, options.predictor_hidden, outputs)
        self.centroids = Centroids(outputs, options.layers, options.heads)
        self.slow_backbone = frozen_copy(self.backbone)
        self.slow_projector = frozen_copy(self.projector)
        self.support = SupportSet(options.support, outputs)
        self._seen: list[Tensor] = []  # since the last step; empty whenever a state is saved

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the weighted sum of the three contrasts, each the mean of both directions."""
        images = torch.cat(views)
        projections = self.projector(self.backbone(images))
        with torch.no_grad():
            slow = self.slow_projector(self.slow_backbone(images))
            slow = nn.functional.normalize(slow.float(), dim=1)
            near = self.support.neighbours(slow, self.options.neighbours)
        if self.training:
            self._seen.append(slow.chunk(2)[0])
        terms = {
            "neighbour": self._neighbour_contrast(projections, near),
            "centroid": self._centroid_contrast(projections, near),
            "feature": _both_ways(feature_contrast, slow, projections),
        }
        weights = self.options
        total = (
            weights.neighbour_weight * terms["neighbour"]
            + weights.centroid_weight * terms["centroid"]
            + weights.feature_weight * terms["feature"]
        )
        return Losses(total, {name: term.detach() for name, term in terms.items()})

    def after_step(self, progress: float) -> None:
        """Update the momentum networks and add their outputs to the support set."""
        momentum = cosine_to_one(progress, self.options.momentum)
        ema_update(self.slow_backbone, self.backbone, momentum)
        ema_update(self.slow_projector, self.projector, momentum)
        for vectors in self._seen:
            self.support.add(vectors)
        self._seen.clear()

    def _neighbour_contrast(self, projections: Tensor, near: Tensor) -> Tensor:
        """Contrast the nearest neighbours of one view with the predictions of the other."""
        return _both_ways(
            info_nce, near[:, 0], self.neighbour_predictor(projections), self.options.temperature
        )

    def _centroid_contrast(self, projections: Tensor, near: Tensor) -> Tensor:
        """Contrast the centroids of two views; in one of them the prediction comes first."""
        predictions = self.centroid_predictor(projections).to(near.dtype)
        shifted = torch.cat([predictions[:, None], near[:, :-1]], dim=1)
        centroids = self.centroids(torch.cat([near, shifted]))
        return _both_ways(info_nce, *centroids.chunk(2), self.options.temperature)


def _both_ways(
    contrast: Callable[..., Tensor], ours: Tensor, theirs: Tensor, *settings: float
) -> Tensor:
    """Return the mean contrast of ours in each view with theirs in the other."""
    first, second = (gathered(view) for view in ours.chunk(2))
    other_first, other_second = (gathered(view) for view in theirs.chunk(2))
    one, other = (
        contrast(first, other_second, *settings),
        contrast(second, other_first, *settings),
    )
    return 0.5 * (one + other)

"""Encoder ``all4one``: views, their neighbours, and centroids of neighbours should agree."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import EncoderSpec, hookimpl, option
from sciarada.nn import WIDEST, EncoderOptions


@dataclass(frozen=True)
class All4OneOptions(EncoderOptions):
    """Options of All4One."""

    hidden: int = option(2048, help="width of the projector", min=1, max=WIDEST)
    predictor_hidden: int = option(4096, help="width of the predictors", min=1, max=WIDEST)
    outputs: int = option(
        256, help="length of a projection, a multiple of heads", min=1, max=WIDEST
    )
    temperature: float = option(0.2, help="what similarities are divided by", min=0.01)
    momentum: float = option(
        0.99, help="momentum of the slow network per step; rises to 1", min=0, max=1
    )
    support: int = option(
        16384, help="past projections kept, fewer than an epoch has is better", min=16, max=1 << 22
    )
    neighbours: int = option(5, help="nearest of them in a centroid", min=2, max=16)
    layers: int = option(3, help="of the transformer", min=1, max=64)
    heads: int = option(8, help="of the transformer", min=1, max=64)
    neighbour_weight: float = option(0.5, help="of the contrast with neighbours", min=0)
    centroid_weight: float = option(0.5, help="of the contrast with centroids", min=0)
    feature_weight: float = option(5.0, help="of the redundancy between features", min=0)


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="all4one",
            summary="All4One: views agree with neighbours, centroids of neighbours, and features",
            factory="sciarada_all4one.pretrainer:All4One",
            options=All4OneOptions,
            citation="Estepa et al. 2023, ICCV, arXiv:2303.09417",
        )
    ]

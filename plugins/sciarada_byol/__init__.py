"""Encoder ``byol``: a network predicts the output of its slow copy for another view."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import EncoderSpec, hookimpl, option
from sciarada.nn import WIDEST, EncoderOptions


@dataclass(frozen=True)
class BYOLOptions(EncoderOptions):
    """Options of BYOL."""

    hidden: int = option(
        1024, help="width of the projector and of the predictor", min=1, max=WIDEST
    )
    outputs: int = option(256, help="length of a projection", min=1, max=WIDEST)
    momentum: float = option(
        0.99, help="momentum of the slow network per step; rises to 1", min=0, max=1
    )


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="byol",
            summary="BYOL: predicts the output of a slow copy of itself for another view",
            factory="sciarada_byol.pretrainer:BYOL",
            options=BYOLOptions,
            citation="Grill et al. 2020, NeurIPS, arXiv:2006.07733",
        )
    ]

"""Encoder ``simclr``: contrasts two views of a source with those of all others."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import EncoderSpec, hookimpl, option
from sciarada.nn import WIDEST, EncoderOptions


@dataclass(frozen=True)
class SimCLROptions(EncoderOptions):
    """Options of SimCLR."""

    hidden: int = option(4096, help="width of the projector", min=1, max=WIDEST)
    outputs: int = option(512, help="length of a projection", min=1, max=WIDEST)
    temperature: float = option(0.1, help="what similarities are divided by", min=0.01)
    label_weight: float = option(
        0.0, help="weight of the classification of labelled cutouts beside the contrast", min=0
    )
    classes: int = option(32, help="largest number of different labels", min=2, max=WIDEST)


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="simclr",
            summary="SimCLR: tells the two views of a source from those of all others",
            factory="sciarada_simclr.pretrainer:SimCLR",
            options=SimCLROptions,
            citation="Chen et al. 2020, ICML, arXiv:2002.05709",
        )
    ]

"""Encoder ``taught``: labelled cutouts are told apart, such as those of simulated skies."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.options import option
from sciarada.hooks.specs import EncoderSpec
from sciarada.nn.encoder_options import WIDEST, EncoderOptions


@dataclass(frozen=True)
class TaughtOptions(EncoderOptions):
    """How an encoder is taught."""

    classes: int = option(32, help="most labels that there may be", min=2, max=WIDEST)
    smoothing: float = option(0.1, help="share of a label given to all classes", min=0, max=0.99)


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="taught",
            summary="Taught: tells labelled cutouts apart, such as those of simulated skies",
            factory="sciarada_taught.pretrainer:Taught",
            options=TaughtOptions,
            citation="Szegedy et al. 2016, CVPR, arXiv:1512.00567 (label smoothing)",
        )
    ]

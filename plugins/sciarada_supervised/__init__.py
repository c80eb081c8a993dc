"""Encoder ``supervised``: learns to classify labelled cutouts, such as those of simulated skies."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import EncoderSpec, hookimpl, option
from sciarada.nn import WIDEST, EncoderOptions


@dataclass(frozen=True)
class SupervisedOptions(EncoderOptions):
    """Options of the supervised encoder."""

    classes: int = option(32, help="largest number of different labels", min=2, max=WIDEST)
    smoothing: float = option(
        0.1, help="share of each label that is spread over all classes", min=0, max=0.99
    )


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="supervised",
            formerly=("taught",),
            summary="Supervised classification of labelled cutouts, such as simulated ones",
            factory="sciarada_supervised.pretrainer:Supervised",
            options=SupervisedOptions,
            citation="Szegedy et al. 2016, CVPR, arXiv:1512.00567 (label smoothing)",
        )
    ]

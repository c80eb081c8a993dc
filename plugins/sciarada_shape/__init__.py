"""Encoder ``shape``: measurements of the shape of a source that a person can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sciarada.hooks import EncoderSpec, hookimpl, option


@dataclass(frozen=True)
class ShapeOptions:
    """Options of the shape features."""

    npix: int = option(64, help="side of the cutouts", unit="pixels", min=16, max=1024)
    crop: Literal["whole", "source"] = option(
        "source",
        help="what is used of each cutout: all of it, or the square around the central source",
    )


@hookimpl
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer the encoder."""
    return [
        EncoderSpec(
            name="shape",
            summary="Moments, concentration, asymmetry, islands, peaks, profiles; no training",
            factory="sciarada_shape.extractor:ShapeFeatures",
            options=ShapeOptions,
            needs_weights=False,
            citation=(
                "Lotz, Primack & Madau 2004, AJ 128, 163, doi:10.1086/421849; "
                "Conselice 2003, ApJS 147, 1, doi:10.1086/375001"
            ),
        )
    ]

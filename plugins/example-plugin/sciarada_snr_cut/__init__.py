"""Detector ``snr-cut``: connected pixels above one level.

This module says what the plugin offers and imports nothing heavy, so that listing plugins
stays fast.  The work is done in `sciarada_snr_cut.detector`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import DetectorSpec, Thresholds, hookimpl, option


@dataclass(frozen=True)
class SnrCutOptions:
    """Options of the detector ``snr-cut``."""

    level: float = option(5.0, help="least signal to noise of a pixel", unit="sigma", min=0)
    min_pixels: int = option(5, help="drop objects with fewer pixels", min=1)


@hookimpl
def sciarada_tasks() -> list[DetectorSpec]:
    """Offer the detector."""
    return [
        DetectorSpec(
            name="snr-cut",
            summary="Connected pixels above one signal-to-noise level",
            factory="sciarada_snr_cut.detector:SnrCutDetector",
            options=SnrCutOptions,
            thresholds=_thresholds,
        )
    ]


def _thresholds(options: SnrCutOptions) -> Thresholds:
    return Thresholds(peak_sigma=options.level, grow_sigma=options.level)

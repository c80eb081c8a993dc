"""Source detector ``islands``: pixels above a threshold, grown into islands of emission."""

from __future__ import annotations

from sciarada.hooks import DetectorSpec, Thresholds, hookimpl
from sciarada_islands.options import IslandsOptions


@hookimpl
def sciarada_tasks() -> list[DetectorSpec]:
    """Offer the detector."""
    return [
        DetectorSpec(
            name="islands",
            summary="Islands of pixels above a noise threshold, flood-filled to a lower one",
            factory="sciarada_islands.detector:IslandsDetector",
            options=IslandsOptions,
            thresholds=_thresholds,
        )
    ]


def _thresholds(options: IslandsOptions) -> Thresholds:
    return Thresholds(options.peak_sigma, options.grow_sigma)

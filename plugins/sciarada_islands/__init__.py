"""Source detector ``islands``: pixels above a threshold, grown into islands of emission."""

from __future__ import annotations

from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.specs import TaskSpec
from sciarada_islands.options import IslandsOptions


@hookimpl
def sciarada_tasks() -> list[TaskSpec]:
    """Offer the detector."""
    return [
        TaskSpec(
            kind="detector",
            name="islands",
            summary="Islands of pixels above a noise threshold, flood-filled to a lower one",
            factory="sciarada_islands.detector:IslandsDetector",
            options=IslandsOptions,
            citation="Bradley et al., photutils, doi:10.5281/zenodo.596036",
        )
    ]

"""Augmentation ``rsv``: the second view of a source shows another, similar source."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import AugmentationSpec, hookimpl, option


@dataclass(frozen=True)
class StructuralOptions:
    """Options of the random structural view."""

    probability: float = option(0.5, help="share of the second views that show one", min=0, max=1)
    similarity: float = option(0.98, help="cosine of descriptors, at least", min=0, max=1)
    partners: int = option(8, help="most partners of a source", min=1, max=1000)
    npix: int = option(64, help="side of the pictures that are compared", min=16, unit="pixels")
    among: int = option(100_000, help="most sources that partners are taken from", min=1)
    seed: int = option(1, help="of the choice of these, where there are more", min=0)


@hookimpl
def sciarada_augmentations() -> list[AugmentationSpec]:
    """Offer the random structural view."""
    return [
        AugmentationSpec(
            name="rsv",
            summary="Random structural view: the partner is another, similar source",
            factory="sciarada_rsv.structural:StructuralView",
            options=StructuralOptions,
            stage="partner",
            citation="after Baron Perez et al. 2025, A&A 699, A302",
        )
    ]

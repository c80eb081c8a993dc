"""Which views of each cutout are embedded: its crops, its rotations and mirror images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.model_card import ModelCard
from sciarada.cutouts.cropped_source import CroppedSource, cropped
from sciarada.nn.trained import TrainedEncoder

WIDER = 2.0  # the side of the second crop, over that of the first


@dataclass(frozen=True)
class CutoutViews:
    """Views of a cutout whose features make its vector.

    Parameters
    ----------
    average_views : bool
        Average the features over the 8 rotations by 90 degrees and their mirror images.
    two_crops : bool
        Concatenate the features of two crops: the square around the source, and one twice as wide,
        but not wider than the cutout. By default the one crop on which the encoder was trained.
    """

    average_views: bool = False
    two_crops: bool = False

    def sources(self, source: CutoutSource, card: ModelCard) -> tuple[CutoutSource, ...]:
        """Return the set in each crop that an encoder is to be shown."""
        if self.two_crops:
            return CroppedSource(source), CroppedSource(source, WIDER)
        return (cropped(source, card.crop),)

    def dimension(self, card: ModelCard) -> int:
        """Return the length of a vector."""
        return card.dimension * (1 + self.two_crops)

    def features(self, encoder: TrainedEncoder, images: Tensor) -> np.ndarray:
        """Return features ``(n, dimension)`` of images ``(n, channels, h, w)`` of one crop."""
        if not self.average_views:
            return encoder.features_of_images(images)
        return np.mean([encoder.features_of_images(view) for view in dihedral(images)], axis=0)

    def provenance(self, card: ModelCard) -> dict[str, object]:
        """Return what metadata say of the vectors; other views have another ``model_id``."""
        chosen = {"average_views": self.average_views, "two_crops": self.two_crops}
        marks = [name for name, is_on in chosen.items() if is_on]
        return {"model_id": "/".join([card.model_id, *marks]), **chosen}


def dihedral(images: Tensor) -> Iterator[Tensor]:
    """Yield the 8 rotations by 90 degrees and mirror images of images ``(n, channels, h, w)``."""
    for side in (images, torch.flip(images, dims=(-1,))):
        for turns in range(4):
            yield torch.rot90(side, turns, dims=(-2, -1)).contiguous()

"""The random structural view."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor

from sciarada.core.cutout_source import CutoutSource, batches
from sciarada_rsv import StructuralOptions
from sciarada_rsv.descriptors import DIMENSION, descriptors
from sciarada_rsv.nearest import nearest

_BATCH = 256


class StructuralView:
    """With some probability the second view shows another, structurally similar source.

    After Baron Perez et al. (2025, A&A 699, A302); the original algorithm is not reproduced,
    as it is not public: this is a design of our own. Similarity is the cosine of descriptors of
    centred, flux-normalised images that are the same however a source is turned or
    mirrored, see `sciarada_rsv.descriptors`.
    """

    def __init__(self, options: StructuralOptions) -> None:
        self.options = options

    def prepare(self, cutouts: CutoutSource) -> np.ndarray:
        """Return the most similar other sources, int64 ``(len(cutouts), k)``, -1 for none.

        Cutouts are read in batches, once. Held in memory are their descriptors, 640 bytes each.
        """
        vectors = self._described(cutouts)
        among = self._among(len(cutouts))
        found = nearest(vectors, among, self.options.partners, self.options.similarity)
        return found.numpy()

    def partners(self, rows: Tensor, table: Tensor, generator: Generator) -> Tensor:
        """Return a partner of some of the rows, and the row itself for the others."""
        shape, device = (len(rows),), generator.device
        number = (table[rows] >= 0).sum(dim=1)  # the nearest come first, -1 last
        place = (torch.rand(shape, generator=generator, device=device) * number).long()
        place = torch.minimum(place, (number - 1).clamp(min=0))  # a draw just below 1 is rounded
        partner = table[rows].gather(1, place[:, None])[:, 0]
        wanted = torch.rand(shape, generator=generator, device=device) < self.options.probability
        return torch.where(wanted & (number > 0), partner, rows)

    def _described(self, cutouts: CutoutSource) -> Tensor:
        vectors = torch.empty(len(cutouts), DIMENSION, dtype=torch.float16)
        for rows in batches(len(cutouts), _BATCH):
            pixels = cutouts.pixels(rows, self.options.npix)
            vectors[rows] = descriptors(torch.from_numpy(pixels)).half()
        return vectors

    def _among(self, length: int) -> Tensor:
        """Return the rows that partners are taken from, ascending: all, or some at random."""
        if length <= self.options.among:
            return torch.arange(length)
        rng = np.random.default_rng(self.options.seed)
        return torch.from_numpy(np.sort(rng.choice(length, self.options.among, replace=False)))

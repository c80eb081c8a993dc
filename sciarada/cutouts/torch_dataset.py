"""Cutouts as a dataset that torch reads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.utils.data import Dataset

from sciarada.core.cutout_source import CutoutSource


class CutoutDataset(Dataset):
    """A map-style dataset of cutouts, for any `torch.utils.data.DataLoader`.

    Parameters
    ----------
    source : CutoutSource
        The cutouts; pixels are read when an item is requested, also in worker processes.
    npix : int, optional
        Side in pixels to which cutouts are resampled; by default all must have the same size.
    transform : callable, optional
        Applied to each tensor of shape (1, npix, npix).

    Examples
    --------
    >>> import sciarada as sc
    >>> from torch.utils.data import DataLoader
    >>> image = sc.simulate("emu", size=128, seed=1).image
    >>> ra, dec = image.pixel_to_sky([40, 60, 80], [60, 60, 60])
    >>> cutouts = sc.CutoutSet.from_positions(image, ra, dec, 32)
    >>> next(iter(DataLoader(cutouts.to_torch(), batch_size=2))).shape
    torch.Size([2, 1, 32, 32])
    """

    def __init__(
        self,
        source: CutoutSource,
        npix: int | None = None,
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> None:
        self.source, self.npix, self.transform = source, npix, transform

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, row: int) -> torch.Tensor:
        """Return one cutout as float32 of shape (1, npix, npix), NaN where pixels are missing."""
        rows = np.arange(len(self))[row].reshape(1)  # an IndexError ends an iteration
        pixels = torch.from_numpy(self.source.pixels(rows, self.npix))
        return pixels if self.transform is None else self.transform(pixels)

"""The level of the sky and its noise in images that may be filled by a source."""

from __future__ import annotations

import torch
from torch import Tensor

from sciarada.nn.channels.valid import PixelRows

MAD_TO_SIGMA = 1.4826
BORDER = 16  # the border of an image is that part of its side wide, but 2 pixels at least


def sky_level_and_noise(rows: PixelRows) -> tuple[Tensor, Tensor]:
    """Return the level of the sky and the standard deviation of its noise, ``(n, 1)`` each.

    Where they are known from the surroundings of a cutout, they are those. Elsewhere the level
    is the median of the border of the image or that of the whole image, whichever is lower: a
    source in the middle raises the second, one that reaches the border the first. The noise is
    estimated from the pixels below that level only, which no source has brightened: 1.4826 times
    the median of their distances to it. It is 0 where no pixel is fainter, as in pictures whose
    noise was clipped.
    """
    level, noise = _estimated(rows)
    if rows.sky is None:
        return level, noise
    known = torch.isfinite(rows.sky[0]) & torch.isfinite(rows.sky[1])
    return torch.where(known, rows.sky[0], level), torch.where(known, rows.sky[1], noise)


def _estimated(rows: PixelRows) -> tuple[Tensor, Tensor]:
    whole = rows.quantile(0.5)
    border = PixelRows(rows.values[:, border_of(rows)])
    level = torch.where(border.count > 0, torch.minimum(whole, border.quantile(0.5)), whole)
    fainter = torch.searchsorted(_infinite_last(rows), level)
    # The fainter pixels come first in the order: the median of their distances is that of them.
    last = (fainter - 1).clamp(min=0)
    median = (rows.at(last // 2) + rows.at((last + 1) // 2)) / 2
    noise = MAD_TO_SIGMA * (level - median)
    return level, torch.where(fainter > 0, noise, 0.0)


def border_of(rows: PixelRows) -> Tensor:
    """Return which pixels ``(p,)`` of an image are on its border."""
    width, height = rows.width, rows.length // rows.width
    inner = torch.zeros(height, width, dtype=torch.bool, device=rows.values.device)
    y, x = (max(2, side // BORDER) for side in (height, width))
    inner[y : height - y, x : width - x] = True
    return ~inner.flatten()


def _infinite_last(rows: PixelRows) -> Tensor:
    return torch.nan_to_num(rows.ordered, nan=torch.inf)

"""Affine changes of images: composed to one matrix, applied by one resampling.

A matrix leads from places in the new image to places in the old one, in the convention of
`torch.nn.functional.affine_grid` without aligned corners: x to the right and y down the rows,
-1 and 1 at the outer edges of the outermost pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Outside = Literal["reflect", "missing"]
_PADDING = {"reflect": "reflection", "missing": "zeros"}
_MIN_COVER = 0.5
_ROUNDING = 1e-6


def compose(matrices: Sequence[Tensor]) -> Tensor:
    """Return the change that does several, the first one first.

    Parameters
    ----------
    matrices : sequence of Tensor, shape (n, 2, 3)
        At least one.

    Returns
    -------
    Tensor, shape (n, 2, 3)
    """
    total, *others = matrices
    for matrix in others:
        # New places go through the last change first.
        linear = total[:, :, :2] @ matrix[:, :, :2]
        offset = total[:, :, :2] @ matrix[:, :, 2:] + total[:, :, 2:]
        total = torch.cat([linear, offset], dim=2)
    return total


def resample(pixels: Tensor, matrices: Tensor, npix: int, outside: Outside = "reflect") -> Tensor:
    """Return images at new places, one change per image.

    A new pixel is the mean of the brightness at evenly spread points under it, at most one old
    pixel apart as long as the change does not shrink the image; at a point it is between the four
    pixels around it in straight lines. Only pixels with a value count; where less than half
    of the weight falls on such pixels the new one is missing.

    Parameters
    ----------
    pixels : Tensor of float32, shape (n, h, h)
        Squares of surface brightness, NaN where missing.
    matrices : Tensor, shape (n, 2, 3)
        As `compose` returns them.
    npix : int
        Side of the new images.
    outside : {'reflect', 'missing'}
        Pixels outside the old image: its reflection, or missing values.

    Returns
    -------
    Tensor of float32, shape (n, npix, npix)
    """
    if not len(pixels):  # torch makes no grid of places for an empty batch
        return pixels.new_zeros(0, npix, npix)
    density = max(1, math.ceil(pixels.shape[-1] / npix - _ROUNDING))
    valid = torch.isfinite(pixels)
    layers = torch.stack([torch.where(valid, pixels, 0.0), valid.to(pixels.dtype)], dim=1)
    side = npix * density
    grid = functional.affine_grid(
        matrices.to(pixels.dtype), [len(pixels), 1, side, side], align_corners=False
    )
    read = functional.grid_sample(
        layers, grid, mode="bilinear", padding_mode=_PADDING[outside], align_corners=False
    )
    if density > 1:
        read = functional.avg_pool2d(read, density)
    brightness, cover = read.unbind(dim=1)
    return torch.where(cover >= _MIN_COVER, brightness / cover, torch.nan)

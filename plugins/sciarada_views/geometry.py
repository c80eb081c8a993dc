"""Geometric views: matrices from new places to old ones, see `GeometryAugmentation`."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from sciarada_views.draws import log_uniform, uniform
from sciarada_views.options import CropOptions, RotationOptions, ShiftOptions, ZoomOptions


class ResizedCrop:
    """A square part of the cutout, anywhere in it, as large as the whole."""

    def __init__(self, options: CropOptions) -> None:
        self.area = options.area

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return scales below 1, with offsets that keep the part inside."""
        scale = uniform((n,), *self.area, generator).sqrt()
        offset = uniform((n, 2), -1.0, 1.0, generator) * (1 - scale[:, None])
        return _matrices(scale[:, None, None] * _unit(generator), offset)


class Rotation:
    """The cutout turned about its middle."""

    def __init__(self, options: RotationOptions) -> None:
        self.right = options.angles == "right"

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return rotations."""
        quarters = uniform((n,), 0.0, 4.0, generator)
        if self.right:
            quarters = quarters.floor()
        angle = quarters * (math.pi / 2)
        cos, sin = angle.cos(), angle.sin()
        rows = [torch.stack([cos, -sin], dim=1), torch.stack([sin, cos], dim=1)]
        return _matrices(torch.stack(rows, dim=1))


class Flip:
    """The cutout mirrored left to right, upside down, or as it was: a third each."""

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return mirrorings."""
        third = uniform((n,), 0.0, 3.0, generator).floor()
        signs = 1 - 2 * torch.stack([third == 0, third == 1], dim=1).float()
        return _matrices(torch.diag_embed(signs))


class Shift:
    """The cutout moved."""

    def __init__(self, options: ShiftOptions) -> None:
        self.reach = options.reach

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return offsets; the side is 2 long."""
        offset = uniform((n, 2), -2 * self.reach, 2 * self.reach, generator)
        return _matrices(_unit(generator).expand(n, 2, 2), offset)


class Zoom:
    """The cutout enlarged or shrunk about its middle."""

    def __init__(self, options: ZoomOptions) -> None:
        self.factor = options.factor

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return scales: a source twice as large is seen at half the distance."""
        factor = log_uniform((n, 1, 1), *self.factor, generator)
        return _matrices(_unit(generator) / factor)


def _unit(generator: Generator) -> Tensor:
    return torch.eye(2, device=generator.device)


def _matrices(linear: Tensor, offset: Tensor | None = None) -> Tensor:
    """Join linear parts ``(n, 2, 2)`` and offsets ``(n, 2)``, none by default."""
    moved = torch.zeros_like(linear[:, :, :1]) if offset is None else offset[:, :, None]
    return torch.cat([linear, moved], dim=2)

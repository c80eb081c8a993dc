"""Views of channels, see `ChannelAugmentation`."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from sciarada.nn import PixelRows
from sciarada_views.draws import chosen, log_uniform, replaced, uniform
from sciarada_views.options import BlurOptions, JitterOptions, StretchOptions, ThresholdOptions

USUAL_SIDE = 224  # pixels of the views that widths are given for


class Blur:
    """Channels blurred by a circular Gaussian, normalised at the borders."""

    def __init__(self, options: BlurOptions) -> None:
        self.options = options

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return images, some of them blurred."""
        rows = chosen(len(images), self.options.probability, generator)
        height, width = images.shape[2:]
        sigma = uniform((len(rows),), *self.options.sigma, generator) * (height / USUAL_SIDE)
        down, across = (_gaussian_matrices(sigma, length) for length in (height, width))
        blurred = down[:, None] @ images[rows] @ across[:, None].transpose(2, 3)
        return replaced(images, rows, blurred)


class Jitter:
    """Other brightness, then other contrast about the mean; channels are not colours.

    Each channel has separate factors, and channels are not mixed.
    """

    def __init__(self, options: JitterOptions) -> None:
        self.options = options

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return images, most of them brighter or fainter, with more or less contrast."""
        rows = chosen(len(images), self.options.probability, generator)
        shape = (len(rows), images.shape[1], 1, 1)
        brightness, contrast = (
            uniform(shape, 1 - strength, 1 + strength, generator)
            for strength in (self.options.brightness, self.options.contrast)
        )
        bright = images[rows].mul_(brightness).clamp_(0, 1)
        mean = bright.mean(dim=(2, 3), keepdim=True)
        return replaced(images, rows, torch.lerp(mean, bright, contrast).clamp_(0, 1))


class Restretch:
    """Another stretch of each channel: asinh of some softening, or a power; each half the time."""

    def __init__(self, options: StretchOptions) -> None:
        self.options = options

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return images, some of them stretched; 0 and 1 stay."""
        rows = chosen(len(images), self.options.probability, generator)
        shape = (len(rows), images.shape[1], 1, 1)
        softening = log_uniform(shape, *self.options.softening, generator)
        gamma = log_uniform(shape, *self.options.gamma, generator)
        power = uniform(shape, 0.0, 1.0, generator) < 0.5
        before = images[rows].clamp(0, 1)
        stretched = torch.asinh(softening * before) / torch.asinh(softening)
        stretched = torch.where(power, before.pow(gamma), stretched)
        return replaced(images, rows, stretched.clamp_(0, 1))


class Threshold:
    """Nothing where the mean of the channels is below a percentile of the image."""

    def __init__(self, options: ThresholdOptions) -> None:
        self.options = options

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return images, some of them 0 in their faint parts."""
        rows = chosen(len(images), self.options.probability, generator)
        low, high = (percentile / 100 for percentile in self.options.percentile)
        share = uniform((len(rows), 1), low, high, generator)
        before = images[rows]
        mean = before.mean(dim=1, keepdim=True)
        level = PixelRows(mean.flatten(1)).quantile(share)[:, :, None, None]
        return replaced(images, rows, torch.where(mean >= level, before, 0.0))


def _gaussian_matrices(sigma: Tensor, length: int) -> Tensor:
    """Return matrices ``(n, length, length)`` that blur along an axis; rows add up to 1."""
    place = torch.arange(length, device=sigma.device, dtype=sigma.dtype)
    distance = (place[:, None] - place).square()
    return torch.softmax(-0.5 * distance / sigma.square()[:, None, None], dim=2)

"""Views of the sky as another array, or another night, would have it; see `SkyAugmentation`."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.hooks import SkyInfo
from sciarada.nn import PixelRows, clipped_median_and_sigma
from sciarada_views.draws import chosen, replaced, uniform
from sciarada_views.options import BeamOptions, MissingOptions, NoiseOptions

_WIDEST = 1 / 8  # of the side: a kernel's sigma, so that four of them fit into the padding
_MIN_COVER = 1e-3


class LargerBeam:
    """The sky seen with a larger beam: convolved with an elliptical Gaussian.

    The beam that the image has is taken to be round, with its major axis. The new one has the
    major axis ``factor`` times that; what is added, sqrt(new^2 - old^2), has any axis ratio in
    ``ratio`` and any position angle. Surface brightness per beam grows with the area of the
    beam, so that the flux of a source stays the same: the peak of a point source, too.

    Only pixels with a value count, the kernel being normalised over them; missing pixels stay
    missing.
    """

    def __init__(self, options: BeamOptions) -> None:
        self.options = options

    def apply(self, pixels: Tensor, sky: SkyInfo, generator: Generator) -> Tensor:
        """Return pixels, some of them seen with a larger beam."""
        rows = chosen(len(pixels), self.options.probability, generator)
        n = len(rows)
        old = sky.beam_in_pixels(self.options.unknown)[rows] / FWHM_PER_SIGMA
        factor = uniform((n,), *self.options.factor, generator)
        ratio = uniform((n,), *self.options.ratio, generator)
        angle = uniform((n,), 0.0, math.pi, generator)
        widest = pixels.shape[-1] * _WIDEST
        major = (old * (factor.square() - 1).sqrt()).clamp(max=widest)
        minor = major * ratio
        grown = ((old.square() + major.square()) * (old.square() + minor.square())).sqrt()
        area = (grown / old.square())[:, None, None]
        return replaced(pixels, rows, area * convolved(pixels[rows], major, minor, angle))


class BeamNoise:
    """More noise, correlated over the beam: white noise convolved with it.

    Its rms is a random fraction of that of the image, measured with sources clipped; an image
    without noise of its own gets none.
    """

    def __init__(self, options: NoiseOptions) -> None:
        self.options = options

    def apply(self, pixels: Tensor, sky: SkyInfo, generator: Generator) -> Tensor:
        """Return pixels, some of them noisier."""
        rows = chosen(len(pixels), self.options.probability, generator)
        before = pixels[rows]
        finite = torch.where(torch.isfinite(before), before, torch.nan)
        _, rms = clipped_median_and_sigma(PixelRows(finite.flatten(1)))
        fraction = uniform((len(rows), 1, 1), *self.options.fraction, generator)
        sigma = sky.beam_in_pixels(self.options.unknown)[rows] / FWHM_PER_SIGMA
        noise = correlated_noise(before.shape, sigma, generator)
        return replaced(pixels, rows, before + fraction * rms[:, :, None] * noise)


class MissingSide:
    """No values beyond a straight line at any angle, as at the border of a mosaic."""

    def __init__(self, options: MissingOptions) -> None:
        self.options = options

    def apply(self, pixels: Tensor, sky: SkyInfo, generator: Generator) -> Tensor:
        """Return pixels, some of them missing on one side."""
        rows = chosen(len(pixels), self.options.probability, generator)
        angle = uniform((len(rows), 1, 1), 0.0, 2 * math.pi, generator)
        depth = uniform((len(rows), 1, 1), *self.options.depth, generator)
        x, y = _places(pixels)
        along = x * angle.cos() + y * angle.sin()
        # How far the square reaches in this direction; x and y go from -1/2 to 1/2.
        reach = 0.5 * (angle.cos().abs() + angle.sin().abs())
        missing = along > reach - depth
        return replaced(pixels, rows, torch.where(missing, torch.nan, pixels[rows]))


def convolved(pixels: Tensor, major: Tensor, minor: Tensor, angle: Tensor) -> Tensor:
    """Return images convolved with Gaussians of unit sum.

    Parameters
    ----------
    pixels : Tensor of float32, shape (n, h, w)
        NaN where missing, which stay missing; the kernel is normalised over the others.
    major, minor : Tensor, shape (n,)
        Sigma along the axes in pixels, at most an eighth of the side.
    angle : Tensor, shape (n,)
        Of the major axis in radians, from x towards y.
    """
    height, width = pixels.shape[1:]
    size = (height + height // 2, width + width // 2)
    valid = torch.isfinite(pixels)
    layers = torch.stack([torch.where(valid, pixels, 0.0), valid.to(pixels.dtype)], dim=1)
    transfer = _transfer(size, major, minor, angle)[:, None]
    smooth = _filtered(layers, transfer, size)
    brightness, cover = smooth[..., :height, :width].unbind(dim=1)
    return torch.where(valid, brightness / cover.clamp(min=_MIN_COVER), torch.nan)


def correlated_noise(shape: torch.Size, sigma: Tensor, generator: Generator) -> Tensor:
    """Return Gaussian noise of rms 1, convolved with round beams of so many pixels (sigma)."""
    white = torch.randn(shape, generator=generator, device=generator.device)
    transfer = _transfer(shape[1:], sigma, sigma, torch.zeros_like(sigma))
    # The variance of filtered noise is the mean of the squared filter over all frequencies.
    whole = torch.fft.fftfreq(shape[1], device=sigma.device)
    power = torch.exp(-((2 * math.pi * sigma[:, None] * whole).square())).mean(dim=1)
    across = torch.fft.fftfreq(shape[2], device=sigma.device)
    power = power * torch.exp(-((2 * math.pi * sigma[:, None] * across).square())).mean(dim=1)
    noise = _filtered(white, transfer, shape[1:])
    return noise / power.sqrt()[:, None, None]


def _filtered(images: Tensor, transfer: Tensor, size: tuple[int, ...]) -> Tensor:
    """Return images ``(n, ..., *size)`` multiplied by a transfer function in Fourier space."""
    if not len(images):  # the Fourier transforms of some libraries refuse an empty batch
        return images.new_zeros(*images.shape[:-2], *size)
    return torch.fft.irfft2(torch.fft.rfft2(images, s=size) * transfer, s=size)


def _transfer(size: tuple[int, ...], major: Tensor, minor: Tensor, angle: Tensor) -> Tensor:
    """Return the Fourier transform of Gaussians of unit sum, as `torch.fft.rfft2` orders it."""
    v = torch.fft.fftfreq(size[0], device=major.device)[:, None]
    u = torch.fft.rfftfreq(size[1], device=major.device)
    cos, sin, major, minor = (
        part[:, None, None] for part in (angle.cos(), angle.sin(), major, minor)
    )
    along, across = u * cos + v * sin, v * cos - u * sin
    return torch.exp(-2 * math.pi**2 * ((major * along).square() + (minor * across).square()))


def _places(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Return x ``(1, w)`` and y ``(h, 1)`` of the pixels' centres, from -1/2 to 1/2."""
    height, width = pixels.shape[1:]
    y = (torch.arange(height, device=pixels.device) + 0.5) / height - 0.5
    x = (torch.arange(width, device=pixels.device) + 0.5) / width - 0.5
    return x[None], y[:, None]

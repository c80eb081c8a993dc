"""Descriptors of sources that do not depend on flux, position, rotation and mirroring.

After background and noise are taken away the image is centred on its flux and read on circles.
A turn of the source turns each circle, which changes the phases of its Fourier coefficients
F_m(r) alone, by an angle that is the same for all radii. So the products F_m(r) F_m*(r') of two
radii do not change. A mirror image has the conjugate coefficients: the real parts of the
products are the same for it, too.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from sciarada.nn import PixelRows, clipped_median_and_sigma

RADII, ANGLES, ORDERS = 10, 32, 8
APART = 4  # largest difference of the radii of a product: others add little
DIMENSION = ORDERS * sum(RADII - apart for apart in range(APART + 1))
_MEAN = 0.6  # weight of order 0, which all round sources share
_CLIP = 3.0  # sigma: fainter pixels are noise
_INNER = 0.9  # of half the side: farther out are neighbours and the corners
_ROUNDS = 3  # of centring
_CURVE = 0.5  # power of the brightness: faint lobes count beside bright cores
_MIN_PIXELS = 12  # smallest number of pixels above the noise that define a shape


def descriptors(pixels: Tensor) -> Tensor:
    """Return unit vectors with scalar products that are the similarities of sources.

    Parameters
    ----------
    pixels : Tensor of float32, shape (n, h, h)
        Cutouts with their sources about the middle, in any unit, NaN where missing.

    Returns
    -------
    Tensor of float32, shape (n, d)
        0 where there is nothing above the noise.
    """
    if not len(pixels):
        return pixels.new_zeros(0, DIMENSION)
    signal = _signal(pixels)
    spectrum = torch.fft.rfft(_rings(signal, _centre(signal)), dim=2)[:, :, :ORDERS]
    products = _products(spectrum * _weights(pixels.device))
    found = functional.normalize(products, dim=1)
    enough = (signal > 0).flatten(1).sum(dim=1, keepdim=True) >= _MIN_PIXELS
    return torch.where(enough, found, 0.0)


def _weights(device: torch.device) -> Tensor:
    """Return weights ``(radii, orders)``: the area of a ring, times two for orders other than 0."""
    area = ((torch.arange(RADII, device=device) + 0.5) / RADII).sqrt()
    order = torch.full((ORDERS,), math.sqrt(2), device=device)
    order[0] = _MEAN
    return area[:, None] * order


def _products(spectrum: Tensor) -> Tensor:
    """Return the real parts of the products of radii that are not far apart, ``(n, d)``."""
    parts = []
    for apart in range(APART + 1):
        inner, outer = spectrum[:, : RADII - apart], spectrum[:, apart:]
        product = inner.real * outer.real + inner.imag * outer.imag
        parts.append(product * (math.sqrt(2) if apart else 1.0))  # for both orders of the two
    return torch.cat(parts, dim=1).flatten(1)


def _signal(pixels: Tensor) -> Tensor:
    """Return a power of the brightness above the noise, with sum 1; 0 elsewhere."""
    finite = torch.where(torch.isfinite(pixels), pixels, torch.nan)
    middle, sigma = clipped_median_and_sigma(PixelRows(finite.flatten(1)))
    middle, sigma = middle[:, :, None], sigma[:, :, None]
    above = torch.where(finite - middle > _CLIP * sigma, finite - middle, 0.0)
    # Smoothed a little, so that single pixels of noise do not count.
    kept = functional.avg_pool2d(above[:, None], 3, stride=1, padding=1)[:, 0]
    kept = torch.where(kept > _CLIP * sigma * 0.5, kept, 0.0) * (kept > 0)
    flux = kept.sum(dim=(1, 2), keepdim=True)
    peak = kept.amax(dim=(1, 2), keepdim=True)
    curved = (kept / torch.where(peak > 0, peak, 1.0)).pow(_CURVE)
    total = curved.sum(dim=(1, 2), keepdim=True)
    return torch.where(flux > 0, curved / torch.where(total > 0, total, 1.0), 0.0)


def _centre(signal: Tensor) -> Tensor:
    """Return the centroid (x, y), from -1 to 1, of the flux near it."""
    side = signal.shape[-1]
    along = (torch.arange(side, device=signal.device) + 0.5) * (2 / side) - 1
    centre = signal.new_zeros(len(signal), 2)
    for _ in range(_ROUNDS):
        x, y = along - centre[:, :1], along - centre[:, 1:]
        near = (x.square()[:, None] + y.square()[:, :, None] <= _INNER**2) * signal
        total = near.sum(dim=(1, 2)).clamp(min=1e-12)
        step = torch.stack(
            [(near.sum(dim=1) * x).sum(dim=1) / total, (near.sum(dim=2) * y).sum(dim=1) / total],
            dim=1,
        )
        centre = centre + step
    return centre


def _rings(signal: Tensor, centre: Tensor) -> Tensor:
    """Return the brightness ``(n, radii, angles)`` on circles about the centres."""
    device = signal.device
    radius = (torch.arange(RADII, device=device) + 0.5) * (_INNER / RADII)
    angle = torch.arange(ANGLES, device=device) * (2 * math.pi / ANGLES)
    circle = torch.stack([angle.cos(), angle.sin()], dim=1)
    places = radius[:, None, None] * circle + centre[:, None, None]
    read = functional.grid_sample(
        signal[:, None], places, padding_mode="zeros", align_corners=False
    )
    return read[:, 0]

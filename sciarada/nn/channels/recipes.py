"""Named sets of channels, from the literature and our own."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sciarada.hooks.protocols import SkyInfo
from sciarada.nn.channels.stretches import (
    Stretch,
    above_noise,
    above_sky,
    asinh10,
    asinh30,
    clipped,
    curved,
    down_to_sky,
    emission,
    equalised,
    log1000,
    minmax,
    zscale,
)
from sciarada.nn.channels.valid import PixelRows


@dataclass(frozen=True)
class Channels:
    """One way to make channels of surface brightness.

    Parameters
    ----------
    name : str
        As in `RECIPES`.
    summary : str
        What it does.
    stretches : tuple of callable
        One per channel.
    uses_sky : bool
        Whether they depend on the level of the sky and its noise.
    """

    name: str
    summary: str
    stretches: tuple[Stretch, ...]
    uses_sky: bool = False

    def __len__(self) -> int:
        return len(self.stretches)

    def __call__(self, pixels: Tensor, sky: SkyInfo | None = None) -> Tensor:
        """Return channels of images, each image separately.

        Parameters
        ----------
        pixels : Tensor of float32, shape (n, h, w)
            Surface brightness in any unit, NaN where missing.
        sky : SkyInfo, optional
            What is known of the sky; what is not is estimated from the pixels.

        Returns
        -------
        Tensor of float32, shape (n, channels, h, w)
            0 to 1; 0 where missing, and everywhere in an image that is constant.
        """
        nan = torch.nan
        finite = torch.nan_to_num(pixels.flatten(1).float(), nan, nan, nan)
        known = None
        if self.uses_sky and sky is not None and sky.level is not None and sky.noise is not None:
            known = (sky.level[:, None], sky.noise[:, None])
        rows = PixelRows(finite, width=pixels.shape[-1], sky=known)
        return torch.stack([stretch(rows).view_as(pixels) for stretch in self.stretches], dim=1)


RECIPES: dict[str, Channels] = {
    recipe.name: recipe
    for recipe in (
        Channels(
            "sclip3",
            "zscale of 0 sigma below to 20 above the median; of 1 below to 20 above; equalised",
            (clipped(0, 20, zscale(0.25)), clipped(1, 20, zscale(0.25)), equalised),
        ),
        Channels(
            "zscale3",
            "zscale with contrasts 0, 0.25 and 0.4",
            (zscale(0.0), zscale(0.25), zscale(0.4)),
        ),
        Channels(
            "curves3",
            "asinh, logarithm and square root of the range from 0 to 1",
            (curved(asinh10), curved(log1000), curved(torch.sqrt)),
        ),
        Channels(
            "emission3",
            "what is 3 sigma above the median, to its highest: linear, square root, logarithm",
            tuple(emission(curve, 3.0) for curve in (torch.clone, torch.sqrt, log1000)),
        ),
        Channels(
            "sky3",
            "emission 3 sigma above the sky: linear, square root; all from 3 sigma below: asinh",
            (
                above_sky(torch.clone, 3.0),
                above_sky(torch.sqrt, 3.0),
                down_to_sky(asinh30, 3.0),
            ),
            uses_sky=True,
        ),
        Channels(
            "noise",
            "asinh of the signal to noise from -3 to 1000",
            (above_noise(torch.asinh, 3.0, 1000.0),),
        ),
        Channels("asinh", "asinh of the range from 0 to 1", (curved(asinh10),)),
        Channels("zscale", "zscale with contrast 0.25", (zscale(0.25),)),
        Channels("minmax", "the range from 0 to 1", (minmax,)),
    )
}
"""``sclip3``: Riggi et al. (2024, PASA 41, e085); ``zscale3`` and ``curves3``: after their code."""

"""From pixels to a view: sky, geometry, channels, appearance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from sciarada.hooks.protocols import (
    ChannelAugmentation,
    GeometryAugmentation,
    SkyAugmentation,
    SkyInfo,
)
from sciarada.hooks.specs import PluginSpec
from sciarada.nn.plugin_faults import faults_named
from sciarada.nn.sky import channels_of
from sciarada.nn.views.geometry import Outside, compose, resample


@dataclass(frozen=True)
class ViewPipeline:
    """Makes views of cutouts: each call draws new ones.

    Parameters
    ----------
    channels : callable
        Makes images ``(n, c, h, w)`` of pixels ``(n, h, w)``, such as those of
        `sciarada.nn.channels.recipes.RECIPES`. Level and noise of the sky, where channels depend
        on them, are those of the cutout; after a change of its sky they are estimated from the
        view.
    npix : int
        Side of the views.
    sky : tuple of SkyAugmentation
        Change the pixels, in this order.
    geometry : tuple of GeometryAugmentation
        Change places; all of them are one resampling.
    appearance : tuple of ChannelAugmentation
        Change the channels, in this order.
    outside : {'reflect', 'missing'}
        What geometry finds beyond the cutout: its mirror image, or missing pixels.
    made_by : tuple of (object, PluginSpec)
        The parts that plugins made; errors of these parts name their plugins.
    """

    channels: Callable[[Tensor], Tensor]
    npix: int
    sky: tuple[SkyAugmentation, ...] = ()
    geometry: tuple[GeometryAugmentation, ...] = ()
    appearance: tuple[ChannelAugmentation, ...] = ()
    outside: Outside = "reflect"
    made_by: tuple[tuple[object, PluginSpec], ...] = ()

    @torch.no_grad()
    def __call__(
        self, pixels: Tensor, sky: SkyInfo | None = None, generator: Generator | None = None
    ) -> Tensor:
        """Return a view of each cutout.

        Parameters
        ----------
        pixels : Tensor of float32, shape (n, h, h)
            Surface brightness, NaN where missing; left as it is.
        sky : SkyInfo, optional
            Pixels and beams of the cutouts; unknown if left out.
        generator : Generator, optional
            Source of all random numbers, on the device of the pixels; its own by default.

        Returns
        -------
        Tensor of float32, shape (n, c, npix, npix)
            Finite.
        """
        with torch.autocast(pixels.device.type, enabled=False):
            return self._view(pixels, sky or SkyInfo.unknown(pixels), generator)

    def faults_of(self, part: object) -> AbstractContextManager[None]:
        """Return a context in which errors of a part name the plugin that made it."""
        spec = next((spec for made, spec in self.made_by if made is part), None)
        return faults_named(spec, "on a batch of cutouts")

    def _view(self, pixels: Tensor, sky: SkyInfo, generator: Generator | None) -> Tensor:
        generator = generator or _usual_generator(pixels.device)
        for augmentation in self.sky:
            with self.faults_of(augmentation):
                pixels = augmentation.apply(pixels, sky, generator)
        if self.sky:  # they may have changed level and noise
            sky = sky._replace(level=None, noise=None)
        if self.geometry:
            drawn = []
            for step in self.geometry:
                with self.faults_of(step):
                    drawn.append(step.matrices(len(pixels), generator))
            pixels = resample(pixels, compose(drawn), self.npix, self.outside)
        elif pixels.shape[-1] != self.npix:
            same = torch.eye(2, 3, device=pixels.device).expand(len(pixels), 2, 3)
            pixels = resample(pixels, same, self.npix, self.outside)
        with self.faults_of(self.channels):
            images = channels_of(self.channels, pixels, sky)
        for change in self.appearance:
            with self.faults_of(change):
                images = change.apply(images, generator)
        return images


def _usual_generator(device: torch.device) -> Generator:
    """Return the default generator of torch on a device."""
    if device.type == "cuda":
        torch.cuda.init()
        number = torch.cuda.current_device() if device.index is None else device.index
        return torch.cuda.default_generators[number]
    return torch.default_generator

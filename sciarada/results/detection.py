"""The result of a detection run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits
from astropy.table import QTable

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.display import html_summary, png_uri
from sciarada.core.image import SkyImage
from sciarada.report.outlines import kinds_of, outlines_of
from sciarada.results.products import Products

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from regions import Regions


@dataclass(frozen=True, eq=False, repr=False)
class DetectResult(Products):
    """A finished detection run: the catalogue, and maps that are read on demand.

    Parameters
    ----------
    image : SkyImage
        The image that was searched.
    catalogue : SourceCatalogue
        Sources and components as they were written.
    """

    image: SkyImage
    catalogue: SourceCatalogue

    def _summary(self) -> str:
        return f"{len(self)} sources in {self.image.name!r}"

    def __len__(self) -> int:
        return len(self.catalogue)

    @cached_property
    def sources(self) -> QTable:
        """One row per source, with units; see the reference of the catalogue."""
        return QTable(self.catalogue.sources)

    @cached_property
    def components(self) -> QTable:
        """One row per Gaussian component, joined to its source by ``source_id``."""
        return QTable(self.catalogue.components)

    @cached_property
    def regions(self) -> Regions:
        """Outlines of the sources on the sky, in the order of `sources`."""
        from regions import Regions

        return Regions.read(self.out / "sources.reg", format="ds9")

    @property
    def segmentation(self) -> np.ndarray:
        """``source_id`` of each pixel, 0 where there is no source; int32, ``[y, x]``."""
        return self._map("segmentation")

    @property
    def rms(self) -> np.ndarray:
        """Noise in the unit of the image; float32, ``[y, x]``."""
        return self._map("rms")

    @property
    def background(self) -> np.ndarray:
        """Background in the unit of the image; float32, ``[y, x]``."""
        return self._map("background")

    @property
    def residual(self) -> np.ndarray:
        """Image less background and components; float32, ``[y, x]``."""
        return self._map("residual")

    def _map(self, name: str) -> np.ndarray:
        return fits.getdata(self.out / f"{name}.fits")

    def plot(self, ax: Axes | None = None, **imshow: Any) -> Axes:
        """Draw the image with the outlines of its sources.

        Parameters
        ----------
        ax : `~astropy.visualization.wcsaxes.WCSAxes`, optional
            Where to draw; a new figure by default.
        **imshow
            Passed on to `matplotlib.axes.Axes.imshow`, such as ``cmap`` or ``vmax``.

        Returns
        -------
        `~astropy.visualization.wcsaxes.WCSAxes`
        """
        ax = self.image.plot(ax, **imshow)
        kinds = kinds_of(self.catalogue)
        outlines = outlines_of(self.catalogue, self.image, np.arange(len(self)))
        for kind, outline in zip(kinds.index, outlines, strict=True):
            ax.plot(*np.vstack([outline, outline[:1]]).T, color=kinds.colours[kind], lw=0.8)
        return ax

    def _repr_html_(self) -> str:
        counts = self.run["counts"]
        facts = [
            ("sources", counts["sources"]),
            ("components", counts["components"]),
            *((f"flag {name}", number) for name, number in counts["flags"].items() if number),
            ("products", self.out),
        ]
        preview = (self.out / "preview.png").read_bytes()
        picture = f'<img alt="" width="480" src="{png_uri(preview)}">'
        return html_summary(f"{self.image.name}: sources", facts, picture)

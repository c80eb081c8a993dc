"""Outlines and classes of the sources on the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.class_colours import UNCLASSIFIED, class_colours
from sciarada.core.image import SkyImage
from sciarada.core.source_classes import has_classes, source_classes

EXTENDED = 1.5  # FWHM, in beams, above which a source without a class is called extended


def column(catalogue: SourceCatalogue, name: str) -> np.ndarray:
    """Return a numeric column of the sources as plain float64, NaN where null."""
    return np.ma.filled(np.ma.asarray(catalogue.sources[name]).astype(np.float64), np.nan)


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kind of each source and the colour of each kind.

    Parameters
    ----------
    names : tuple of str
        The kinds that occur.
    colours : tuple of str
        ``#rrggbb`` of each kind.
    index : ndarray of int, shape (n,)
        Kind of each source.
    by_class : bool
        Whether the kinds are the classes of the catalogue, not just compact and extended.
    """

    names: tuple[str, ...]
    colours: tuple[str, ...]
    index: np.ndarray
    by_class: bool

    @property
    def counts(self) -> tuple[int, ...]:
        """Sources of each kind."""
        return tuple(np.bincount(self.index, minlength=len(self.names)).tolist())


def kinds_of(catalogue: SourceCatalogue) -> Kinds:
    """Return the kinds of the sources: their classes, or compact and extended without any."""
    if has_classes(catalogue.sources):
        return _classes(catalogue)
    extended = is_extended(catalogue)
    names = [name for name, some in (("compact", ~extended), ("extended", extended)) if some.any()]
    colours = class_colours(("compact", "extended"))
    return Kinds(
        tuple(names),
        tuple(colours[name] for name in names),
        extended.astype(int) if len(names) > 1 else np.zeros(len(catalogue), int),
        by_class=False,
    )


def is_extended(catalogue: SourceCatalogue) -> np.ndarray:
    """Return whether each source is wider than the beam by more than its error.

    Without a beam, wider than the narrowest quarter of the sources.
    """
    width = column(catalogue, "maj_axis")
    beam = column(catalogue, "beam_maj")
    known = width[np.isfinite(width)]
    narrow = np.percentile(known, 25.0) if known.size else np.inf
    error = np.nan_to_num(column(catalogue, "e_maj_axis"))
    return width - error > EXTENDED * np.where(np.isfinite(beam), beam, narrow)


def _classes(catalogue: SourceCatalogue) -> Kinds:
    classes = source_classes(catalogue.sources)
    classes = np.where(classes == "", UNCLASSIFIED, classes)
    names, index = np.unique(classes, return_inverse=True)
    colours = class_colours(names.tolist())
    return Kinds(tuple(colours), tuple(colours.values()), index, by_class=True)


@dataclass(frozen=True, eq=False)
class Boxes:
    """The boxes of the sources, in zero-based image pixels; NaN where unknown.

    Parameters
    ----------
    centres : ndarray of float64, shape (n, 2)
        Centre (x, y) of each source.
    middles, extents : ndarray of float64, shape (n, 2)
        Middle and full width along x and y of the box of each source.
    """

    centres: np.ndarray
    middles: np.ndarray
    extents: np.ndarray


def boxes_of(catalogue: SourceCatalogue) -> Boxes:
    """Return where the sources lie; the middle of its box is the centre of one without."""
    x, y, x_min, x_max, y_min, y_max = (
        column(catalogue, name) for name in ("x", "y", "x_min", "x_max", "y_min", "y_max")
    )
    middles = np.column_stack([(x_min + x_max) / 2.0, (y_min + y_max) / 2.0])
    centres = np.column_stack([x, y])
    return Boxes(
        np.where(np.isfinite(centres), centres, middles),
        middles,
        np.column_stack([x_max - x_min, y_max - y_min]) + 1.0,
    )


def outlines_of(
    catalogue: SourceCatalogue, image: SkyImage, rows: Sequence[int] | np.ndarray
) -> list[np.ndarray]:
    """Return the outlines of some sources, from the column ``s_region``.

    Parameters
    ----------
    catalogue : SourceCatalogue
    image : SkyImage
    rows : sequence of int
        Which sources.

    Returns
    -------
    list of ndarray of float64, shape (m, 2)
        Corners (x, y) in zero-based image pixels; empty for a source without outline.
    """
    regions = catalogue.sources["s_region"].data.data[np.asarray(rows, int)]
    corners = [_corners(region.decode("ascii")) for region in regions.tolist()]
    if not corners:
        return []
    degrees = np.array([float(word) for numbers in corners for word in numbers]).reshape(-1, 2)
    pixels = np.column_stack(image.sky_to_pixel(degrees[:, 0], degrees[:, 1]))
    return np.split(pixels, np.cumsum([len(numbers) // 2 for numbers in corners])[:-1])


def _corners(region: str) -> list[str]:
    """Return the numbers of an STC-S polygon; none of any other shape."""
    words = region.split()
    return words[2:] if words[:1] == ["POLYGON"] else []

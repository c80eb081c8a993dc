"""Catalogues as DS9 region files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.class_colours import UNCLASSIFIED, class_colours
from sciarada.core.source_classes import source_classes
from sciarada.errors import CatalogueError
from sciarada.io.ds9 import Digits, plain, write_lines

_NUMBER = r"[-+]?+[0-9]++(?:\.[0-9]*+)?+(?:[eE][-+]?+[0-9]++)?+"
# DS9 hangs on a polygon it cannot read, so nothing else may reach the file.
_POLYGON = re.compile(rf"POLYGON ICRS((?: {_NUMBER} {_NUMBER}){{3,}}+)")


def write_source_regions(
    catalogue: SourceCatalogue, path: str | Path, overwrite: bool = False
) -> None:
    """Write the outlines of the sources as DS9 polygons.

    Each carries its name as text, its class as tag and the colour of its class. A source
    without an outline is drawn as a cross.

    Parameters
    ----------
    catalogue : SourceCatalogue
        What to draw: ``s_region`` or, without it, ``ra`` and ``dec``.
    path : str or Path
        File to make. It has a header also when there are no sources.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError
        If an outline is not an STC-S polygon in ICRS.
    OutputError
        If the file exists or cannot be written.
    """
    sources, digits = catalogue.sources, _digits(catalogue)
    classes = _classes(catalogue)
    colours = class_colours(classes)
    rows = zip(
        sources["source_name"].data.data.tolist(),
        sources["s_region"].data.data.tolist(),
        sources["ra"].data.data.tolist(),
        sources["dec"].data.data.tolist(),
        classes,
        strict=True,
    )
    lines = (
        f"{_source_shape(name, outline.decode('ascii'), digits.sky(ra, dec))}color={colours[kind]} "
        f"text={{{plain(name)}}} tag={{{plain(kind)}}}"
        for name, outline, ra, dec, kind in rows
    )
    write_lines(lines, path, overwrite)


def write_component_regions(
    catalogue: SourceCatalogue, path: str | Path, overwrite: bool = False
) -> None:
    """Write the Gaussian components as DS9 ellipses at half maximum.

    The radii are half the FWHM. DS9 counts the angle of an ellipse from west through
    north, so it is the position angle plus 90 degrees. The tag is the name of the source.

    Parameters
    ----------
    catalogue : SourceCatalogue
        What to draw; a component without axes is drawn as a cross.
    path : str or Path
        File to make. It has a header also when there are no components.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    OutputError
        If the file exists or cannot be written.
    """
    components, sources, digits = catalogue.components, catalogue.sources, _digits(catalogue)
    classes = _classes(catalogue)
    colours = class_colours(classes)
    ids = sources["source_id"].data.data.tolist()
    names = sources["source_name"].data.data.tolist()
    owners = {i: (name, colours[kind]) for i, name, kind in zip(ids, names, classes, strict=True)}
    rows = zip(
        components["source_id"].data.data.tolist(),
        *(
            components[column].data.data.astype(float).tolist()
            for column in ("ra", "dec", "maj_axis", "min_axis", "pos_ang")
        ),
        strict=True,
    )
    lines = []
    for source_id, ra, dec, major, minor, pos_ang in rows:
        name, colour = owners[source_id]
        place = digits.sky(ra, dec)
        shape, point = f"point({place})", "point=x "
        if np.isfinite(major) and np.isfinite(minor) and np.isfinite(pos_ang):
            angle = (pos_ang + 90.0) % 360.0
            radii = f"{digits.arcsec(major / 2)},{digits.arcsec(minor / 2)}"
            shape = f"ellipse({place},{radii},{angle:.3f})"
            point = ""
        lines.append(f"{shape} # {point}color={colour} tag={{{plain(name)}}}")
    write_lines(lines, path, overwrite)


def _classes(catalogue: SourceCatalogue) -> list[str]:
    return [name or UNCLASSIFIED for name in source_classes(catalogue.sources).tolist()]


def _digits(catalogue: SourceCatalogue) -> Digits:
    """Return how finely places are written: after the pixels of the catalogue's image."""
    image = catalogue.meta.get("image")
    return Digits(image.get("pixel_scale_arcsec") if isinstance(image, Mapping) else None)


def _source_shape(name: str, outline: str, place: str) -> str:
    """Return how the line of a source begins: its shape and, for a point, that it is a cross."""
    if not outline:
        return f"point({place}) # point=x "
    found = _POLYGON.fullmatch(outline)
    if found is None:
        raise CatalogueError(
            f"the s_region of {name} is not 'POLYGON ICRS ra dec ra dec ra dec ...': {outline:.60}"
        )
    return f"polygon({found[1].strip().replace(' ', ',')}) # "

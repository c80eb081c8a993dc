"""The arguments of cutouts, checked: images, sizes and columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table

from sciarada.core.image import SkyImage
from sciarada.errors import CutoutError
from sciarada.geometry.quantities import icrs_degrees, in_unit


def as_images(images: SkyImage | Sequence[SkyImage]) -> tuple[SkyImage, ...]:
    """Return one or several images as a tuple.

    Raises
    ------
    CutoutError
        If there is none, or two have one name.
    """
    images = (images,) if isinstance(images, SkyImage) else tuple(images)
    if not images:
        raise CutoutError("cutouts need at least one image")
    names = [image.name for image in images]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CutoutError(
            f"two images are named {twice[0]}: give them names that differ with "
            f"dataclasses.replace(image, name=...)"
        )
    return images


def as_positions(ra: Any, dec: Any, ids: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ra, dec (deg, float64) and ids as fresh arrays of one length.

    Positions as `sciarada.geometry.quantities.icrs_degrees` takes them.

    Raises
    ------
    CutoutError
        If their lengths differ, or the ids are not whole numbers or text, or two are the same.
    """
    sky = icrs_degrees(ra, dec)
    ra, dec = (np.array(values, dtype=np.float64, ndmin=1) for values in sky)
    ids = np.arange(len(ra)) if ids is None else np.array(ids, ndmin=1)
    if not ra.shape == dec.shape == ids.shape == (len(ra),):
        raise CutoutError(
            f"cutouts need as many ra as dec and ids, not {ra.shape}, {dec.shape} and {ids.shape}"
        )
    if ids.dtype.kind not in "iuU":
        raise CutoutError(f"the ids of cutouts are whole numbers or text, not {ids.dtype}")
    named, count = np.unique(ids, return_counts=True)
    if np.any(count > 1):
        raise CutoutError(
            f"two cutouts have the name {named[np.argmax(count > 1)]}: give each its own"
        )
    return ra, dec, ids if ids.dtype.kind == "U" else ids.astype(np.int64)


def as_sizes(size: Any, length: int) -> tuple[np.ndarray, bool]:
    """Return ``length`` sizes and whether they are arcsec rather than pixels.

    Raises
    ------
    CutoutError
        If they are neither angles nor whole pixels, not positive, or too few or many.
    """
    angular = isinstance(size, u.Quantity) and size.unit != u.pix
    if angular:
        values = in_unit(size, u.arcsec, "size", CutoutError)
    else:
        values = np.asarray(size.value if isinstance(size, u.Quantity) else size)
        if values.dtype.kind not in "iuf" or np.any(values != np.rint(values)):
            raise CutoutError(
                "the size of a cutout is whole pixels or an angle such as 30 * astropy.units.arcsec"
            )
    values = np.asarray(values, dtype=np.float64)
    if values.shape not in ((), (length,)):
        raise CutoutError(
            f"size needs one value, or one per position ({length}), not {values.size}"
        )
    if not np.all(np.isfinite(values) & (values > 0)):
        raise CutoutError("the size of a cutout is more than zero")
    return np.array(np.broadcast_to(values, (length,))), angular


def image_numbers(images: Sequence[SkyImage], names: Any, length: int) -> np.ndarray:
    """Return the place in ``images`` of each of ``length`` names.

    Raises
    ------
    CutoutError
        If a name is not that of an image.
    """
    names = np.array(names, ndmin=1)
    if names.shape != (length,):
        raise CutoutError(f"image needs one name per position ({length}), not {names.size}")
    known = {image.name: number for number, image in enumerate(images)}
    distinct, which = np.unique(names, return_inverse=True)
    unknown = [name for name in distinct.tolist() if name not in known]
    if unknown:
        raise CutoutError(f"image {unknown[0]} is not among those given: {', '.join(known)}")
    return np.array([known[name] for name in distinct.tolist()], np.int32)[which]


def angle_column(table: Table, name: str, unit: u.UnitBase) -> u.Quantity:
    """Return a column of angles in ``unit``, which is also assumed if the column has no unit.

    Raises
    ------
    CutoutError
        If the column is missing, has nulls or other values.
    """
    if name not in table.colnames:
        raise CutoutError(f"a table of cutouts needs a column {name}")
    column = table[name]
    if np.any(getattr(column, "mask", False)):
        raise CutoutError(f"column {name} of a table of cutouts must have a value in every row")
    try:
        return u.Quantity(np.asarray(column, np.float64), column.unit or unit).to(unit)
    except (u.UnitConversionError, TypeError, ValueError) as error:
        raise CutoutError(f"column {name} of a table of cutouts holds no angles") from error


def name_column(table: Table, name: str) -> np.ndarray | None:
    """Return a column of names or numbers, None where there is no such column."""
    if name not in table.colnames:
        return None
    values = np.asarray(table[name])
    return values.astype(np.str_) if values.dtype.kind in "SO" else values

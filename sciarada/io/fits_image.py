"""Read a FITS image of the sky; every case it understands is in the input contract."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.wcs import WCS

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.core.pixels import multiplied
from sciarada.core.read_with import ReadWith
from sciarada.errors import ImageError
from sciarada.geometry.beam import Beam, as_beam
from sciarada.geometry.sky_geometry import FLATTEST
from sciarada.geometry.wcs_state import portable
from sciarada.io.beams.checks import check_beam
from sciarada.io.beams.finding import find_beam
from sciarada.io.beams.tables import BeamPlace
from sciarada.io.distortion_tables import KEYWORDS
from sciarada.io.fits_file import FitsFile, beam_tables, find_image, open_fits, plane_pixels
from sciarada.io.foreign import foreign_image
from sciarada.io.foreign_image import as_asked
from sciarada.io.hdus.choice import Candidate
from sciarada.io.hdus.selector import chosen_hdu
from sciarada.io.header_axes import SkyPlane, array_axes, choose_plane, parse_plane
from sciarada.io.header_frequency import find_frequency
from sciarada.io.header_sky import celestial_header
from sciarada.io.header_unit import factor_of_image, parse_unit
from sciarada.io.header_values import text
from sciarada.io.local_unit import with_local_factor
from sciarada.io.wcs_faults import UNUSABLE, reason
from sciarada.io.zero_border import BlankedPixels, find_zero_border

logger = logging.getLogger(__name__)

_SUFFIX = re.compile(r"\.(fits|fit|fts)(\.gz|\.fz)?$", re.IGNORECASE)


def read_image(
    path: str | Path,
    *,
    hdu: int | str | Sequence[object] | None = None,
    plane: int | Sequence[int] | str | None = None,
    beam: Beam | u.Quantity | Sequence | None = None,
    unit: str | None = None,
    blank_zero_border: bool = True,
) -> SkyImage:
    """Read one plane of a FITS image, or an image of a format that a plugin reads.

    Only the pixels on the border are read; `SkyImage.read` reads the others when needed. Surface
    brightness is converted to Jy/beam from any unit in the file.

    Parameters
    ----------
    path : str or path
        ``.fits``, ``.fits.gz`` (unpacked to a temporary file) or tile-compressed ``.fits.fz``;
        ``image.fits[SCI]``, ``image.fits[SCI,2]`` and ``image.fits[2]`` name an HDU, too;
        or a name that ends as a reader of a plugin says.
    hdu : int, str or (str, int), optional
        Number of the HDU from 0, its name (EXTNAME), or name and version (EXTVER). By default
        the first image of the sky that is not a weight map, mask, noise map or similar.
    plane : int, sequence of int or str, optional
        Zero-based position along each further axis longer than 1, in FITS order.
    beam : Beam, `~astropy.units.Quantity` or a sequence of them, optional
        Restoring beam, in place of what the header says, as `sciarada.geometry.beam.as_beam`
        takes it; its position angle is from the
        north of the image's own frame, as BPA is.
    unit : str, optional
        Unit of the pixels, in place of BUNIT.
    blank_zero_border : bool
        Treat exact zeros connected to the border as missing.

    Returns
    -------
    SkyImage
        ``notes`` holds what had to be guessed, ``provenance`` where each fact was found.

    Raises
    ------
    ImageError
        If the file cannot be read or is not an image of the sky; one sentence says why.
    OptionError
        If ``plane`` or ``hdu`` is a text that is not a plane or not an HDU.

    See Also
    --------
    sciarada.SkyImage : What is returned.
    sciarada.detect : Finds the sources of an image.

    Examples
    --------
    >>> import tempfile
    >>> import sciarada as sc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sky = sc.simulate(out=f"{folder}/sky", size=128, workers=1)
    ...     image = sc.read_image(f"{folder}/sky/image.fits")
    ...     image.read().shape
    (128, 128)
    """
    path, selector = chosen_hdu(path, hdu)
    beam = None if beam is None else as_beam(beam)
    foreign = foreign_image(path)
    if foreign is not None:
        image = as_asked(foreign, (selector, plane), beam, unit)
        image = replace(image, read_with=ReadWith(None, None, beam, unit, blank_zero_border))
        _tell(image)
        return _without_off_sky(_without_padding(image) if blank_zero_border else image)
    if isinstance(plane, str):
        plane = parse_plane(plane)
    elif plane is not None:
        plane = tuple(np.atleast_1d(plane).tolist())
    with open_fits(path) as file:
        found, notes = find_image(file, selector)
        header = found.header
        chosen = choose_plane(str(path), array_axes(header), plane)
        image = _placed(file, found, chosen)
        image = replace(image, notes=(*notes, *image.notes))
        image = _with_frequency_and_beam(image, file, found, chosen, beam)
        image = _with_unit(image, text(header, "BUNIT"), unit)
        complaints = tuple(f"astropy: {line}" for line in file.complaints())
    image = replace(image, read_with=_read_with(found, chosen, beam, unit, blank_zero_border))
    image = replace(image, notes=image.notes + complaints)
    _tell(image)
    return _without_off_sky(_without_padding(image) if blank_zero_border else image)


def _tell(image: SkyImage) -> None:
    """Log the image, and where each property was found."""
    ny, nx = image.shape
    logger.debug("reading %s: %d x %d pixels", image.path, nx, ny)
    for fact, place in image.provenance.items():
        logger.debug("%s: %s: %s", image.path, fact, place or "not found")


def read_again(path: str | Path, read_with: ReadWith) -> SkyImage:
    """Read an image as it was read before; see `read_image`."""
    options = {option.name: getattr(read_with, option.name) for option in fields(read_with)}
    return read_image(path, **options)


def _read_with(
    found: Candidate, plane: SkyPlane, beam: Beam | None, unit: str | None, blank_zero_border: bool
) -> ReadWith:
    """Return the options with which the file gives the same image again."""
    is_cube = any(axis.length > 1 for axis in plane.others)
    return ReadWith(
        hdu=found.hdu.number or None,
        plane=",".join(map(str, plane.index)) if is_cube else None,
        beam=beam,
        unit=unit,
        blank_zero_border=blank_zero_border,
    )


def _placed(file: FitsFile, found: Candidate, plane: SkyPlane) -> SkyImage:
    """Return the image with its pixels and its WCS; some part of it must be on the sky."""
    path = file.path
    if plane.shape == (1, 1):
        raise ImageError(f"{path} has a single pixel, in which nothing can be found")
    pixels = plane_pixels(file, found, plane)
    sky, notes = celestial_header(str(path), found.header, plane)
    has_tables = any(KEYWORDS.fullmatch(key) for key in sky)
    try:
        image = SkyImage(
            name=_SUFFIX.sub("", path.name),
            pixels=pixels,
            wcs=portable(WCS(sky, file.hdus if has_tables else None)),
            path=path,
            stamp=file.stamp,
            notes=tuple(notes),
            provenance={
                "hdu": found.hdu.label if found.hdu.number else "0 (PRIMARY)",
                "axes": ", ".join(f"{a.kind or '(untyped)'} {a.length}" for a in plane.axes),
                "plane": ", ".join(
                    f"{axis.name} {place}"
                    for axis, place in zip(plane.others, plane.index, strict=True)
                ),
            },
        )
        reference, pixel = image.reference, image.sky_jacobian(*image.centre)
        flat = image.beam_rule.in_plane and not (
            np.linalg.cond(image.geometry.plane_jacobian) < FLATTEST
        )
    except UNUSABLE as error:
        raise ImageError(f"{path} has a WCS that cannot be used: {reason(error)}") from error
    if flat or not np.isfinite(reference).all():
        seen = flat or np.isfinite(pixel).all()
        why = "its pixels have no area" if seen else "no part is on the sky"
        raise ImageError(f"{path} has a WCS that cannot be used: {why}")
    return image


def _with_frequency_and_beam(
    image: SkyImage, file: FitsFile, found: Candidate, plane: SkyPlane, given: Beam | None
) -> SkyImage:
    header = found.header
    frequency, frequency_from, notes = find_frequency(header, plane, file.hdus)
    if given is None:
        beam, beam_from, told = find_beam(
            header, beam_tables(file, found.hdu), BeamPlace.of(plane, frequency)
        )
        notes += told
        if beam is not None:
            beam, told = check_beam(beam, image.pixel_scale, image.shape)
            notes += told
    else:
        beam, beam_from = given, "--beam"
    if beam is None:
        beam_from = ""
    else:
        beam = replace(beam, pa=beam.pa + image.frame_rotation())
    return replace(
        image,
        beam=beam,
        frequency=frequency,
        notes=image.notes + tuple(notes),
        provenance={**image.provenance, "beam": beam_from, "frequency": frequency_from},
    )


def _with_unit(image: SkyImage, bunit: str, option: str | None) -> SkyImage:
    """Return the image with pixels in Jy/beam."""
    written, source = (option, "--unit") if option else (bunit, "BUNIT")
    notes = image.notes
    if not written:
        notes += ("BUNIT is missing: the pixels are taken as Jy/beam; --unit says otherwise.",)
    try:
        factor = factor_of_image(image, parse_unit(written or "Jy/beam"))
    except ValueError as error:
        raise ImageError(f"{image.path} has {source} {written!r}, {error}") from error
    image = replace(
        image,
        unit=JY_PER_BEAM,
        pixels=image.pixels if factor == 1 else multiplied(image.pixels, factor),
        notes=notes,
        provenance={**image.provenance, "unit": f"{source} {written!r}" if written else ""},
    )
    return with_local_factor(image, parse_unit(written or "Jy/beam"))


def _without_padding(image: SkyImage) -> SkyImage:
    """Return the image with the zeros connected to its border set to missing."""
    border = find_zero_border(image.pixels)
    if border is None:
        return image
    share = border.size / image.window.size
    note = f"{share:.3%} of the pixels are zeros joined to the border and count as missing."
    return replace(image, pixels=BlankedPixels(image.pixels, border), notes=(*image.notes, note))


def _without_off_sky(image: SkyImage) -> SkyImage:
    """Return the image with the pixels that show no sky missing."""
    seen = image.without_off_sky()
    if seen is image:
        return image
    share = 1.0 - image.geometry.share_on_sky
    note = f"About {share:.2g} of the image lies off the sky and counts as missing."
    return replace(seen, notes=(*seen.notes, note))

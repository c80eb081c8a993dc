"""Images in foreign formats, with properties that the user gives instead of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.core.pixels import multiplied
from sciarada.errors import ImageError, OptionError
from sciarada.geometry.beam import Beam
from sciarada.io.header_unit import factor_of_image, parse_unit


def as_asked(
    image: SkyImage, place: Sequence[object], beam: Beam | None, unit: str | None
) -> SkyImage:
    """Return an image with a beam and a unit that the user gives, and pixels in Jy/beam.

    Parameters
    ----------
    image : SkyImage
        As its reader gave it.
    place : sequence
        The requested HDU and plane, or None.
    beam, unit
        As of `sciarada.io.fits_image.read_image`.

    Raises
    ------
    OptionError
        If an HDU or a plane is requested: the reader selects them.
    ImageError
        If the pixels cannot be converted to Jy/beam.
    """
    if any(each is not None for each in place):
        raise OptionError(
            f"{image.path} is not a FITS file: its reader chooses the image in it, so leave out "
            "--hdu and --plane"
        )
    if beam is not None:
        beam = replace(beam, pa=beam.pa + image.frame_rotation())
        image = replace(image, beam=beam, provenance={**image.provenance, "beam": "--beam"})
    return _in_jy_per_beam(image, unit)


def _in_jy_per_beam(image: SkyImage, given: str | None) -> SkyImage:
    if given is None and image.unit in (None, JY_PER_BEAM):
        return replace(image, unit=JY_PER_BEAM)
    unit = image.unit if given is None else parse_unit(given)
    try:
        factor = factor_of_image(image, unit)
    except ValueError as error:
        raise ImageError(f"{image.path} has the unit {str(unit)!r}, {error}") from error
    return replace(image, unit=JY_PER_BEAM, pixels=multiplied(image.pixels, factor))

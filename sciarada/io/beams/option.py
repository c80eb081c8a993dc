"""The beam that a user gives in place of the header's."""

from __future__ import annotations

from sciarada.errors import OptionError
from sciarada.geometry.beam import Beam


def parse_beam(option: str) -> Beam:
    """Return the beam of ``--beam MAJOR,MINOR,PA`` (arcsec, arcsec, degrees).

    One number gives a circular beam, two leave the position angle at 0.

    Raises
    ------
    OptionError
        If the text is not one to three numbers that make a beam.
    """
    try:
        values = [float(part) for part in option.split(",")]
        if len(values) > 3:
            raise ValueError("too many numbers")
        major, minor = (values * 2)[:2] if len(values) == 1 else values[:2]
        return Beam(major, minor, values[2] if len(values) == 3 else 0.0, origin="option")
    except ValueError as error:
        raise OptionError(
            f"--beam {option!r} is not a beam: give the FWHM of the major and minor axis in arcsec "
            f"and the position angle in degrees, such as --beam 15,12,30"
        ) from error

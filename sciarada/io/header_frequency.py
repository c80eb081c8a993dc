"""Find the frequency of an image in its header, wherever it is written."""

from __future__ import annotations

from astropy import units as u
from astropy.io import fits

from sciarada.io.header_axes import SPECTRAL, SkyPlane
from sciarada.io.header_values import number, text

C = 299_792_458.0  # m / s
RADIO = (1e6, 1e13)  # Hz: anything else is not the frequency of a radio image
REST = ("RESTFRQ", "RESTFREQ")
_AIPS_RADIO_VELOCITY = 256  # VELREF above this: the radio definition


def find_frequency(header: fits.Header, plane: SkyPlane) -> tuple[float | None, str, list[str]]:
    """Find the frequency of the chosen plane.

    The spectral axis comes first, with or without pixels behind it, then RESTFRQ (RESTFREQ),
    then FREQ, then a CRVAL3 without a type.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the image.
    plane : SkyPlane
        The plane that was chosen.

    Returns
    -------
    frequency : float or None
        Hz.
    where : str
        Where it was found, for people.
    notes : list of str
        What was found and not believed.
    """
    notes = []
    for value, where in _candidates(header, plane):
        if RADIO[0] <= value <= RADIO[1]:
            return value, where, notes
        notes.append(f"{value:g} Hz from {where} is not a radio frequency and is ignored.")
    return None, "", notes


def _candidates(header: fits.Header, plane: SkyPlane) -> list[tuple[float, str]]:
    rest = next((v for key in REST if (v := number(header, key))), None)
    found = []
    count = max(len(plane.axes), int(number(header, "WCSAXES") or 0), 4)
    for axis in range(1, min(count, 9) + 1):
        kind = text(header, f"CTYPE{axis}").upper()
        value = _along(header, axis, plane)
        if kind and value is not None:
            frequency = _from_axis(kind, value, text(header, f"CUNIT{axis}"), rest, header)
            if frequency:
                found.append((frequency, f"the {kind} axis"))
    found += [(value, key) for key in (*REST, "FREQ") if (value := number(header, key))]
    third = number(header, "CRVAL3")
    if third and not text(header, "CTYPE3") and RADIO[0] <= third <= RADIO[1]:
        found.append((third, "CRVAL3"))
    return found


def _along(header: fits.Header, axis: int, plane: SkyPlane) -> float | None:
    """Return the plane's coordinate along a straight axis; CRVAL where it has no pixels."""
    reference = number(header, f"CRVAL{axis}")
    if reference is None or axis > len(plane.axes):
        return reference
    step = number(header, f"CDELT{axis}") or number(header, f"CD{axis}_{axis}") or 0.0
    pixel = number(header, f"CRPIX{axis}")
    return reference + step * (plane.position(axis) + 1 - (1.0 if pixel is None else pixel))


def _from_axis(
    kind: str, value: float, unit: str, rest: float | None, header: fits.Header
) -> float | None:
    """Return Hz from a value along a spectral axis, or None for any other axis."""
    name = kind.split("-")[0]
    if name == "FREQ":
        return value * _scale(unit, u.Hz)
    if name == "WAVE":
        length = value * _scale(unit, u.m)
        return C / length if length > 0 else None
    if name in SPECTRAL and rest:
        beta = value * _scale(unit, u.m / u.s) / C
        radio = name == "VRAD" or (
            name not in ("VOPT", "FELO") and (number(header, "VELREF") or 0) > _AIPS_RADIO_VELOCITY
        )
        if abs(beta) >= 1:
            return None
        return rest * (1 - beta) if radio else rest / (1 + beta)
    return None


def _scale(unit: str, target: u.UnitBase) -> float:
    """Return how many ``target`` one ``unit`` is; an empty or unknown unit is taken as it."""
    for spelling in (unit, unit.replace("HZ", "Hz"), unit.lower(), unit.capitalize()):
        try:
            return float(u.Unit(spelling).to(target))
        except (ValueError, TypeError):  # UnitConversionError is a TypeError
            continue
    return 1.0

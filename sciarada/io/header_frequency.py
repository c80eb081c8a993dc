"""Find the frequency of an image in its header, wherever it is written."""

from __future__ import annotations

from collections.abc import Iterator

from astropy.io import fits

from sciarada.io.header_axes import SPECTRAL, SkyPlane
from sciarada.io.header_values import number, text
from sciarada.io.spectral_axis import REST, SpectralAxis

RADIO = (1e6, 1e13)  # Hz: anything else is not the frequency of a radio image


def find_frequency(
    header: fits.Header, plane: SkyPlane, hdus: fits.HDUList | None = None
) -> tuple[float | None, str, list[str]]:
    """Find the frequency of the chosen plane.

    The spectral axis comes first, with or without pixels behind it, then RESTFRQ (RESTFREQ),
    then FREQ, then a CRVAL3 without a type.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the image.
    plane : SkyPlane
        The plane that was chosen.
    hdus : `~astropy.io.fits.HDUList`, optional
        The open file, which holds the table of a spectral axis of type ``-TAB``.

    Returns
    -------
    frequency : float or None
        Hz, in the frame in which the header states it.
    where : str
        Where it was found, for people, and the frame if it is known.
    notes : list of str
        What was found and not believed, and what had to be guessed.
    """
    notes: list[str] = []
    for value, where in _candidates(header, plane, hdus, notes):
        if RADIO[0] <= value <= RADIO[1]:
            return value, where, notes
        notes.append(f"{value:g} Hz from {where} is not a radio frequency and is ignored.")
    return None, "", notes


def _candidates(
    header: fits.Header, plane: SkyPlane, hdus: fits.HDUList | None, notes: list[str]
) -> Iterator[tuple[float, str]]:
    count = max(len(plane.axes), int(number(header, "WCSAXES") or 0), 4)
    for axis in range(1, min(count, 9) + 1):
        kind = text(header, f"CTYPE{axis}").upper()
        is_stated = kind.endswith("-TAB") or number(header, f"CRVAL{axis}") is not None
        if kind.split("-")[0] in SPECTRAL and is_stated:
            value, frame, told = SpectralAxis(axis, kind, header, plane, hdus).frequency()
            notes += told
            if value is not None:
                yield value, f"the {kind} axis" + (f", {frame}" if frame else "")
    for key in (*REST, "FREQ"):
        if value := number(header, key):
            yield value, key
    third = number(header, "CRVAL3")
    if third and not text(header, "CTYPE3") and RADIO[0] <= third <= RADIO[1]:
        yield third, "CRVAL3"

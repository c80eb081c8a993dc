"""The frequency of a plane along a spectral axis of any kind, by the rules of wcslib."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass

from astropy import units as u
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from astropy.wcs.wcs import WcsError

from sciarada.io.header_axes import SkyPlane
from sciarada.io.header_matrix import matrix_row
from sciarada.io.header_values import number, text
from sciarada.io.units_written import scale

REST = ("RESTFRQ", "RESTFREQ")
_UNITS = {
    "FREQ": u.Hz, "ENER": u.J, "WAVN": u.m**-1, "WAVE": u.m, "AWAV": u.m,
    "VRAD": u.m / u.s, "VOPT": u.m / u.s, "VELO": u.m / u.s, "FELO": u.m / u.s,
    "ZOPT": u.dimensionless_unscaled, "BETA": u.dimensionless_unscaled,
}  # fmt: skip
_OTHER_NAMES = {"FREQUENCY": "FREQ", "WAVELENGTH": "WAVE", "LAMBDA": "WAVE"}
_NEED_REST = ("VRAD", "VOPT", "ZOPT", "VELO", "FELO", "BETA")
_AIPS_RADIO_VELOCITY = 256  # VELREF above this: the radio definition
_TRIAL = 1e9  # Hz
# What astropy raises of a spectral axis that makes no sense.
_FAILURES = (WcsError, ValueError, ArithmeticError, MemoryError, KeyError, OSError, TypeError)


@dataclass(frozen=True)
class SpectralAxis:
    """A spectral axis at a plane.

    Parameters
    ----------
    number : int
        FITS number of the axis.
    kind : str
        CTYPE in capitals.
    header : `~astropy.io.fits.Header`
        Header of the image.
    plane : SkyPlane
        The plane that was chosen.
    hdus : `~astropy.io.fits.HDUList`, optional
        The open file, which holds the table of a ``-TAB`` axis.
    """

    number: int
    kind: str
    header: fits.Header
    plane: SkyPlane
    hdus: fits.HDUList | None = None

    @property
    def name(self) -> str:
        """The quantity of the axis: FREQ, VRAD, WAVE ..."""
        name = self.kind.split("-")[0]
        if name == "VELOCITY":
            is_radio = (number(self.header, "VELREF") or 0) > _AIPS_RADIO_VELOCITY
            return "VRAD" if is_radio else "VOPT"
        return _OTHER_NAMES.get(name, name)

    @property
    def is_tabulated(self) -> bool:
        """Whether the coordinates are in a table."""
        return self.kind.endswith("-TAB")

    def frequency(self) -> tuple[float | None, str, list[str]]:
        """Return the frequency in Hz, its frame (``LSRK`` ..., or nothing), and notes."""
        offset, spread, notes = self._offset()
        rest = self._rest(notes)
        if rest is None and self.name in _NEED_REST:
            return None, "", [*notes, f"The {self.kind} axis gives no frequency without RESTFRQ."]
        value, frame = self._at(offset, rest or {})
        if value is None:
            return None, "", [*notes, f"The {self.kind} axis gives no frequency at this plane."]
        if spread:
            ends = [self._at(offset + sign * spread, rest or {})[0] or math.nan for sign in (-1, 1)]
            low, high = sorted(end / 1e9 for end in ends)
            notes.append(
                f"The frequency runs from {low:.7g} to {high:.7g} GHz over the plane; "
                "that of its middle is used."
            )
        return value, frame, notes

    def _offset(self) -> tuple[float, float, list[str]]:
        """Return how far the middle of the plane is from CRVAL, half the spread over it, notes."""
        if self.number > len(self.plane.axes):
            return 0.0, 0.0, []
        row = matrix_row(self.header, self.number, len(self.plane.axes))
        offset = spread = 0.0
        for axis, step in zip(self.plane.axes, row, strict=True):
            reference = number(self.header, f"CRPIX{axis.number}") or 0.0
            if axis.number in (self.plane.x, self.plane.y):
                offset += step * ((axis.length + 1) / 2 - reference)
                spread += abs(step) * (axis.length - 1) / 2
            else:
                offset += step * (self.plane.position(axis.number) + 1 - reference)
        missing = f"CRPIX{self.number}" not in self.header and row[self.number - 1] != 0
        notes = [f"CRPIX{self.number} is missing and 0 is used."] if missing else []
        return offset, spread, notes

    def _rest(self, notes: list[str]) -> dict[str, float] | None:
        """Return the rest frequency or wavelength that the header states."""
        for key in REST:
            if value := number(self.header, key):
                return {"RESTFRQ": value}
        if value := number(self.header, "RESTWAV"):
            return {"RESTWAV": value}
        return self._rest_of_aips(notes) if self.name in _NEED_REST else None

    def _rest_of_aips(self, notes: list[str]) -> dict[str, float] | None:
        """Return the rest frequency that follows from ALTRVAL, the frequency at ALTRPIX."""
        frequency, pixel = (number(self.header, key) for key in ("ALTRVAL", "ALTRPIX"))
        if not frequency or pixel is None or self.number > len(self.plane.axes):
            return None
        step = matrix_row(self.header, self.number, len(self.plane.axes))[self.number - 1]
        reference = number(self.header, f"CRPIX{self.number}") or 0.0
        trial, _ = self._at(step * (pixel - reference), {"RESTFRQ": _TRIAL})
        if not trial:
            return None
        notes.append("The rest frequency follows from ALTRVAL, the frequency at ALTRPIX.")
        return {"RESTFRQ": _TRIAL * frequency / trial}

    def _at(self, offset: float, rest: dict[str, float]) -> tuple[float | None, str]:
        """Return the frequency at an offset from CRVAL, and its frame."""
        cards, factor = self._cards()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", AstropyWarning)
                wcs = WCS(fits.Header(cards | rest), self.hdus if self.is_tabulated else None).wcs
                wcs.spcfix()
                wcs.set()
                if not wcs.ctype[0].startswith("FREQ"):
                    wcs.sptr("FREQ-???")
                value = float(wcs.p2s([[factor * offset]], 1)["world"][0, 0])
        except _FAILURES:
            return None, ""
        return (value if math.isfinite(value) else None), wcs.specsys.strip()

    def _cards(self) -> tuple[dict[str, object], float]:
        """Return a header of this axis alone, in SI units, of which a pixel is one unit."""
        written = text(self.header, f"CUNIT{self.number}")
        unit = _UNITS[self.name]
        factor = scale(written, unit) if written and not self.is_tabulated else None
        factor = factor or 1.0
        cards: dict[str, object] = {
            "WCSAXES": 1,
            "CTYPE1": self.kind.replace(self.kind.split("-")[0], self.name, 1),
            "CUNIT1": written if self.is_tabulated else unit.to_string("fits"),
            "CRPIX1": 0.0,
            "CDELT1": 1.0,
            "CRVAL1": factor * (number(self.header, f"CRVAL{self.number}") or 0.0),
        }
        for key in ("VELREF", "SPECSYS"):
            value = text(self.header, key) if key == "SPECSYS" else number(self.header, key)
            if value:
                cards[key] = value if key == "SPECSYS" else int(value)
        for key in self.header:
            match = re.fullmatch(rf"P([VS]){self.number}_(\d+)", key)
            value = match and (number if match[1] == "V" else text)(self.header, key)
            if value is not None and match:
                cards[f"P{match[1]}1_{match[2]}"] = value
        return cards, factor

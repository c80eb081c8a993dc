"""Tables of beams: CASA's BEAMS by channel and polarisation, AIPS' CG by frequency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy import units as u
from astropy.io import fits

from sciarada.io.fits_damage import BROKEN
from sciarada.io.header_axes import SPECTRAL, SkyPlane
from sciarada.io.units_written import scale

NAMES = ("BEAMS", "AIPS CG")
_UNITS = {
    "BMAJ": u.deg, "BMIN": u.deg, "BPA": u.deg, "FREQUENCY": u.Hz, "FREQ": u.Hz,
    "CHAN": None, "POL": None,
}  # fmt: skip


@dataclass(frozen=True)
class BeamPlace:
    """The plane of the requested beam.

    Parameters
    ----------
    channel, polarisation : int or None
        Zero-based places along the spectral and the Stokes axis; None where there is no such
        axis.
    channels, polarisations : int
        Lengths of these axes, 1 where there are none.
    frequency : float or None
        Hz.
    """

    channel: int | None = None
    polarisation: int | None = None
    channels: int = 1
    polarisations: int = 1
    frequency: float | None = None

    @classmethod
    def of(cls, plane: SkyPlane, frequency: float | None) -> BeamPlace:
        """Return the plane of an array."""
        spectral, stokes = plane.axis_of(SPECTRAL), plane.axis_of(("STOKES",))
        return cls(
            channel=plane.position(spectral.number) if spectral else None,
            polarisation=plane.position(stokes.number) if stokes else None,
            channels=spectral.length if spectral else 1,
            polarisations=stokes.length if stokes else 1,
            frequency=frequency,
        )


@dataclass(frozen=True, eq=False)
class BeamTable:
    """The rows of a table of beams.

    Parameters
    ----------
    name : str
        EXTNAME.
    axes : ndarray of float64, shape (n, 3)
        Major axis, minor axis and position angle in degrees; NaN where a beam is blank.
    channels, polarisations : ndarray of int64 or None
        Zero-based places of the rows; None where the table does not say.
    frequencies : ndarray of float64 or None
        Hz.
    lengths : tuple of int
        Numbers of channels and polarisations that the table is for.
    """

    name: str
    axes: np.ndarray
    channels: np.ndarray | None
    polarisations: np.ndarray | None
    frequencies: np.ndarray | None
    lengths: tuple[int, int]

    @property
    def good(self) -> np.ndarray:
        """Whether each row holds a beam."""
        return np.isfinite(self.axes[:, :2]).all(axis=1) & (self.axes[:, :2] > 0).all(axis=1)

    def row(self, place: BeamPlace) -> int | None:
        """Return the row of a plane, None where the table has no beam of it."""
        rows = np.flatnonzero(self.good & self._channel(place) & self._polarisation(place))
        return int(rows[0]) if len(rows) else None

    def median_row(self) -> int | None:
        """Return the row of median major axis, so that its numbers belong together."""
        rows = np.flatnonzero(self.good)
        if not len(rows):
            return None
        return int(rows[np.argsort(self.axes[rows, 0], kind="stable")[(len(rows) - 1) // 2]])

    def _channel(self, place: BeamPlace) -> np.ndarray:
        everywhere = np.ones(len(self.axes), bool)
        if self.lengths[0] == 1:
            return everywhere
        if self.frequencies is not None and place.frequency is not None:
            return _nearest(self.frequencies, place.frequency)
        numbers = self.channels
        if numbers is None:
            numbers = np.arange(len(everywhere))
        if place.channel is None or numbers.max() >= place.channels:
            return ~everywhere  # the table is of another image, such as the whole cube
        return numbers == place.channel

    def _polarisation(self, place: BeamPlace) -> np.ndarray:
        everywhere = np.ones(len(self.axes), bool)
        if self.polarisations is None or self.lengths[1] == 1:
            return everywhere
        if place.polarisation is None or self.polarisations.max() >= place.polarisations:
            return ~everywhere
        return self.polarisations == place.polarisation


def read_beam_table(hdu: fits.BinTableHDU) -> BeamTable | None:
    """Return the beams of a table, None where it is damaged or has no such columns."""
    try:
        names = {name.upper(): name for name in hdu.columns.names}
        columns = {known: _column(hdu, name) for known, name in names.items() if known in _UNITS}
    except BROKEN:
        return None
    if not {"BMAJ", "BMIN"} <= columns.keys() or not len(columns["BMAJ"]):
        return None
    angles = columns.get("BPA", np.full(len(columns["BMAJ"]), np.nan))
    channels, polarisations = (_places(columns.get(name)) for name in ("CHAN", "POL"))
    frequencies = columns.get("FREQUENCY", columns.get("FREQ"))
    counts = _length(hdu, "NCHAN", channels), _length(hdu, "NPOL", polarisations)
    if channels is None:
        counts = (len(angles), counts[1])
    return BeamTable(
        name=hdu.name,
        axes=np.column_stack([columns["BMAJ"], columns["BMIN"], angles]),
        channels=channels,
        polarisations=polarisations,
        frequencies=frequencies,
        lengths=counts,
    )


def _column(hdu: fits.BinTableHDU, name: str) -> np.ndarray:
    """Return a column of single numbers as float64 in the unit that is wanted."""
    values = np.asarray(hdu.data[name], float)
    if values.ndim > 1:
        values = values.reshape(len(values), -1)[:, 0]
    unit = _UNITS[name.upper()]
    if unit is None:
        return values
    written = hdu.columns[name].unit or ""
    usual = u.arcsec if hdu.name == NAMES[0] and name.upper() in ("BMAJ", "BMIN") else unit
    return values * (scale(written, unit) or float(usual.to(unit)))


def _places(values: np.ndarray | None) -> np.ndarray | None:
    return None if values is None else np.where(np.isfinite(values), values, -1).astype(np.int64)


def _length(hdu: fits.BinTableHDU, key: str, places: np.ndarray | None) -> int:
    """Return the length of an axis that a table states, or that its rows have."""
    stated = hdu.header.get(key)
    found = 1 if places is None else len(np.unique(places))
    is_stated = isinstance(stated, int) and not isinstance(stated, bool) and stated > 0
    return max(stated, found) if is_stated else found


def _nearest(frequencies: np.ndarray, wanted: float) -> np.ndarray:
    """Return which rows are of the channel of a frequency, if any is as near as half a channel."""
    known = np.unique(frequencies[np.isfinite(frequencies)])
    if not len(known):
        return np.zeros(len(frequencies), bool)
    width = np.diff(known).min() if len(known) > 1 else abs(wanted)
    nearest = known[np.argmin(np.abs(known - wanted))]
    return (frequencies == nearest) & (abs(nearest - wanted) <= 0.5 * width)

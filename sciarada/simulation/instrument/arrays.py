"""Antenna layouts of some arrays, and the spatial frequencies that a track samples.

Only the pattern matters here: its symmetry, how much of the plane of spatial frequencies is
filled, and how many antennas share the errors. So layouts have no unit: the longest baseline
of an image follows from its beam.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_STEPS = 10  # samples of an interval along the track, where it is observed all the time


@dataclass(frozen=True, eq=False)
class Array:
    """An array and the usual way to observe a field with it.

    Parameters
    ----------
    east, north : ndarray
        Positions of the antennas; any unit.
    latitude : float
        Degrees.
    hours : float
        Length of the track, which has its middle at the meridian.
    intervals : int
        Parts of the track in which the errors of the antennas stay the same.
    duty : float
        Share of each interval that is observed: small for fields that take turns.
    band : float
        Width of the band as a share of its middle.
    """

    east: np.ndarray
    north: np.ndarray
    latitude: float
    hours: float
    intervals: int
    duty: float
    band: float

    def baselines(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the two antennas of each baseline."""
        return np.triu_indices(len(self.east), 1)

    def coverage(self, declination: float) -> tuple[np.ndarray, np.ndarray]:
        """Return u and v (east and north) of shape (baselines, intervals, steps).

        Each in units of its largest value. With the Earth's rotation they are those of Thompson,
        Moran & Swenson (2017, Interferometry and Synthesis in Radio Astronomy, section 4.1).

        Parameters
        ----------
        declination : float
            Of the field, in degrees.
        """
        first, second = self.baselines()
        east, north = (side[second] - side[first] for side in (self.east, self.north))
        latitude, declination = math.radians(self.latitude), math.radians(declination)
        steps = max(2, round(_STEPS * self.duty))
        within = (np.arange(steps) + 0.5) / steps * self.duty
        # Fields that are observed in turns are not observed at regular intervals.
        late = np.random.default_rng(0).uniform(0, 1 - self.duty, self.intervals)
        start = (np.arange(self.intervals) + late)[:, None]
        turn = ((start + within) / self.intervals - 0.5) * self.hours * math.pi / 12
        x, y, z = (
            side[:, None, None]
            for side in (-north * math.sin(latitude), east, north * math.cos(latitude))
        )
        u = x * np.sin(turn) + y * np.cos(turn)
        v = (
            math.sin(declination) * (y * np.sin(turn) - x * np.cos(turn))
            + math.cos(declination) * z
        )
        return u / np.abs(u).max(), v / np.abs(v).max()


def _arms(azimuths: tuple[float, ...], count: int, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Return antennas on straight arms, at distances ``n^power``."""
    distance = np.arange(1, count + 1) ** power
    azimuth = np.radians(azimuths)[:, None]
    return (distance * np.sin(azimuth)).ravel(), (distance * np.cos(azimuth)).ravel()


def _scattered(core: int, width: float, outer: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a dense core of Gaussian ``width`` and outer antennas, out to a radius of 1."""
    rng = np.random.default_rng(seed)
    inner = rng.normal(0, width, (2, core))
    radius = np.geomspace(2 * width, 1, outer)
    azimuth = np.arange(outer) * math.pi * (3 - math.sqrt(5)) + rng.normal(0, 0.3, outer)
    east, north = np.concatenate([inner, radius * [np.sin(azimuth), np.cos(azimuth)]], axis=1)
    return east, north


def _railway(*configurations: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return antennas on an east-west line."""
    east = np.array([station for stations in configurations for station in stations], float)
    return east, np.zeros(len(east))


# The VLA's arms and their law of distances, and the stations of the ATCA's 6A configuration, are
# real; the layouts of the others have the real share of antennas in the core and the real extent.
ARRAYS = {
    "vla": Array(*_arms((355.0, 115.0, 236.0), 9, 1.716), 34.1, 0.1, 1, 1.0, 0.5),
    "atca": Array(*_railway((4, 45, 102, 173, 195, 392)), -30.3, 11.0, 48, 0.15, 0.9),
    "askap": Array(*_scattered(26, 0.25, 10, 1), -26.7, 10.0, 10, 1.0, 0.3),
    "meerkat": Array(*_scattered(44, 0.07, 20, 2), -30.7, 8.0, 8, 1.0, 0.6),
    "lofar": Array(*_scattered(30, 0.03, 24, 3), 52.9, 8.0, 8, 1.0, 0.35),
}

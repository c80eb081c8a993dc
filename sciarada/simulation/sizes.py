"""The distribution of sizes of sources of one flux."""

from __future__ import annotations

from typing import Protocol

import numpy as np

_MEDIAN_AT_1_MJY = 2.0  # arcsec
_MEDIAN_SLOPE = 0.3
_TAIL = 0.62


class Sizes(Protocol):
    """The distribution of the largest angular size at a flux."""

    def fraction(self, flux: np.ndarray, low: float, high: float) -> np.ndarray:
        """Return the share of the sources of a flux (Jy at 1.4 GHz) between two sizes (arcsec)."""
        ...

    def draw(
        self, flux: np.ndarray, low: np.ndarray, high: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return a size in arcsec for each flux, between ``low`` and ``high``."""
        ...


class Windhorst1990:
    """Sizes by Windhorst, Mathis & Neuschaefer (1990, ASP Conf. Ser. 10, 389).

    The median is ``2 arcsec (S / 1 mJy)^0.3`` at 1.4 GHz, and the share of sources larger than
    ``theta`` is ``exp(-ln 2 (theta / median)^0.62)``, from the faintest star-forming galaxies
    to giant radio galaxies.
    """

    def median(self, flux: np.ndarray) -> np.ndarray:
        """Return the median size in arcsec of sources of a flux in Jy at 1.4 GHz."""
        return _MEDIAN_AT_1_MJY * (np.asarray(flux, dtype=np.float64) / 1e-3) ** _MEDIAN_SLOPE

    def fraction(self, flux: np.ndarray, low: float, high: float) -> np.ndarray:
        """Return the share of the sources of a flux (Jy at 1.4 GHz) between two sizes (arcsec)."""
        nearer, farther = self._depth(flux, low), self._depth(flux, high)
        return np.exp(-nearer) * -np.expm1(nearer - farther)

    def draw(
        self, flux: np.ndarray, low: np.ndarray, high: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return a size in arcsec for each flux, between ``low`` and ``high``."""
        nearer, farther = self._depth(flux, low), self._depth(flux, high)
        depth = nearer - np.log1p(rng.uniform(0, 1, np.shape(flux)) * np.expm1(nearer - farther))
        return self.median(flux) * (depth / np.log(2)) ** (1 / _TAIL)

    def _depth(self, flux: np.ndarray, size: float | np.ndarray) -> np.ndarray:
        """Return minus the logarithm of the share of sources larger than a size."""
        return np.log(2) * (np.asarray(size) / self.median(flux)) ** _TAIL


class LogUniform:
    """Sizes uniform in the logarithm, with limits that do not affect their number."""

    def fraction(self, flux: np.ndarray, low: float, high: float) -> np.ndarray:
        """Return one: populations are weighed by their shares alone."""
        return np.ones(np.shape(flux))

    def draw(
        self, flux: np.ndarray, low: np.ndarray, high: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return a size in arcsec for each flux; limits of 0 give 0."""
        low, high = np.broadcast_arrays(np.asarray(low, float), high)
        sized = low > 0
        ratio = np.where(sized, high, 1.0) / np.where(sized, low, 1.0)
        return np.where(sized, low * ratio ** rng.uniform(0, 1, np.shape(flux)), 0.0)


#: The laws that a survey file can name.
LAWS: dict[str, Sizes] = {"windhorst1990": Windhorst1990(), "log_uniform": LogUniform()}

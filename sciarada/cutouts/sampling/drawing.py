"""Drawing random squares of one image, as many as are wanted and there is room for."""

from __future__ import annotations

import math

import numpy as np

from sciarada.cutouts.sampling.coverage import Coverage
from sciarada.cutouts.sampling.spacing import Spacing

_AT_ONCE = 65536
_TRIED, _MIN_TAKEN = 8192, 16  # an image is full where fewer of so many good squares have room
_MAX_ROUNDS = 40  # draws in a row without a good square


class Drawing:
    """Random squares of one image; more can be drawn at any time.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx) of the image.
    npix : int
        Side of the squares in pixels.
    coverage : Coverage
        What the image holds, with its bright pixels if empty squares are to be left out.
    min_valid, max_overlap : float
        As in `sciarada.cutouts.sampling.random_positions.RandomSampler`.
    rng : `~numpy.random.Generator`
        Where chance comes from.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        npix: int,
        coverage: Coverage,
        min_valid: float,
        max_overlap: float,
        rng: np.random.Generator,
    ) -> None:
        self._shape = shape
        self._npix = npix
        self._coverage = coverage
        self._least_valid = min_valid
        self._spacing = Spacing(npix, max_overlap)
        self._rng = rng
        self._x, self._y = [np.empty(0)], [np.empty(0)]
        self.is_full = False
        """Whether the last draw found no room for all that was wanted."""

    @property
    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Zero-based (x, y) of the squares drawn so far."""
        return np.concatenate(self._x), np.concatenate(self._y)

    def __len__(self) -> int:
        return sum(map(len, self._x))

    def draw(self, number: int) -> None:
        """Draw further squares, fewer than ``number`` where there is no more room."""
        wanted = len(self) + number
        found, tried, taken, rounds = len(self), 0, 0, 0
        while found < wanted and rounds < _MAX_ROUNDS:
            x, y = self._good_squares()
            rounds = 0 if len(x) else rounds + 1
            for first in range(0, len(x), _TRIED):
                part = slice(first, first + _TRIED)
                free = self._spacing.take(x[part], y[part], wanted - found)
                self._x.append(x[part][free])
                self._y.append(y[part][free])
                found, taken, tried = found + len(free), taken + len(free), tried + len(x[part])
                if found == wanted or (tried >= _TRIED and taken < _MIN_TAKEN):
                    break
                if tried >= _TRIED:
                    tried = taken = 0
            if tried >= _TRIED and taken < _MIN_TAKEN:
                break
        self.is_full = found < wanted

    def _good_squares(self) -> tuple[np.ndarray, np.ndarray]:
        """Draw centres (x, y) and leave out the squares that are not good enough."""
        # A square may reach over the border by as much as it may be invalid, and no further.
        over = self._npix * (1.0 - self._least_valid)
        y, x = (self._centres(length, over) for length in self._shape)
        good = self._coverage.valid_share(x, y, self._npix) >= self._least_valid - 1e-9
        if self._coverage.bright is not None:
            good &= self._coverage.bright_pixels(x, y, self._npix) >= 1.0
        return x[good], y[good]

    def _centres(self, length: int, over: float) -> np.ndarray:
        """Draw the centres of squares of whole pixels along one axis."""
        low, high = math.ceil(-over), math.floor(length - self._npix + over)
        if low > high:  # the image is too small: the one place that shows most of it
            low = high = (length - self._npix) // 2
        corners = self._rng.integers(low, high, _AT_ONCE, endpoint=True)
        return corners + (self._npix - 1) / 2

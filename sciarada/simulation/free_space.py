"""Free space for sources in an image: away from its border and from missing pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.errors import ImageError, OptionError
from sciarada.geometry.windows import Window
from sciarada.measure.shapes import beam_pixels

FINEST = 2048  # cells along the longer side of the map
APART = 10.0  # beams between the cells of a grid whose number of sources is not given
CLOSEST = 4.0  # beams between them at least
_ROUNDS = 100
_SHRINK = 0.95
_DIAGONAL = math.sqrt(2)


@dataclass(frozen=True, eq=False)
class FreeSpace:
    """Distance of each position of an image from the nearest pixel that a source must not touch.

    Parameters
    ----------
    image : SkyImage
        Its pixels are read once, when the room is measured.
    cell : int
        Side in pixels of the cells of ``distance``.
    distance : ndarray
        Pixels from anywhere in a cell ``[row, column]`` to the nearest missing pixel or to the
        border, at least.
    """

    image: SkyImage
    cell: int
    distance: np.ndarray

    @classmethod
    def of(cls, image: SkyImage) -> FreeSpace:
        """Measure the room in an image.

        Raises
        ------
        ImageError
            If there is no free space.
        """
        cell = max(1, int(beam_pixels(image) / 2), math.ceil(max(image.shape) / FINEST))
        rows = [_free(image, y0, cell) for y0 in range(0, image.shape[0], cell)]
        free = np.pad(np.array(rows), 1)
        distance = (ndimage.distance_transform_edt(free)[1:-1, 1:-1] - _DIAGONAL) * cell
        if not free.any():
            raise ImageError(f"{image.name} has no pixels with values into which to put sources")
        return cls(image, cell, np.maximum(distance, np.where(free[1:-1, 1:-1], 0.0, -1.0)))

    @property
    def area(self) -> float:
        """About how many pixels there are on which a source of no size can be centred."""
        return float(np.count_nonzero(self.distance >= 0)) * self.cell**2

    def around(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return how far sources at zero-based positions may reach, in pixels; -1 off the sky."""
        row, column = (((np.asarray(v) + 0.5) // self.cell).astype(int) for v in (y, x))
        on_sky = np.isfinite(self.image.pixel_to_sky(x, y)).all(axis=0)
        return np.where(on_sky, self.distance[row, column], -1.0)

    def anywhere(
        self, radius: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return random places (x, y) for sources of some radii in pixels.

        A source too large for any free position is placed where it fits best.
        """
        ny, nx = self.image.shape
        reach = radius + beam_pixels(self.image)
        x, y = np.empty((2, len(radius)))
        best = np.full(len(radius), -np.inf)
        for _ in range(_ROUNDS):
            (left,) = np.nonzero(best < reach)
            if not len(left):
                break
            at = rng.uniform(-0.5, nx - 0.5, len(left)), rng.uniform(-0.5, ny - 0.5, len(left))
            around = self.around(*at)
            better = around > best[left]
            moved = left[better]
            best[moved], x[moved], y[moved] = around[better], at[0][better], at[1][better]
        return self._inside(x, y, best, rng)

    def on_a_grid(
        self, radius: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return places (x, y) in the cells of a grid, which keeps sources apart.

        Two are at least half a cell apart; the cells are as large as the number allows.

        Raises
        ------
        OptionError
            So many sources do not lie apart in the image.
        """
        count, beam = len(radius), beam_pixels(self.image)
        if not count:
            return np.empty(0), np.empty(0)
        spacing = math.sqrt(self.area / count)
        while spacing >= CLOSEST * beam:
            x, y = scattered_positions(self.image.shape, spacing, rng)
            room = self.around(x, y) if len(x) else np.empty(0)
            (fit,) = np.nonzero(room >= beam)
            if len(fit) >= count:
                chosen = rng.permutation(fit)[:count]
                # The largest sources where there is most room.
                roomy = chosen[np.argsort(-room[chosen], kind="stable")]
                place = np.empty(count, dtype=int)
                place[np.argsort(-radius, kind="stable")] = roomy
                return x[place], y[place]
            spacing *= _SHRINK
        raise OptionError(
            f"{count} sources do not lie {CLOSEST:g} beams apart in {self.image.name}: "
            "ask for fewer with --number, or of the survey's diffuse kinds with -O number.NAME=N"
        )

    def grid_number(self) -> int:
        """Return how many sources lie well apart on a grid."""
        return int(self.area / (APART * beam_pixels(self.image)) ** 2)

    def _inside(
        self, x: np.ndarray, y: np.ndarray, best: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Move sources for which chance found no pixel with a value into cells that have one."""
        (lost,) = np.nonzero(best < 0)
        row, column = np.nonzero(self.distance >= 0)
        cell = rng.integers(len(row), size=len(lost))
        x[lost], y[lost] = ((at[cell] + 0.5) * self.cell - 0.5 for at in (column, row))
        return x, y


def scattered_positions(
    shape: tuple[int, int], spacing: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions across an image, none close to another or to the border.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    spacing : float
        Side in pixels of the cells of a grid; each whole cell holds one position, in its
        middle half, so that two positions are at least half a spacing apart.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    x, y : ndarray
        Zero-based pixels.
    """
    rows, columns = int(shape[0] // spacing), int(shape[1] // spacing)
    row, column = np.mgrid[:rows, :columns].reshape(2, -1)
    shift_x, shift_y = rng.uniform(0.25, 0.75, (2, rows * columns))
    return (column + shift_x) * spacing - 0.5, (row + shift_y) * spacing - 0.5


def _free(image: SkyImage, y0: int, cell: int) -> np.ndarray:
    """Return for a row of cells which have values in all their pixels."""
    ny, nx = image.shape
    finite = np.isfinite(image.read(Window(y0, min(y0 + cell, ny), 0, nx))).all(axis=0)
    return np.logical_and.reduceat(finite, np.arange(0, nx, cell))

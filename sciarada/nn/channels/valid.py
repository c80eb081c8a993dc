"""Statistics of the valid pixels of many images at once; NaN is the only missing value.

All work on ``(n, p)``, one image per row, on the device of the tensor. Rows are sorted once; what
else is computed follows from their order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from sciarada.nn.channels.order import ordering, running_sums, sorted_rows

SIGMA, ROUNDS = 3.0, 5


class PixelRows:
    """Images, one per row, with their pixels in order.

    Parameters
    ----------
    values : Tensor of float32, shape (n, p)
        NaN where missing; no other value is infinite.
    width : int, optional
        Number of pixels of a line of each image; one line by default.
    sky : pair of Tensor, shape (n, 1), optional
        What is known of the level of the sky and its noise, NaN where unknown.

    Attributes
    ----------
    values, valid : Tensor, shape (n, p)
        The pixels, and where they are not missing.
    ordered : Tensor, shape (n, p)
        Each row in ascending order, NaN after the valid ones.
    count : Tensor of int64, shape (n, 1)
        Number of valid pixels.
    """

    def __init__(
        self,
        values: Tensor,
        width: int | None = None,
        sky: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        self._values, self.sky = values, sky
        self.width = values.shape[1] if width is None else width
        self._shared: dict[Callable[[PixelRows], Any], Any] = {}

    @cached_property
    def values(self) -> Tensor:
        """The pixels."""
        return self._values

    @property
    def length(self) -> int:
        """Number of pixels of each row, missing ones included."""
        return self.values.shape[1]

    @cached_property
    def valid(self) -> Tensor:
        """Whether each pixel is valid."""
        return ~torch.isnan(self.values)

    @cached_property
    def count(self) -> Tensor:
        """Number of valid pixels of each row."""
        return self.valid.sum(dim=1, keepdim=True)

    @cached_property
    def ordered(self) -> Tensor:
        """Each row in ascending order."""
        return sorted_rows(self.values)

    def shared(self, statistic: Callable[[PixelRows], Any]) -> Any:
        """Return a statistic of these rows, which is computed only once."""
        if statistic not in self._shared:
            self._shared[statistic] = statistic(self)
        return self._shared[statistic]

    def at(self, places: Tensor) -> Tensor:
        """Return the values at places ``(n, k)`` of the ascending order."""
        return torch.gather(self.ordered, 1, places)

    def changed(self, change: Callable[[Tensor], Tensor]) -> PixelRows:
        """Return the rows with other values, by a function that keeps NaN and the order."""
        return _ChangedRows(self, change)

    def cut(self, low: Tensor, high: Tensor) -> PixelRows:
        """Return the rows with values cut at limits ``(n, 1)``."""
        return self.changed(lambda values: torch.clamp(values, low, high))

    def quantile(self, share: float | Tensor) -> Tensor:
        """Return quantiles ``(n, 1)``, between two values in a straight line.

        Parameters
        ----------
        share : float or Tensor, shape (n, 1)
            0 is the lowest value, 0.5 the median, 1 the highest. Rows without values give 0.
        """
        return _between_neighbours(self, 0, self.count, share)

    def ranks(self) -> Tensor:
        """Return the number of valid pixels that are fainter than each; any number if missing."""
        order, first = ordering(self.values)
        return torch.empty_like(first).scatter_(1, order, first)


class _ChangedRows(PixelRows):
    """Rows with other values in the same order; only the requested rows are computed."""

    def __init__(self, rows: PixelRows, change: Callable[[Tensor], Tensor]) -> None:
        self._rows, self._change = rows, change
        self.width, self.sky = rows.width, rows.sky
        self._shared = {}

    @property
    def length(self) -> int:
        return self._rows.length

    @cached_property
    def values(self) -> Tensor:
        return self._change(self._rows.values)

    @cached_property
    def valid(self) -> Tensor:
        return self._rows.valid

    @cached_property
    def count(self) -> Tensor:
        return self._rows.count

    @cached_property
    def ordered(self) -> Tensor:
        return self._change(self._rows.ordered)

    def at(self, places: Tensor) -> Tensor:
        return self._change(self._rows.at(places))


def clipped_median_and_sigma(rows: PixelRows) -> tuple[Tensor, Tensor]:
    """Return median and standard deviation ``(n, 1)`` of rows without their outliers.

    Values more than 3 standard deviations from the median are omitted in five iterations, as
    `astropy.stats.sigma_clipped_stats` does. In order, those that stay are neighbours: the sums
    over them are differences of running sums.
    """
    ordered, stop = rows.ordered, rows.count
    start = torch.zeros_like(stop)
    # From the median, in float64, so that bright pixels leave the sums of faint ones alone.
    centred = ordered.double().sub_(rows.quantile(0.5))
    sums = running_sums(centred)
    squares = running_sums(centred.square_())

    def statistics() -> tuple[Tensor, Tensor]:
        kept = (stop - start).clamp(min=1)
        mean = (sums.gather(1, stop) - sums.gather(1, start)) / kept
        mean_square = (squares.gather(1, stop) - squares.gather(1, start)) / kept
        sigma = (mean_square - mean.square()).clamp(min=0).sqrt().to(ordered.dtype)
        return _between_neighbours(rows, start, stop - start, 0.5), sigma

    filled = torch.nan_to_num(ordered, nan=torch.inf)
    for _ in range(ROUNDS):
        middle, sigma = statistics()
        low, high = middle - SIGMA * sigma, middle + SIGMA * sigma
        start = torch.maximum(start, torch.searchsorted(filled, low))
        stop = torch.minimum(stop, torch.searchsorted(filled, high, right=True))
        stop = torch.maximum(start, stop)
    return statistics()


def _between_neighbours(
    rows: PixelRows, start: Tensor | int, number: Tensor, share: float | Tensor
) -> Tensor:
    """Return a quantile of ``number`` ordered values from ``start`` on; 0 where there are none."""
    last = (number - 1).clamp(min=0)
    place = share * last.float()
    below = place.floor().long()
    above = torch.minimum(below + 1, last)
    most = rows.length - 1
    low, high = (rows.at((start + index).clamp(max=most)) for index in (below, above))
    value = low + (high - low) * (place - below)
    return torch.where(number > 0, value, 0.0)

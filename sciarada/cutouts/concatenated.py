"""Several sets of cutouts as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count

import numpy as np
from astropy.table import Table

from sciarada.core.columns import make_column, null_value
from sciarada.core.cutout_source import CutoutSource, Rows, row_numbers
from sciarada.core.fingerprint import combined
from sciarada.core.schema import ColumnSpec
from sciarada.cutouts.shown import Shown
from sciarada.errors import CutoutError


@dataclass(frozen=True, eq=False)
class ConcatenatedSource(Shown):
    """The cutouts of several sets, of any kinds; a `CutoutSource`.

    Parameters
    ----------
    sources : tuple of CutoutSource
        The sets.
    names : tuple of str
        Names of the sets. Where two of their cutouts have one name, all are called
        ``set/cutout``.
    rows : ndarray of int64, shape (n,), optional
        Which of their cutouts, counted through all sets; all by default.
    """

    sources: tuple[CutoutSource, ...]
    names: tuple[str, ...]
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: Rows) -> ConcatenatedSource:
        """Return the cutouts of a slice, a mask or row numbers."""
        return replace(self, rows=self._rows[rows])

    @property
    def ids(self) -> np.ndarray:
        """Names of the cutouts."""
        return self._all_ids[self._rows]

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees, NaN where unknown."""
        ra, dec = zip(*(source.positions for source in self.sources), strict=True)
        return np.concatenate(ra)[self._rows], np.concatenate(dec)[self._rows]

    @property
    def size(self) -> np.ndarray:
        """Side of each square in arcsec, NaN where unknown."""
        return np.concatenate([source.size for source in self.sources])[self._rows]

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of each beam in arcsec, NaN where unknown."""
        return np.concatenate([source.beam_major for source in self.sources])[self._rows]

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return float32 (n, npix, npix), NaN where pixels are missing.

        Raises
        ------
        CutoutError
            If ``npix`` is not given and the sets, or the cutouts of one, differ in pixels.
        """
        chosen = row_numbers(rows, len(self))
        parts = [(part.pixels(own, npix), at) for part, own, at in self.parts(chosen)]
        sides = sorted({part.shape[-1] for part, _ in parts} or {npix or 0})
        if sides == [0]:
            raise CutoutError("an empty set of cutouts has no size in pixels: give npix")
        if len(sides) > 1:
            raise CutoutError(
                f"the sets have cutouts of {' and '.join(map(str, sides))} pixels: give npix to "
                f"resample them to one size"
            )
        stack = np.empty((len(chosen), sides[0], sides[0]), np.float32)
        for part, places in parts:
            stack[places] = part
        return stack

    def parts(self, rows: np.ndarray) -> Iterator[tuple[CutoutSource, np.ndarray, np.ndarray]]:
        """Give each set that has some of the cutouts: the set, its rows, and where they belong.

        Parameters
        ----------
        rows : ndarray of int64, shape (n,)

        Yields
        ------
        source : CutoutSource
        own : ndarray of int64
            Rows of that set.
        places : ndarray of bool, shape (n,)
            Which of the ``rows`` they are.
        """
        chosen = self._rows[rows]
        which = np.searchsorted(self._starts, chosen, side="right") - 1
        for number in np.unique(which).tolist():
            places = which == number
            yield self.sources[number], chosen[places] - self._starts[number], places

    def to_table(self, headers: bool = True) -> Table:
        """Return one row per cutout with the columns of all sets, null where a set has none."""
        tables = [source.to_table(headers) for source in self.sources]
        columns = {}
        for name in dict.fromkeys(name for table in tables for name in table.colnames):
            known = [table[name] for table in tables if name in table.colnames]
            text = name == "cutout_id" or known[0].dtype.kind == "U"
            spec = ColumnSpec(
                name,
                "str" if text else known[0].dtype.name,
                None if known[0].unit is None else str(known[0].unit),
                known[0].meta["ucd"],
                known[0].description,
            )
            null = "" if text else null_value(known[0].dtype)
            pieces = [
                table[name].data.data if name in table.colnames else np.full(len(table), null)
                for table in tables
            ]
            values = self._all_ids if name == "cutout_id" else np.concatenate(pieces)
            columns[name] = make_column(
                spec, values.astype(np.str_)[self._rows] if text else values[self._rows]
            )
        return Table(list(columns.values()), copy=False)

    def data_hash(self) -> str:
        """Return an identity: those of the sets, and which cutouts of them."""
        return combined([*(source.data_hash() for source in self.sources), self._rows])

    @cached_property
    def _rows(self) -> np.ndarray:
        """The selected cutouts of all sets."""
        return np.arange(sum(map(len, self.sources))) if self.rows is None else self.rows

    @cached_property
    def _starts(self) -> np.ndarray:
        """First row of each set."""
        return np.cumsum([0, *map(len, self.sources[:-1])])

    @cached_property
    def _all_ids(self) -> np.ndarray:
        ids = [np.asarray(source.ids).astype(np.str_) for source in self.sources]
        together = np.concatenate(ids)
        if len(np.unique(together)) == len(together):
            return together
        return np.array(
            [
                f"{name}/{each}"
                for name, part in zip(self.names, ids, strict=True)
                for each in part.tolist()
            ],
            np.str_,
        )


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return unique names: repeated names get a number."""
    made: list[str] = []
    for name in names:
        numbered = (f"{name}-{number}" for number in count(2))
        made.append(next(each for each in chain([name], numbered) if each not in made))
    return made

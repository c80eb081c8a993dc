"""The table of scores: one row per measure, finder and bin, for pictures, pages and TOPCAT."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.schema import ColumnSpec

ALL = "all"


@dataclass(frozen=True)
class ScoreRow:
    """One number and its interval.

    Parameters
    ----------
    finder : str
        Whose score it is.
    measure : str
        What is measured, such as ``completeness``.
    binned_by : str
        ``all``, or the quantity by which sources were put in bins, such as ``snr``.
    bin_name : str
        What the bin holds, such as ``5 to 7`` or the name of a class.
    bin_low, bin_high : float
        Edges of the bin; NaN for classes, for all, and for a bin without an upper edge.
    value, low, high : float
        The score and the ends of its interval of 95 %; NaN where not measured.
    count : int
        Number of sources that it rests on.
    unit : str
        Unit of the value; empty for none.
    description : str
        What the measure means.
    """

    finder: str
    measure: str
    binned_by: str
    bin_name: str
    bin_low: float
    bin_high: float
    value: float
    low: float
    high: float
    count: int
    unit: str
    description: str


_MAIN, _INTERVAL = "stat.value", "stat.confidenceLevel"
SCORE_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec("finder", "str", None, "meta.title;meta.software", "Whose score it is"),
    ColumnSpec("measure", "str", None, "meta.id;meta.main", "What is measured"),
    ColumnSpec("binned_by", "str", None, "meta.code", "all, or the quantity of the bins"),
    ColumnSpec("bin_name", "str", None, "meta.note", "What the bin holds"),
    ColumnSpec("bin_low", "float64", None, "stat.value;stat.min", "Lower edge of the bin"),
    ColumnSpec(
        "bin_high", "float64", None, "stat.value;stat.max", "Upper edge of the bin, null for none"
    ),
    ColumnSpec("value", "float64", None, _MAIN, "The score, null where not measured"),
    ColumnSpec("low", "float64", None, f"{_INTERVAL};stat.min", "Lower end of its 95 % interval"),
    ColumnSpec("high", "float64", None, f"{_INTERVAL};stat.max", "Upper end of its 95 % interval"),
    ColumnSpec("count", "int32", None, "meta.number", "Number of sources it rests on"),
    ColumnSpec("unit", "str", None, "meta.unit", "Unit of the score; empty for none"),
    ColumnSpec("description", "str", None, "meta.note", "What the measure means"),
)


def score_table(rows: Iterable[ScoreRow]) -> Table:
    """Return rows as a table, with a type, a UCD and a description of each column."""
    values = list(zip(*map(astuple, rows), strict=True)) or [() for _ in SCORE_COLUMNS]
    return Table(
        [make_column(spec, list(of)) for spec, of in zip(SCORE_COLUMNS, values, strict=True)],
        copy=False,
    )


def chosen(
    rows: Iterable[ScoreRow], finder: str, measure: str, binned_by: str = ALL
) -> list[ScoreRow]:
    """Return the rows of one finder and one measure, in the order of the table."""
    wanted = (finder, measure, binned_by)
    return [row for row in rows if (row.finder, row.measure, row.binned_by) == wanted]


def first_of(
    rows: Iterable[ScoreRow], finder: str, measure: str, binned_by: str = ALL
) -> ScoreRow | None:
    """Return the first of the selected rows, None if there is none."""
    return next(iter(chosen(rows, finder, measure, binned_by)), None)


def finders_of(rows: Iterable[ScoreRow]) -> list[str]:
    """Return the names of the finders in the order in which they come."""
    return list(dict.fromkeys(row.finder for row in rows))


def bin_name(low: float, high: float, digits: int = 3) -> str:
    """Return the name of a bin between two edges, such as ``5 to 7`` or ``above 100``."""
    if math.isinf(high):
        return f"above {low:.{digits}g}"
    return f"{low:.{digits}g} to {high:.{digits}g}"

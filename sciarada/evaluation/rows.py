"""Rows of tables of results as rows of scores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from astropy.table import Row

from sciarada.evaluation.comparison import Comparison
from sciarada.evaluation.precision_recall import AveragePrecision
from sciarada.evaluation.score_table import ALL, ScoreRow


def score_row(
    finder: str,
    measure: str,
    binned_by: str,
    name: str,
    row: Row,
    column: str,
    text: str,
    bin_low: float = np.nan,
    bin_high: float = np.nan,
    unit: str = "",
) -> ScoreRow:
    """Return four columns of a row of a table of results as a row of scores.

    Parameters
    ----------
    finder, measure, binned_by, name, text, unit : str
        See `~sciarada.evaluation.score_table.ScoreRow`; ``name`` is that of the bin.
    row : `~astropy.table.Row`
        Of a table as `sciarada.evaluation.tables.make_table` makes it.
    column : str
        Where the value is; its interval and count are beside it.
    bin_low, bin_high : float
        Edges of the bin, NaN where it has none.
    """
    value, low, high = (float(row[f"{column}{part}"]) for part in ("", "_low", "_high"))
    bin_high = bin_high if np.isfinite(bin_high) else np.nan
    return ScoreRow(
        finder, str(measure), binned_by, str(name), bin_low, bin_high,
        value, low, high, int(row[f"{column}_n"]), str(unit), str(text),
    )  # fmt: skip


def difference_rows(first: str, second: str, comparison: Comparison) -> Iterator[ScoreRow]:
    """Yield how much better the first is than the second, both by name."""
    for row in comparison.table():
        text = f"{row['score']} of {first} less that of {second}, drawn together"
        measure = f"{row['score']}_difference"
        yield score_row(first, measure, "finder", f"{first} - {second}", row, "difference", text)


def ranking_rows(
    finder: str, ranked: AveragePrecision, prefix: str, order: str
) -> Iterator[ScoreRow]:
    """Yield the average precision of each class and their mean.

    ``prefix`` begins the names of the measures, and ``order`` says by what was ranked.
    """
    *classes, mean = ranked.table()
    text = f"average precision {order}"
    for row in classes:
        measure = f"{prefix}average_precision"
        yield score_row(finder, measure, "class", row["class"], row, "average_precision", text)
    measure, text = f"{prefix}mean_average_precision", f"mean over the classes of the {text}"
    yield score_row(finder, measure, ALL, "all", mean, "average_precision", text)

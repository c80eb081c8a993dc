"""Rows of tables of results as rows of scores."""

from __future__ import annotations

import numpy as np
from astropy.table import Row

from sciarada.core.score_table import ScoreRow


def score_row(
    finder: str,
    measure: str,
    binned_by: str,
    name: str,
    row: Row,
    column: str,
    text: str,
    low: float = np.nan,
    high: float = np.nan,
    unit: str = "",
) -> ScoreRow:
    """Return four columns of a row of a table of results as a row of scores.

    Parameters
    ----------
    finder, measure, binned_by, name, text, unit : str
        See `~sciarada.core.score_table.ScoreRow`; ``name`` is that of the bin.
    row : `~astropy.table.Row`
        Of a table as `sciarada.evaluate.tables.make_table` makes it.
    column : str
        Where the value is; its interval and count are beside it.
    low, high : float
        Edges of the bin, NaN where it has none.
    """
    value, least, most = (float(row[f"{column}{part}"]) for part in ("", "_low", "_high"))
    return ScoreRow(
        finder, str(measure), binned_by, str(name), low, high if np.isfinite(high) else np.nan,
        value, least, most, int(row[f"{column}_n"]), str(unit), str(text),
    )  # fmt: skip

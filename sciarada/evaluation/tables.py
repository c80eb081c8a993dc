"""Tables of results: each column with its type, unit and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from astropy.table import Column, Table

from sciarada.evaluation.estimates import Estimate


@dataclass(frozen=True)
class Meaning:
    """The description of a column of a table of results.

    Parameters
    ----------
    description : str
        One line.
    dtype : type
        ``str``, ``int``, ``float`` or ``Estimate``. An estimate fills four columns: its value,
        ``_low`` and ``_high``, the ends of its interval, and ``_n``, the number of sources.
    unit : str, optional
        Unit of the value.
    """

    description: str
    dtype: type = Estimate
    unit: str | None = None


def make_table(meanings: Mapping[str, Meaning], rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return rows as a table with a column, or four, for each meaning."""
    rows = list(rows)
    table = Table()
    for name, meaning in meanings.items():
        values = [row[name] for row in rows]
        text, unit = meaning.description, meaning.unit
        if meaning.dtype is not Estimate:
            table[name] = Column(values, dtype=meaning.dtype, unit=unit, description=text)
            continue
        table[name] = _part(values, "value", float, text, unit)
        table[f"{name}_low"] = _part(values, "low", float, f"{text}: lower end, 95 %", unit)
        table[f"{name}_high"] = _part(values, "high", float, f"{text}: upper end, 95 %", unit)
        table[f"{name}_n"] = _part(values, "count", int, f"{text}: number of sources", None)
    return table


def _part(
    values: list[Estimate], part: str, dtype: type, description: str, unit: str | None
) -> Column:
    return Column(
        [getattr(value, part) for value in values], dtype=dtype, description=description, unit=unit
    )

"""Columns of another table for the sources of a catalogue, joined by an identifier."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.core.schema import find_source_column
from sciarada.errors import CatalogueError, OptionError
from sciarada.tabular.joining import Identifiers, join, shared_columns

if TYPE_CHECKING:
    from sciarada.core.catalogue import SourceCatalogue

logger = logging.getLogger(__name__)

_PLACES = "catalogue", "other table"
_ANOTHER_KEY = "name other columns with on='OF_CATALOGUE=OF_OTHER'"
_NAMED_AFTER_SOURCES = "source_name", "cutout_id"


def join_catalogue(
    catalogue: SourceCatalogue,
    other: Table | SourceCatalogue | Mapping[str, Any],
    on: str | None,
    how: str,
    columns: Sequence[str] | None,
) -> SourceCatalogue:
    """Return a catalogue with columns of another table; see `SourceCatalogue.join`."""
    columns = [columns] if isinstance(columns, str) else columns
    if how not in ("inner", "left"):
        raise OptionError(f"how is inner or left, not {how!r}")
    table = _table(other)
    names = shared_columns(catalogue.sources.colnames, table.colnames, on, _PLACES, "on")
    taken = _columns(catalogue, table, names[1], columns)
    rows = _rows(catalogue, table, names)
    if how == "inner":
        catalogue, rows = catalogue.select(rows >= 0), rows[rows >= 0]
    return catalogue.with_columns(**{name: _taken(table[name], rows) for name in taken})


def _table(other: Table | SourceCatalogue | Mapping[str, Any]) -> Table:
    sources = getattr(other, "sources", other)
    if isinstance(sources, Table):
        return sources
    try:
        if isinstance(other, Mapping):
            return Table(dict(other))
    except (TypeError, ValueError) as error:
        raise OptionError(
            "other has columns that make no table: they must be of equal length"
        ) from error
    raise OptionError(
        f"other is a table, a catalogue or a mapping of columns, not {type(other).__name__}"
    )


def _rows(catalogue: SourceCatalogue, table: Table, names: tuple[str, str]) -> np.ndarray:
    """Return the row of a table for each source, -1 if missing."""
    own = catalogue.distinct_names if names == _NAMED_AFTER_SOURCES else catalogue.sources[names[0]]
    wanted = Identifiers.of(own, f"{names[0]} of the {_PLACES[0]}")
    wanted.check_distinct(remedy=_ANOTHER_KEY)
    keys = Identifiers.of(table[names[1]], f"{names[1]} of the {_PLACES[1]}")
    rows = join(wanted, keys, _ANOTHER_KEY).rows
    if len(own) and len(table) and not np.any(rows >= 0):
        logger.warning(
            "nothing is joined, as no %s is a %s: %s", wanted.place, keys.place, _ANOTHER_KEY
        )
    return rows


def _columns(
    catalogue: SourceCatalogue, table: Table, key: str, chosen: Sequence[str] | None
) -> list[str]:
    """Return the columns of a table to be taken; refuse those that do not fit a catalogue."""
    for name in chosen or ():
        if name not in table.colnames:
            raise OptionError(
                f"columns: the {_PLACES[1]} has no column {name!r}; it has "
                f"{', '.join(table.colnames)}"
            )
    named = [name for name in table.colnames if name != key and _has_values(table, name)]
    taken = named if chosen is None else list(dict.fromkeys(chosen))
    unknown = [name for name in taken if find_source_column(name) is None]
    if unknown:
        raise _refusal(f"catalogues have no column {', '.join(unknown)}")
    twice = [] if chosen is not None else [n for n in taken if _has_values(catalogue.sources, n)]
    if twice:
        raise _refusal(f"both tables have values of {', '.join(twice)}")
    return taken


def _refusal(cause: str) -> CatalogueError:
    return CatalogueError(f"{cause}: choose the columns of the {_PLACES[1]} with columns=[...]")


def _has_values(table: Table, name: str) -> bool:
    return name in table.colnames and not np.all(getattr(table[name], "mask", False))


def _taken(column: Any, rows: np.ndarray) -> MaskedColumn:
    """Return the rows of a column, masked where the row is -1."""
    values, found = np.ma.asarray(column), rows >= 0
    out = np.ma.array(np.zeros(len(rows), values.dtype), mask=~found)
    out[found] = values[rows[found]]
    return MaskedColumn(out, unit=getattr(column, "unit", None))

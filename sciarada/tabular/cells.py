"""Cells of the tables that users bring, as text and as numbers.

A column of any type is read in one of three ways, decided here once:

* `texts`: identifiers and names. Whole numbers are written in decimal digits, also where a
  column of floats holds them; only an empty or masked cell has no text.
* `labels`: classes. As `texts`, but the words in `MISSING` mean that there is none, and where all
  are of the form ``7.0`` they are whole numbers.
* `numbers`: float64, NaN where there is none. Text is converted cell by cell.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from astropy import units as u

from sciarada.errors import CatalogueError

MISSING = frozenset({"", "--", "nan", "none", "null"})
"""Words, in lower case, that tables write for a label or a number that is unknown."""
DECIMAL_COMMA = "decimal_comma"
"""Key in the ``meta`` of a column of a file with decimal commas."""
_ARRAYS = (np.ndarray, list, tuple, dict, set)
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.0")
_COMMA_NUMBER = re.compile(r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?")


def texts(column: Any) -> np.ndarray:
    """Return the cells of a column as text without blanks at its ends.

    Parameters
    ----------
    column : array_like, shape (n,)
        Any column of an `~astropy.table.Table`, or an array.

    Returns
    -------
    ndarray of str, shape (n,)
        Empty where a cell is empty, masked or a float that is not finite.

    Raises
    ------
    CatalogueError
        If the column holds arrays.

    Examples
    --------
    >>> import numpy as np
    >>> texts(np.array([1237648720693755918, 7])).tolist()
    ['1237648720693755918', '7']
    >>> texts(np.array(["007", " 1e5 ", ""])).tolist()
    ['007', '1e5', '']
    """
    data, missing = _bare(column)
    if data.dtype.kind == "f":
        data, missing = _whole(data, missing | ~np.isfinite(data))
    if data.dtype.kind in "SO":
        data = np.array([_text(cell) for cell in data.tolist()] or [""], np.str_)[: len(data)]
    return np.where(missing, "", np.strings.strip(data.astype(np.str_)))


def labels(column: Any) -> np.ndarray:
    """Return the classes in a column as text, empty if missing; see `texts`.

    Examples
    --------
    >>> labels(["FR I", "None", "2"]).tolist()
    ['FR I', '', '2']
    """
    found = texts(column)
    none = np.isin(np.strings.lower(found), list(MISSING))
    return as_whole(np.where(none, "", found))


def as_whole(written: np.ndarray) -> np.ndarray:
    """Return text without its decimals where all of it has the form ``7.0``.

    So do programs write a column of whole numbers that they hold as floats.
    """
    known = written[written != ""].tolist()
    if not known or not all(map(_FLOAT.fullmatch, known)):
        return written
    return np.array([text.partition(".")[0] for text in written.tolist()], np.str_)


def numbers(column: Any) -> np.ndarray:
    """Return the cells of a column as float64, in the column's own unit.

    Parameters
    ----------
    column : array_like, shape (n,)
        As for `texts`. In text, the words in `MISSING` are no number.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where there is no number.

    Raises
    ------
    CatalogueError
        If the column holds arrays, or text that is not a number.

    Examples
    --------
    >>> numbers(["007", "1e5", "--"]).tolist()
    [7.0, 100000.0, nan]
    """
    data, missing = _bare(column)
    if data.dtype.kind in "fiub":
        return np.where(missing, np.nan, data.astype(np.float64))
    cells = labels(column).tolist()
    comma = DECIMAL_COMMA in (getattr(column, "meta", None) or {})
    name = getattr(column, "name", None) or "of numbers"
    return np.array([_number(cell, name, comma) if cell else np.nan for cell in cells], np.float64)


def _bare(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of a column of single values, and which are masked."""
    values = np.ma.asarray(column.value if isinstance(column, u.Quantity) else column)
    cells = values.tolist() if values.dtype.kind == "O" else ()
    if values.ndim != 1 or any(isinstance(cell, _ARRAYS) for cell in cells):
        name = getattr(column, "name", None)
        raise CatalogueError(
            f"the column {name!r} holds arrays, not one value in each row: choose another column"
        )
    return np.ma.getdata(values), np.ma.getmaskarray(values)


def _whole(data: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return floats as whole numbers, where all of them are."""
    known = data[~missing]
    if np.array_equal(known, np.floor(known)) and np.all(np.abs(known) < 2.0**63):
        data = np.where(missing, 0, data).astype(np.int64)
    return data, missing


def _text(cell: Any) -> str:
    if cell is None or cell is np.ma.masked or cell != cell:
        return ""
    return cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else str(cell)


def _number(cell: str, name: str, comma: bool) -> float:
    if comma and _COMMA_NUMBER.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        if "_" not in cell:  # which Python takes for a separator of thousands
            return float(cell)
    except ValueError:
        pass
    hint = ": write decimal points" if _COMMA_NUMBER.fullmatch(cell) else ""
    raise CatalogueError(f"the column {name} takes numbers, not {cell[:40]!r}{hint}")

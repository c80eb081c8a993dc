"""Casting of raw arrays to catalogue columns: type, unit, UCD and nulls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import MaskedColumn

from sciarada.core.schema import ColumnSpec
from sciarada.errors import CatalogueError

_NULL_OF_KIND = {"f": np.nan, "U": "", "S": b""}
_ROWS = 4096  # of text that are looked at together


def null_value(dtype: np.dtype | str) -> Any:
    """Return the value under the mask: NaN, the minimum of the integer type, or empty text."""
    dtype = np.dtype(dtype)
    return np.iinfo(dtype).min if dtype.kind == "i" else _NULL_OF_KIND[dtype.kind]


def make_column(spec: ColumnSpec, values: Any) -> MaskedColumn:
    """Return ``values`` as a column of the catalogue; text may be in any script.

    None, NaN, infinity, empty text, masked cells and the integer type's minimum all become
    masked cells; under the mask lies `null_value`. Values that carry a unit are converted.

    Raises
    ------
    CatalogueError
        If a value cannot be held by the column without loss of meaning.
    """
    values = _in_unit(spec, values)
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.ma.getdata(values) if mask is not None else np.asarray(values)
    _check_one_per_row(spec, data)
    if data.dtype.kind == "O":
        missing = np.array([item is None or item is np.ma.masked for item in data], dtype=bool)
        mask = missing if mask is None else mask | missing
    mask = np.zeros(data.shape, dtype=bool) if mask is None else mask
    cast = _cast_text if spec.dtype == "str" else _cast_number
    data, null = cast(spec, data, mask)
    if spec.required and null.any():
        raise CatalogueError(f"column {spec.name} must have a value in every row")
    return MaskedColumn(
        data,
        mask=null,
        name=spec.name,
        unit=spec.unit,
        description=spec.description,
        meta={"ucd": spec.ucd},
        fill_value=null_value(data.dtype),
        copy=False,
    )


def id_column(spec: ColumnSpec, values: np.ndarray) -> ColumnSpec:
    """Return ``spec`` with the type of ``values``, which are text or whole numbers."""
    return replace(spec, dtype="str" if values.dtype.kind == "U" else "int64")


def null_column(spec: ColumnSpec, length: int) -> MaskedColumn:
    """Return a column of nulls."""
    return make_column(spec, np.full(length, "" if spec.dtype == "str" else np.nan))


def unit_factor(spec: ColumnSpec, unit: u.UnitBase | str) -> float:
    """Return the factor that converts values in ``unit`` to the unit of the column.

    Raises
    ------
    CatalogueError
        If the units do not measure the same, or one is unknown.
    """
    try:
        return float(u.Unit(unit).to(u.Unit(spec.unit or "")))
    except (u.UnitConversionError, ValueError) as error:  # the latter of an unknown unit
        raise CatalogueError(
            f"column {spec.name} is in {spec.unit or 'no unit'} and cannot take values in {unit}"
        ) from error


def _in_unit(spec: ColumnSpec, values: Any) -> Any:
    """Return values without their unit, after conversion to the column's unit."""
    unit = getattr(values, "unit", None)
    if isinstance(values, u.Quantity):
        values = values.value
    factor = 1.0 if unit is None else unit_factor(spec, unit)
    return values if factor == 1.0 else np.ma.asarray(values) * factor


def _check_one_per_row(spec: ColumnSpec, data: np.ndarray) -> None:
    if data.ndim != 1:
        raise CatalogueError(f"column {spec.name} needs one value per row, not {data.ndim - 1}-D")


def _cast_number(
    spec: ColumnSpec, data: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dtype = np.dtype(spec.dtype)
    if data.dtype.kind not in "fiub":
        try:
            # Through a list, so that long integers do not lose digits as floats.
            data = np.array(np.where(mask, 0, data).tolist())
            data = data if data.dtype.kind in "fiub" else data.astype(float)
        except (TypeError, ValueError) as error:
            raise CatalogueError(f"column {spec.name} takes numbers, not text") from error
        _check_one_per_row(spec, data)  # an object may have been a list
    null = mask.copy()
    if data.dtype.kind == "f":
        null |= ~np.isfinite(data)
    if dtype.kind == "i":
        kept = data[~null]
        limits = np.iinfo(dtype)
        if kept.size and not (kept.min() >= limits.min and kept.max() < limits.max + 1):
            raise CatalogueError(f"column {spec.name} has a value beyond the range of {dtype}")
        if data.dtype.kind == "f" and np.any(kept != np.floor(kept)):
            raise CatalogueError(f"column {spec.name} takes whole numbers only")
        out = np.where(null, 0, data).astype(dtype)
        null |= out == limits.min
    else:
        with np.errstate(over="ignore"):
            out = data.astype(dtype)
        null |= ~np.isfinite(out)
    out[null] = null_value(dtype)
    return out, null


def _cast_text(
    spec: ColumnSpec, data: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if data.dtype.kind not in "US":
        text = [
            "" if missing or item != item else str(item)
            for item, missing in zip(data.tolist(), mask.tolist(), strict=True)
        ]
        data = np.array(text, dtype=None if text else "U1")
    try:
        data = np.ma.getdata(data)
        out = data.astype(np.bytes_) if spec.wide else data.astype(np.str_)
    except UnicodeError as error:
        raise CatalogueError(f"column {spec.name} takes ASCII text only") from error
    out[mask] = null_value(out.dtype)
    lengths = np.strings.str_len(out)
    width = max(lengths.max(initial=1), 1)
    out = np.ascontiguousarray(out, dtype=f"{out.dtype.kind}{width}")
    parts = (out[row : row + _ROWS] for row in range(0, len(out), _ROWS))
    if spec.wide and not all(map(_is_printable, parts)):
        raise CatalogueError(f"column {spec.name} takes printable ASCII text only")
    return out, lengths == 0


def _is_printable(text: np.ndarray) -> bool:
    """Return whether fixed-width ASCII text has no control characters."""
    characters = text.view(np.uint8)
    return not np.any(((characters < ord(" ")) & (characters != 0)) | (characters > ord("~")))

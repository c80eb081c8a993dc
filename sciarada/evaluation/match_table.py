"""Table of the outcome of each true source and of each detection."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from astropy.table import Table

from sciarada.core.columns import make_column, null_column
from sciarada.core.schema import SOURCE_COLUMNS, ColumnSpec


class Outcome(StrEnum):
    """The outcome for a true source or a false detection."""

    FOUND = "found"
    """A true source and its detection."""
    MISSED = "missed"
    """A true source that had to be found and was not."""
    MERGED = "merged"
    """A missed source within the detection of another one."""
    OPTIONAL = "not asked for"
    """A true source that did not have to be found, and was not."""
    FALSE = "false"
    """A detection that is not a true source."""
    PART = "part"
    """A detection that is a part of a true source."""
    REJECTED = "rejected"
    """A detection that its own finder calls an artefact."""


def _source(name: str, prefix: str = "", of: str = "") -> ColumnSpec:
    spec = SOURCE_COLUMNS[name]
    text = f"{spec.description}, of the {of}" if of else spec.description
    return ColumnSpec(f"{prefix}{name}", spec.dtype, spec.unit, spec.ucd, text)


MATCH_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec("finder", "str", None, "meta.title;meta.software", "Whose detection it is"),
    ColumnSpec("outcome", "str", None, "meta.code", "; ".join(Outcome)),
    ColumnSpec("counted", "int16", None, "meta.code", "1: had to be found; 0: did not have to be"),
    ColumnSpec("true_row", "int32", None, "meta.id.cross", "Row of the truth, from 1"),
    ColumnSpec("found_row", "int32", None, "meta.id", "Row of the catalogue, from 1"),
    ColumnSpec(
        "ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension, true where known (ICRS)"
    ),
    ColumnSpec(
        "dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination, true where known (ICRS)"
    ),
    ColumnSpec(
        "separation", "float64", "arcsec", "pos.angDistance", "Distance of detection and truth"
    ),
    ColumnSpec("iou", "float64", None, "stat.value", "Intersection over union of the masks"),
    _source("snr", "true_", "truth"),
    _source("snr", "", "detection"),
    _source("total_flux", "true_", "truth"),
    _source("total_flux", "", "detection"),
    _source("e_total_flux"),
    ColumnSpec(
        "flux_ratio",
        "float64",
        None,
        "phot.flux.density;arith.ratio",
        "total_flux over its true value",
    ),
    ColumnSpec(
        "offset_ra", "float64", "arcsec", "pos.eq.ra;arith.diff", "Found minus true, great circle"
    ),
    ColumnSpec("offset_dec", "float64", "arcsec", "pos.eq.dec;arith.diff", "Found minus true"),
    *(
        ColumnSpec(f"pull_{name}", "float64", None, "stat.value", f"Error of {name} over e_{name}")
        for name in ("total_flux", "peak_flux", "ra", "dec")
    ),
    _source("las", "true_", "truth"),
    _source("det_class", "true_", "truth"),
    _source("det_class", "", "detection"),
    _source("class_name", "true_", "truth"),
    _source("class_name", "", "detection"),
)


def match_table(columns: Mapping[str, Any]) -> Table:
    """Return outcomes as a table, with a type, unit, UCD and description of each column.

    Parameters
    ----------
    columns : mapping of str to array_like
        By the names in ``MATCH_COLUMNS``; those not given are null.
    """
    length = len(columns["outcome"])
    return Table(
        [
            make_column(spec, columns[spec.name])
            if spec.name in columns
            else null_column(spec, length)
            for spec in MATCH_COLUMNS
        ],
        copy=False,
    )

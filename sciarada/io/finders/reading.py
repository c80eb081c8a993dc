"""Catalogues of any finder, as one kind of table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import MaskedColumn, Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.columns import make_column
from sciarada.core.schema import (
    CLASS_PROBABILITY,
    SOURCE_COLUMNS,
    ColumnSpec,
    find_source_column,
    source_column,
)
from sciarada.errors import CatalogueError, OptionError, did_you_mean
from sciarada.io.finders.dialects import DIALECTS, Dialect, Theirs
from sciarada.io.tables import read_catalogue
from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.cells import labels, numbers

OURS, PLAIN = "SCIARADA", "table"
_COLUMNS_LISTED = "the documentation lists the columns in 'The catalogue'"
POSITION = ("ra", "dec")
WITHOUT_ASKING = frozenset(
    (
        *("ra", "dec", "e_ra", "e_dec"),
        *("peak_flux", "e_peak_flux", "total_flux", "e_total_flux", "local_rms", "snr"),
        *("maj_axis", "min_axis", "pos_ang", "las", "beam_maj", "beam_min"),
        *("det_class", "class_name", "class_prob", "human_label"),
    )
)
"""Columns of a table of no known finder that are taken for ours if they have our name."""

OUR_MARKS = frozenset({"source_name", "source_id", "ra", "dec", "snr", "flags"})


@dataclass(frozen=True, eq=False)
class FinderCatalogue:
    """The catalogue of another source finder, with the column names of a `SourceCatalogue`.

    Parameters
    ----------
    finder : str
        ``SCIARADA``, ``PyBDSF``, ``Aegean``, ``Selavy``, or ``table`` for any other table.
    sources : Table
        Columns of the schema, as many as the finder has: at least ``ra`` and ``dec``; with
        units, and masked where there is no value.
    meta : dict
        What a catalogue of ours says of its making; else empty.
    """

    finder: str
    sources: Table
    meta: dict[str, Any]

    def __len__(self) -> int:
        return len(self.sources)


def read_finder(path: str | Path, columns: Mapping[str, str] | None = None) -> FinderCatalogue:
    """Read a catalogue of SCIARADA, PyBDSF, Aegean or Selavy, or another table of sources.

    Format and finder are known by the content.

    Parameters
    ----------
    path : str or Path
        FITS, VOTable, ECSV, Parquet or text.
    columns : mapping of str to str, optional
        Our column to theirs, as ``total_flux`` to ``flux_jy``, for tables of other origin;
        ``flux:mJy`` names the unit, too. A column not named here is known by our name.

    Returns
    -------
    FinderCatalogue
        ``snr`` is the peak over the local noise for finders that give both. A position angle
        lies in [0, 180) and a right ascension in [0, 360).

    Raises
    ------
    CatalogueError
        If the file cannot be read, has no positions, or lists islands instead of components.
    OptionError
        If ``columns`` names a column that we or they do not have.
    """
    path = Path(path)
    raw = read_user_table(path)
    names = {name.lower() for name in raw.colnames}
    if not columns and names >= OUR_MARKS:
        return of_catalogue(read_catalogue(path))
    dialect = next((known for known in DIALECTS if names >= known.marks), None)
    if columns or dialect is None:
        dialect = Dialect(PLAIN, frozenset(), _plain_columns(raw, columns or {}, path))
    if dialect.refused:
        raise CatalogueError(f"{path} is a catalogue of {dialect.finder}, but {dialect.refused}")
    return FinderCatalogue(dialect.finder, _translate(raw, dialect.columns, path), {})


def of_catalogue(catalogue: SourceCatalogue) -> FinderCatalogue:
    """Return a catalogue of ours as one of a finder."""
    return FinderCatalogue(OURS, catalogue.sources, catalogue.meta)


def _plain_columns(raw: Table, columns: Mapping[str, str], path: Path) -> dict[str, Theirs]:
    """Return the name of each column in a table of an unknown finder."""
    named = {}
    for ours, theirs in columns.items():
        if find_source_column(ours) is None:
            raise OptionError(
                f"--truth-column names {ours!r}, but SCIARADA has no such column"
                f"{did_you_mean(ours, SOURCE_COLUMNS, _COLUMNS_LISTED)}"
            )
        name, _, unit = theirs.partition(":")
        column = _find(raw, name)
        if column is None:
            raise OptionError(f"{path} has no column {name!r}{_listing(raw)}")
        named[ours] = Theirs(name, _unit(unit, theirs) or _their_unit(column, ours))
    for name in raw.colnames:
        ours = name if CLASS_PROBABILITY.fullmatch(name) else name.lower()
        known = ours in WITHOUT_ASKING or CLASS_PROBABILITY.fullmatch(ours)
        if known and ours not in named:
            named[ours] = Theirs(name, source_column(ours).unit)
    if missing := [name for name in POSITION if name not in named]:
        raise CatalogueError(
            f"{path} is not a catalogue of SCIARADA, PyBDSF, Aegean or Selavy, and has no column "
            f"{' or '.join(missing)}{_listing(raw)}; name them so, or those of the truth with "
            "--truth-column OURS=THEIRS"
        )
    return named


def _their_unit(column: MaskedColumn, ours: str) -> str | None:
    return str(column.unit) if column.unit is not None else source_column(ours).unit


def _unit(text: str, option: str) -> str:
    try:
        return str(u.Unit(text)) if text else ""
    except ValueError as error:
        raise OptionError(f"{text!r} in {option!r} is not a unit, such as mJy or arcsec") from error


def _listing(raw: Table) -> str:
    return f"; its columns are {', '.join(raw.colnames[:40])}"


def _find(raw: Table, name: str) -> MaskedColumn | None:
    """Return a column by its name, ignoring case."""
    exact = [known for known in raw.colnames if known == name]
    close = [known for known in raw.colnames if known.lower() == name.lower()]
    return raw[(exact or close)[0]] if exact or close else None


def _translate(raw: Table, columns: Mapping[str, Theirs], path: Path) -> Table:
    made = {}
    for ours, theirs in columns.items():
        if (column := _find(raw, theirs.name)) is not None:
            try:
                made[ours] = make_column(_specification(ours), _values(column, theirs, ours))
            except CatalogueError as error:
                raise CatalogueError(f"{path} cannot be used: {error}") from error
    _check_positions(made, path)
    if "snr" not in made and {"peak_flux", "local_rms"} <= made.keys():
        ratio = made["peak_flux"].data / made["local_rms"].data
        made["snr"] = make_column(SOURCE_COLUMNS["snr"], ratio)
    in_order = [name for name in SOURCE_COLUMNS if name in made]
    return Table([made[n] for n in (*in_order, *(n for n in made if n not in in_order))])


def _specification(name: str) -> ColumnSpec:
    """Return the specification of one of our columns; only positions are required."""
    return replace(source_column(name), required=name in POSITION)


def _values(column: MaskedColumn, theirs: Theirs, ours: str) -> Any:
    """Return their values in our unit and convention."""
    spec = source_column(ours)
    if spec.dtype == "str":
        return labels(column)
    if spec.dtype.startswith("int") and column.dtype.kind in "iu":
        return np.ma.asarray(column)
    values = numbers(column)
    unit = _known_unit(column) or u.Unit(theirs.unit or "")
    if spec.unit == "Jy/beam" and unit.is_equivalent(u.Jy):
        unit = unit / u.beam  # as many tables write the unit of peaks
    try:
        values = values * unit.to(u.Unit(spec.unit or ""))
    except u.UnitConversionError as error:
        raise CatalogueError(
            f"its column {column.name} is in {unit}, which is not a unit of {ours}"
        ) from error
    if theirs.positive:
        values[~(values > 0)] = np.nan
    if ours in _TURNS:
        values = values % _TURNS[ours]
    return values


_TURNS = {"ra": 360.0, "pos_ang": 180.0, "dc_pos_ang": 180.0, "beam_pa": 180.0}


def _known_unit(column: MaskedColumn) -> u.UnitBase | None:
    """Return the unit that a file gives, None where it gives none or an unknown one."""
    unit = column.unit
    known = unit is not None and not isinstance(unit, u.UnrecognizedUnit)
    return unit if known and unit != u.dimensionless_unscaled else None


def _check_positions(made: Mapping[str, MaskedColumn], path: Path) -> None:
    dec = made["dec"].filled(np.nan)
    if not (np.abs(dec) <= 90).all():
        raise CatalogueError(f"{path} has a position with dec off the sky")

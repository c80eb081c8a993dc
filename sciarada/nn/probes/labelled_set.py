"""Labels of cutouts: from a column of the set, or from a table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.table import Table

from sciarada.core.cells import numbers
from sciarada.core.cutout_source import CutoutSource
from sciarada.core.errors import CatalogueError, OptionError
from sciarada.core.sky_cover import SkyCover
from sciarada.evaluation.columns import words
from sciarada.io.user_tables.reading import read_user_table
from sciarada.nn.probes.joining import rows_by_key

USUAL_COLUMNS = ("class_name", "class", "label")
KEYS = (("file", "file"), ("cutout_id", "cutout_id"), ("cutout_id", "source_name"))
"""Columns of the set and of a table that say the same, the first that both have being taken."""
PARTS = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val"),
    "test": ("test", "testing"),
}


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """Cutouts that have a label and take part in a probe.

    Parameters
    ----------
    source : CutoutSource
        The cutouts.
    labels : ndarray of str, shape (n,)
        Class of each, none empty.
    part : ndarray of str, shape (n,)
        ``train``, ``valid`` or ``test``; all empty where nobody says so.
    cover : SkyCover
        Where they lie on the sky.
    column : str
        What the column of the labels is called.
    """

    source: CutoutSource
    labels: np.ndarray
    part: np.ndarray
    cover: SkyCover
    column: str


def read_labels(
    source: CutoutSource,
    labels: str,
    *,
    column: str | None = None,
    key: str | None = None,
    split: str | None = None,
    where: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
) -> LabelledSet:
    """Return the cutouts of a set that have a label.

    Parameters
    ----------
    source : CutoutSource
        The set.
    labels : str
        A column of the set, or the path of a table (FITS, VOTable, ECSV, Parquet, CSV).
    column : str, optional
        Of the table, with the labels; by default the first of `USUAL_COLUMNS` that it has.
    key : str, optional
        Column that set and table share, or ``OF_SET=OF_TABLE``; by default the first of `KEYS`.
        A file is the same if only one of them says in what folder it lies.
    split : str, optional
        Column that says ``train``, ``valid`` or ``test``; rows where it is empty take no part.
    where : tuple of str
        ``COLUMN=VALUE``, all of which must be true.
    classes : tuple of str
        Cutouts of others take no part; all do by default.

    Raises
    ------
    OptionError
        If a column is not there, no cutout is left, or none of a class that is asked for.
    CatalogueError
        If the table cannot be read, has no rows or a cutout twice, or a class cannot be written.
    """
    own = source.to_table()
    if labels in own.colnames:
        if column or key:
            raise OptionError(
                f"{labels} is a column of the set: leave out --{'column' if column else 'key'}, "
                "which is for a table of labels"
            )
        table, name, found = own, labels, np.arange(len(own))
    else:
        table, name, found = _beside(own, labels, column, key)
    text = words(table, name)
    part = np.full(len(table), "") if split is None else _parts(table, labels, split)
    kept = (text != "") & ((part != "") | (split is None))
    for condition in where:
        of_column, sign, value = condition.partition("=")
        if not sign:
            raise OptionError(f"--where {condition} says no value: give --where COLUMN=VALUE")
        _require(table, labels, of_column, "--where")
        kept &= words(table, of_column) == value
    rows = np.flatnonzero((found >= 0) & kept[found])
    if not len(rows):
        raise OptionError(
            f"no cutout of the set takes part: none has a {name} in {labels} that is asked for"
        )
    _check_classes(np.unique(text[found[rows]]).tolist(), classes, f"{name!r} of {labels}")
    if classes:
        rows = rows[np.isin(text[found[rows]], classes)]
    chosen = found[rows]
    return LabelledSet(
        source[rows], text[chosen], part[chosen], _cover(source[rows], table, chosen), name
    )


def _beside(
    own: Table, labels: str, column: str | None, key: str | None
) -> tuple[Table, str, np.ndarray]:
    """Return a table beside the set, its column of labels, and its row for each cutout or -1."""
    if not Path(labels).is_file():
        raise OptionError(
            f"--labels {labels} is neither a column of the set nor a file: its columns are "
            f"{', '.join(own.colnames)}"
        )
    table = read_user_table(Path(labels))
    if not len(table):
        raise CatalogueError(f"{labels} has no rows: there is nothing to learn from")
    name = column or next((c for c in USUAL_COLUMNS if c in table.colnames), USUAL_COLUMNS[0])
    _require(table, labels, name, "--column")
    shared = [(a, b) for a, b in KEYS if a in own.colnames and b in table.colnames]
    if key is None and not shared:
        raise OptionError(
            f"{labels} has no column file, cutout_id or source_name by which its rows belong to "
            "cutouts: name one with --key"
        )
    if key is not None:
        shared = [(key.partition("=")[0], key.rpartition("=")[2])]
    of_set, of_table = shared[0]
    _require(own, "the set", of_set, "--key")
    _require(table, labels, of_table, "--key")
    wanted, keys = words(own, of_set).tolist(), words(table, of_table).tolist()
    found = rows_by_key(wanted, keys, labels, of_table)
    if wanted and (found < 0).all():
        raise OptionError(
            f"no {of_set} of the set (such as {wanted[0]}) is a {of_table} of {labels} (such as "
            f"{keys[0]}): name the columns that say the same with --key OF_SET=OF_TABLE"
        )
    return table, name, found


def _check_classes(there: list[str], classes: tuple[str, ...], place: str) -> None:
    """Refuse classes that no cutout is of, and those that tables cannot hold."""
    for name in classes:
        if name not in there:
            raise OptionError(
                f"no cutout is of the class {name!r} of --classes: those in the column {place} are "
                f"{', '.join(there)}"
            )
    for name in classes or there:
        if not (name.isascii() and name.isprintable()):
            raise CatalogueError(
                f"the class {name!r} in the column {place} cannot be written to tables: use "
                "printable ASCII characters, or leave it out with --classes"
            )


def _parts(table: Table, labels: str, split: str) -> np.ndarray:
    """Return ``train``, ``valid``, ``test`` or nothing for each row."""
    _require(table, labels, split, "--split")
    given = np.char.lower(words(table, split))
    part = np.full(len(table), "", "U5")
    for name, spellings in PARTS.items():
        part[np.isin(given, spellings)] = name
    unknown = np.unique(given[(part == "") & (given != "")])
    if len(unknown):
        raise OptionError(
            f"the column {split!r} of {labels} holds {unknown[0]}: it must say train, valid or test"
        )
    return part


def _cover(source: CutoutSource, table: Table, rows: np.ndarray) -> SkyCover:
    """Return where cutouts lie, from the table of labels where they do not know."""
    cover = SkyCover.of(source)
    if cover.known.all() or not {"ra", "dec"} <= set(table.colnames):
        return cover
    try:
        ra, dec = (numbers(table[name])[rows] for name in ("ra", "dec"))
    except CatalogueError:  # sexagesimal, say: then their places stay unknown
        return cover
    known = cover.known
    return SkyCover(np.where(known, cover.ra, ra), np.where(known, cover.dec, dec), cover.size)


def _require(table: Table, place: str, name: str, option: str) -> None:
    if name not in table.colnames:
        raise OptionError(
            f"{place} has no column {name!r}; name one with {option}: its columns are "
            f"{', '.join(table.colnames)}"
        )

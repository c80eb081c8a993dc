"""Labels of cutouts: from a column of the set, or from a table beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from astropy.table import Table

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.sky_cover import SkyCover
from sciarada.errors import CatalogueError, OptionError
from sciarada.evaluation.columns import words
from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.cells import numbers
from sciarada.tabular.joining import Identifiers, join, require_column, shared_columns

USUAL_COLUMNS = ("class_name", "class", "label", "det_class")
OF_HEADERS = frozenset({"ra", "dec", "size"})
"""Columns of a set that may only be known to the headers of its files."""
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
        ``train``, ``valid`` or ``test``; empty if not specified.
    column : str
        What the column of the labels is called.
    find_cover : callable
        Returns where they lie on the sky, for which the headers of their files may be read.
    notes : tuple of str
        How many of the set and of the table of labels do not belong together.
    """

    source: CutoutSource
    labels: np.ndarray
    part: np.ndarray
    column: str
    find_cover: Callable[[], SkyCover]
    notes: tuple[str, ...] = ()

    @cached_property
    def cover(self) -> SkyCover:
        """Their positions and sizes on the sky."""
        return self.find_cover()


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
        Column that set and table share, or ``OF_SET=OF_TABLE``; by default the first of
        `sciarada.tabular.joining.KEYS` that they have. Rows are joined by the rule of that module.
    split : str, optional
        Column that says ``train``, ``valid`` or ``test``; rows where it is empty take no part.
    where : tuple of str
        ``COLUMN=VALUE``, all of which must be true.
    classes : tuple of str
        Cutouts of others take no part; all do by default.

    Raises
    ------
    OptionError
        If a column is missing, no cutout is left, or none of a requested class.
    CatalogueError
        If the table cannot be read, has no rows or a cutout twice.
    """
    asked = {labels, split, *(condition.partition("=")[0] for condition in where)}
    own = source.to_table(headers=bool(asked & OF_HEADERS))
    notes: tuple[str, ...] = ()
    if labels in own.colnames:
        check_no_table(labels, column, key)
        table, name, found = own, labels, np.arange(len(own))
    else:
        table, name, found, notes = labels_beside(own, labels, column, key)
    text = words(table, name)
    part = np.full(len(table), "") if split is None else _parts(table, labels, split)
    kept = (text != "") & ((part != "") | (split is None)) & _where(table, labels, where)
    rows = np.flatnonzero((found >= 0) & kept[found])
    if not len(rows):
        raise OptionError(
            f"no cutout of the set takes part: none has a {name} in {labels} that is asked for"
        )
    _check_classes(np.unique(text[found[rows]]).tolist(), classes, f"{name!r} of {labels}")
    if classes:
        rows = rows[np.isin(text[found[rows]], classes)]
    chosen, source = found[rows], source[rows]
    find_cover = partial(_cover, source, table, chosen)
    return LabelledSet(source, text[chosen], part[chosen], name, find_cover, notes)


def check_no_table(labels: str, column: str | None, key: str | None) -> None:
    """Refuse names of columns of a table where the labels are a column of the set."""
    if column or key:
        raise OptionError(
            f"{labels} is a column of the set: leave out --{'column' if column else 'key'}, "
            "which is for a table of labels"
        )


def labels_beside(
    own: Table, labels: str, column: str | None, key: str | None
) -> tuple[Table, str, np.ndarray, tuple[str, ...]]:
    """Return a table of labels beside a set, and where the label of each cutout is in it.

    Parameters
    ----------
    own : `~astropy.table.Table`
        The set.
    labels : str
        File of the table.
    column, key : str or None
        Column of the labels, and column that joins both; the usual ones by default.

    Returns
    -------
    table : `~astropy.table.Table`
    name : str
        The column of the labels.
    rows : ndarray of int, shape (n,)
        Row of each cutout, -1 where there is none.
    notes : tuple of str

    Raises
    ------
    OptionError
        If the file or a column does not exist, or no cutout is in the table.
    CatalogueError
        If the table cannot be read, has no rows or a cutout twice.
    """
    if not Path(labels).is_file():
        raise OptionError(
            f"--labels {labels} is neither a column of the set nor a file: its columns are "
            f"{', '.join(own.colnames)}"
        )
    table = read_user_table(Path(labels))
    if not len(table):
        raise CatalogueError(f"{labels} has no rows: there is nothing to learn from")
    name = column or next((c for c in USUAL_COLUMNS if c in table.colnames), USUAL_COLUMNS[0])
    require_column(table.colnames, labels, name, "--column")
    of_set, of_table = shared_columns(own.colnames, table.colnames, key, ("the set", labels))
    wanted = Identifiers.of(own[of_set], f"{of_set} of the set")
    keys = Identifiers.of(table[of_table], f"{of_table} of {labels}")
    joined = join(wanted, keys)
    if len(own) and joined.missing == len(own):
        raise OptionError(
            f"no {wanted.place} (such as {wanted.texts[0]}) is a {keys.place} (such as "
            f"{keys.texts[0]}): name the columns that say the same with --key OF_SET=OF_TABLE"
        )
    return table, name, joined.rows, joined.notes("cutouts", f"{of_table} of {labels}")


def _where(table: Table, labels: str, conditions: tuple[str, ...]) -> np.ndarray:
    """Return for which rows all of the conditions ``COLUMN=VALUE`` are true."""
    kept = np.ones(len(table), bool)
    for condition in conditions:
        name, sign, value = condition.partition("=")
        if not sign:
            raise OptionError(f"--where {condition} says no value: give --where COLUMN=VALUE")
        require_column(table.colnames, labels, name, "--where")
        kept &= words(table, name) == value
    return kept


def _check_classes(there: list[str], classes: tuple[str, ...], place: str) -> None:
    """Refuse classes without any cutout."""
    for name in classes:
        if name not in there:
            raise OptionError(
                f"no cutout is of the class {name!r} of --classes: those in the column {place} are "
                f"{', '.join(there)}"
            )


def _parts(table: Table, labels: str, split: str) -> np.ndarray:
    """Return ``train``, ``valid``, ``test`` or nothing for each row."""
    require_column(table.colnames, labels, split, "--split")
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
    except CatalogueError:  # for example sexagesimal: their positions stay unknown
        return cover
    known = cover.known
    return SkyCover(np.where(known, cover.ra, ra), np.where(known, cover.dec, dec), cover.size)

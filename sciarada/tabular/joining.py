"""Join the rows of two tables by an identifier that both have.

Every join of the toolkit is made here, by one rule, on identifiers as text
(`sciarada.tabular.cells.texts`), never as floats:

1. Equal text is the same identifier, but for blanks at its ends and for the way in which Unicode
   composes a letter.
2. A column of whole numbers has no leading zeros to compare. So the number 7 is also the same as
   the text ``007``, ``+7`` or ``7.0``; two texts are never the same for being equal as numbers.
   Text of the form ``7.0`` in every row is a column of whole numbers, as programs write one that
   they hold as floats.
3. The name of a file is the same if only one of the two has a folder before its last ``/``.

A row without an identifier belongs to none. What could belong to two rows is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np

from sciarada.errors import CatalogueError, OptionError
from sciarada.tabular.cells import as_whole, texts

KEYS = (
    *(("source_id", "source_id"), ("file", "file"), ("cutout_id", "cutout_id")),
    *(("cutout_id", "source_name"), ("source_name", "cutout_id"), ("source_name", "source_name")),
    *(("name", "name"), ("id", "id")),
)
"""Columns with the same meaning in two tables; the first that both have is used."""
_WHOLE = re.compile(r"([-+]?)0*([0-9]+)(?:\.0*)?")
OTHER_COLUMNS = "name other columns with --key OF_ONE=OF_OTHER"


@dataclass(frozen=True, eq=False)
class Identifiers:
    """A column of identifiers.

    Parameters
    ----------
    texts : ndarray of str, shape (n,)
        Empty where there is none.
    whole : bool
        Whether they are whole numbers, which have no leading zeros.
    place : str
        What the column is called in messages, such as ``file of labels.csv``.
    """

    texts: np.ndarray
    whole: bool
    place: str

    @classmethod
    def of(cls, column: Any, place: str) -> Identifiers:
        """Return the identifiers in a column.

        Raises
        ------
        CatalogueError
            If they are arrays, or floats too large to hold every whole number.
        """
        values, written = np.ma.asarray(column), texts(column)
        digits = as_whole(written)
        whole = values.dtype.kind in "iu" or digits is not written
        if values.dtype.kind == "f":
            _refuse_lost_digits(
                values.compressed(), 2.0 ** (np.finfo(values.dtype).nmant + 1), place
            )
            whole = whole or all(_WHOLE.fullmatch(text) for text in digits.tolist() if text)
        elif digits is not written:
            _refuse_lost_digits([text for text in digits.tolist() if text], 2.0**53, place)
        composed = [t if t.isascii() else _composed(t) for t in digits.tolist()]
        return cls(np.array(composed, np.str_), whole, place)

    def __len__(self) -> int:
        return len(self.texts)

    def check_distinct(self, written: Sequence[str] | None = None, remedy: str = "") -> None:
        """Refuse identifiers of which two are the same; rows without one do not count.

        Parameters
        ----------
        written : sequence of str, optional
            The identifiers as they are compared; by default as they are.
        remedy : str
            What to do about it, for messages.

        Raises
        ------
        CatalogueError
        """
        seen: set[str] = set()
        for row, text in enumerate(self.texts.tolist() if written is None else written):
            if text and text in seen:
                raise CatalogueError(
                    f"the {self.place} has {self.texts[row]} twice: {remedy or OTHER_COLUMNS}, or "
                    "leave one out"
                )
            seen.add(text)


def _composed(text: str) -> str:
    """Return text with its letters composed.

    Bytes of the name of a file that are not UTF-8 are letters of Windows-1252, as in tables that
    are not UTF-8 (`sciarada.io.user_tables.decoding`).
    """
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return normalize("NFC", text)
    with suppress(UnicodeEncodeError):  # of a surrogate that stands for no byte
        return text.encode("utf-8", "surrogateescape").decode("cp1252", "backslashreplace")
    return text


def _refuse_lost_digits(values: Iterable[float | str], limit: float, place: str) -> None:
    """Refuse floats from which on a float does not hold every whole number."""
    if any(limit <= abs(value) < np.inf for value in map(float, values)):
        raise CatalogueError(
            f"the identifiers in the {place} are floats, which have lost their last digits: save "
            "them as whole numbers or as text"
        )


@dataclass(frozen=True, eq=False)
class Join:
    """The joined rows of two tables.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Row of the table for each identifier that was wanted, -1 where it has none.
    unused : int
        Rows of the table that belong to none.
    """

    rows: np.ndarray
    unused: int

    @property
    def missing(self) -> int:
        """Identifiers that the table does not have."""
        return int(np.sum(self.rows < 0))

    def notes(self, things: str, place: str) -> tuple[str, ...]:
        """Return a sentence about rows that were not joined, if any.

        Parameters
        ----------
        things : str
            What was wanted, such as ``cutouts``.
        place : str
            The column of the table.
        """
        if not self.missing and not self.unused:
            return ()
        return (
            f"{len(self.rows) - self.missing} of {len(self.rows)} {things} have a row by {place}, "
            f"{self.missing} have none; {self.unused} rows of the table belong to none of them",
        )


def shared_columns(
    first: Sequence[str],
    second: Sequence[str],
    asked: str | None,
    places: tuple[str | Path, str | Path],
    option: str = "--key",
) -> tuple[str, str]:
    """Return the column of each of two tables by which their rows belong together.

    Parameters
    ----------
    first, second : sequence of str
        Names of the columns of each.
    asked : str or None
        ``COLUMN`` of both or ``OF_FIRST=OF_SECOND``; the first of `KEYS` by default.
    places : tuple of str
        What the tables are called in messages.
    option : str
        What ``asked`` is called in messages.

    Raises
    ------
    OptionError
        If there are no such columns.
    """
    if asked is None:
        shared = next(((a, b) for a, b in KEYS if a in first and b in second), None)
        if shared is None:
            raise OptionError(
                f"{places[0]} and {places[1]} share none of the columns "
                f"{', '.join(dict.fromkeys(a for a, _ in KEYS))}: name with {option} the column by "
                "which their rows belong together, or OF_ONE=OF_OTHER"
            )
        return shared
    names = asked.partition("=")[0], asked.rpartition("=")[2]
    for name, columns, place in zip(names, (first, second), places, strict=True):
        require_column(columns, place, name, option)
    return names


def require_column(columns: Sequence[str], place: str | Path, name: str, option: str) -> None:
    """Refuse a table without a column.

    Raises
    ------
    OptionError
        If it is not there; the message lists those that are.
    """
    if name not in columns:
        shown = ", ".join(columns[:40]) + (", ..." if len(columns) > 40 else "")
        raise OptionError(
            f"{place} has no column {name!r}; name one with {option}: its columns are {shown}"
        )


def join(wanted: Identifiers, keys: Identifiers, remedy: str = OTHER_COLUMNS) -> Join:
    """Return the row of a table for each of many identifiers; see the rule of this module.

    Parameters
    ----------
    wanted : Identifiers
        Those to be found; one may be wanted several times.
    keys : Identifiers
        Those of the table.
    remedy : str
        What to do about identifiers that do not tell rows apart, for messages.

    Raises
    ------
    CatalogueError
        If the table has an identifier twice, or one could belong to several rows; or if
        identifiers that are text differ only in leading zeros.

    Examples
    --------
    >>> import numpy as np
    >>> wanted = Identifiers.of(np.array(["007", "12"]), "cutout_id of the set")
    >>> join(wanted, Identifiers.of(np.array([12, 7]), "id of labels.fits")).rows.tolist()
    [1, 0]
    """
    asked, there = _comparable(wanted, keys)
    keys.check_distinct(there, remedy)
    place = {text: row for row, text in enumerate(there) if text}
    taken = _pairs(asked, place, wanted.place, keys.place, remedy)
    row = {text: place[key] for key, text in taken.items()}
    _refuse_lost_zeros(asked, row, there, wanted, keys)
    rows = np.array([row.get(text, -1) for text in asked], np.int64)
    return Join(rows, len(keys) - len(taken))


def _comparable(wanted: Identifiers, keys: Identifiers) -> tuple[list[str], list[str]]:
    """Return both as text; where only one is of whole numbers, text that is one as a number."""
    texts_of = [each.texts.tolist() for each in (wanted, keys)]
    if wanted.whole == keys.whole:
        return texts_of[0], texts_of[1]
    text = int(wanted.whole)  # the one that is text
    texts_of[text] = [_as_whole(each) for each in texts_of[text]]
    if text == 1 and len(set(texts_of[1])) < len(set(keys.texts.tolist())):
        first, second = _same_number(texts_of[1], keys.texts.tolist())
        raise CatalogueError(
            f"the {keys.place} has {first} and {second}, which are one whole number as in the "
            f"{wanted.place}: write both columns alike"
        )
    return texts_of[0], texts_of[1]


def _as_whole(text: str) -> str:
    """Return integers in normalised digits, and other text unchanged."""
    found = _WHOLE.fullmatch(text)
    return text if found is None else str(int(found[1] + found[2]))


def _same_number(numbers: list[str], written: list[str]) -> tuple[str, str]:
    seen: dict[str, str] = {}
    for number, text in zip(numbers, written, strict=True):
        if seen.setdefault(number, text) != text:
            return seen[number], text
    raise ValueError("no two are the same number")


def _pairs(
    asked: list[str], place: dict[str, int], set_place: str, key_place: str, remedy: str
) -> dict[str, str]:
    """Return each key that is wanted, and by which text."""
    in_folders = defaultdict(list)
    for text in place:
        if "/" in text:
            in_folders[_bare(text)].append(text)
    taken: dict[str, str] = {}
    for text in filter(None, dict.fromkeys(asked)):
        same = [text] if text in place else _alike(text, place, in_folders)
        if len(same) > 1:
            raise _ambiguous(text, set_place, same, key_place, remedy)
        if same and taken.setdefault(same[0], text) != text:
            raise _ambiguous(same[0], key_place, [taken[same[0]], text], set_place, remedy)
    return taken


def _alike(text: str, place: dict[str, int], in_folders: dict[str, list[str]]) -> list[str]:
    """Return the keys that are the same but for a folder that only one of the two has."""
    if "/" not in text:
        return in_folders.get(text, [])
    return [_bare(text)] if _bare(text) in place else []


def _bare(text: str) -> str:
    return text.rpartition("/")[2]


def _ambiguous(
    text: str, place: str, others: Sequence[str], there: str, remedy: str
) -> CatalogueError:
    return CatalogueError(
        f"the {place} has {text}, which may be {others[0]} or {others[1]} of the {there}: "
        f"write its folder in both, or {remedy}"
    )


def _refuse_lost_zeros(
    asked: list[str], row: dict[str, int], there: list[str], wanted: Identifiers, keys: Identifiers
) -> None:
    """Refuse texts that would belong together as numbers, as where a program cut leading zeros."""
    used = set(row.values())
    left = {_as_whole(t): t for r, t in enumerate(there) if r not in used and _WHOLE.fullmatch(t)}
    for text in asked:
        if text not in row and _WHOLE.fullmatch(text) and _as_whole(text) in left:
            raise CatalogueError(
                f"the {wanted.place} has {text} and the {keys.place} has {left[_as_whole(text)]}: "
                "write them alike, with the same zeros, since as text they are not the same"
            )

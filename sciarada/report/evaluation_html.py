"""The section of scores, as a separate page or as part of another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sciarada.errors import OutputError
from sciarada.evaluation.score_table import ScoreRow
from sciarada.io.atomic import atomic_path
from sciarada.io.manifest import is_as_written, renew
from sciarada.io.staging import MARK
from sciarada.report.page_text import write_html
from sciarada.report.thumbnails import data_uri

BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
_BEFORE = '<section aria-labelledby="files">'  # in the page of a run, whose files come last


@dataclass(frozen=True)
class Cell:
    """A formatted number and its interval."""

    value: str
    interval: str = ""


@dataclass(frozen=True)
class TableRow:
    """A row of a table of the page."""

    name: str
    cells: tuple[Cell, ...]
    colour: str = ""


@dataclass(frozen=True)
class PageTable:
    """A table of the page."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Section:
    """A section of a page with scores.

    Parameters
    ----------
    heading, explanation : str
        Title, and what was compared and how.
    picture : `~pathlib.Path`
        PNG to show.
    picture_text : str
        The same for who cannot see it.
    tables : tuple of PageTable
    notes : tuple of str
        What had to be assumed.
    """

    heading: str
    explanation: str
    picture: Path
    picture_text: str
    tables: tuple[PageTable, ...]
    notes: tuple[str, ...] = ()

    def html(self) -> str:
        """Return the section; it loads nothing, the picture is inside it."""
        text = (
            _templates()
            .get_template("evaluation_section.html.j2")
            .render(
                heading=self.heading,
                explanation=self.explanation,
                picture=data_uri(self.picture.read_bytes()),
                picture_text=self.picture_text,
                tables=self.tables,
                notes=self.notes,
            )
        )
        return f"{BEGIN}\n{text}\n{END}"


@dataclass(frozen=True)
class Page:
    """A page that holds one section.

    Parameters
    ----------
    title : str
    section : Section
    headline : tuple of (str, str)
        Label and value of the largest numbers.
    files : mapping of str to str
        Name and purpose of the files beside the page.
    facts : tuple of (str, str)
        Label and value of what else is known of the run.
    """

    title: str
    section: Section
    headline: tuple[tuple[str, str], ...]
    files: Mapping[str, str]
    facts: tuple[tuple[str, str], ...]

    def write(self, path: Path, created: str) -> None:
        """Write the page; ``created`` is the time of the run.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        text = (
            _templates()
            .get_template("evaluation.html.j2")
            .render(
                title=self.title,
                headline=self.headline,
                section=Markup(self.section.html()),  # made by the same templates, escaped there
                files=list(self.files.items()),
                facts=self.facts,
                created=created,
            )
        )
        write_html(path, text)


def versions_fact(versions: Mapping[str, Any]) -> tuple[str, str]:
    """Return the entry of a page that lists the versions."""
    return ("Versions", ", ".join(f"{name} {each}" for name, each in versions.items() if each))


def insert_section(page: Path, section: Section) -> None:
    """Put a section into the page of a run, in the place of an earlier one if there is one.

    Raises
    ------
    OutputError
        If the page is not there, is not such a page, or cannot be written.
    """
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{page} cannot be read: run `sciarada detect` again") from error
    html = section.html()
    earlier = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if earlier.search(text):
        text = earlier.sub(lambda _: html, text)
    elif _BEFORE in text:
        text = text.replace(_BEFORE, f"{html}\n\n{_BEFORE}", 1)
    else:
        raise OutputError(f"{page} is not the report of a run of `sciarada detect`")
    own = is_as_written(page, MARK)
    with atomic_path(page, overwrite=True) as part:
        write_html(part, text)
    if own:  # else a user changed it, and it stays theirs
        renew(page, MARK)


def share_cell(row: ScoreRow | None) -> Cell:
    """Return a share in per cent."""
    if row is None or not row.count:
        return Cell("—")
    interval = f"{row.low:.1%} to {row.high:.1%}" if row.low == row.low else ""
    return Cell(f"{row.value:.1%}", interval)


def number_cell(row: ScoreRow | None, digits: int = 3, plus: float = 0.0, unit: str = "") -> Cell:
    """Return a number with so many decimals, ``plus`` added to it."""
    if row is None or not row.count or row.value != row.value:
        return Cell("—")
    value, low, high = (_write(part + plus, digits) for part in (row.value, row.low, row.high))
    tail = f" {unit}" if unit else ""
    return Cell(value + tail, f"{low} to {high}" if row.low == row.low else "")


def _write(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def count_cell(number: int) -> Cell:
    """Return a whole number."""
    return Cell(f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"))


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sciarada.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""The table of differences between the first and each other catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sciarada.evaluation.score_table import ScoreRow, chosen, finders_of
from sciarada.report.evaluation_html import PageTable, TableRow, number_cell


def differences(
    rows: Sequence[ScoreRow], what: str, measures: Mapping[str, str]
) -> Iterator[PageTable]:
    """Yield a table of the first less each of the others, if there are others.

    Parameters
    ----------
    rows : sequence of ScoreRow
        The scores of all.
    what : str
        Heading of the names.
    measures : mapping of str to str
        Measures and their headings.
    """
    first, *others = finders_of(rows)
    if not others:
        return
    by_other = {
        measure: {
            row.bin_name: row for row in chosen(rows, first, f"{measure}_difference", "finder")
        }
        for measure in measures
    }
    names = next(iter(by_other.values()))
    yield PageTable(
        "Differences",
        "Both are compared on common bootstrap samples of the sources. A difference is "
        "significant if its interval does not contain 0.",
        (what, *measures.values()),
        tuple(
            TableRow(
                name.replace(" - ", " − "),
                tuple(number_cell(by_name[name]) for by_name in by_other.values()),
            )
            for name in names
        ),
    )

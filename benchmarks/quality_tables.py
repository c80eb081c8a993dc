"""The tables of the page on detection quality, out of the rows of `sciarada evaluate`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks import pages
from sciarada.evaluation.score_table import ScoreRow, chosen, finders_of, first_of
from sciarada.pipelines.evaluate import EvaluateResult

SHARES = {
    "completeness": "completeness",
    "reliability": "reliability",
    "f1": "F1",
    "touched": "touched",
    "genuine": "genuine",
    "merged": "merged",
}
MEASURED = {
    "total flux, %": ("total_flux_bias", 100.0, 1),
    "its scatter, %": ("total_flux_scatter", 100.0, 1),
    "peak flux, %": ("peak_flux_bias", 100.0, 1),
    "east, arcsec": ("ra_bias", 1.0, 3),
    "north, arcsec": ("dec_bias", 1.0, 3),
    "scatter east, arcsec": ("ra_scatter", 1.0, 3),
    "FWHM, %": ("maj_axis_bias", 100.0, 1),
    "deconvolved FWHM, %": ("dc_maj_axis_bias", 100.0, 1),
}
PULLS = {
    "total flux": "total_flux_pull_scatter",
    "peak flux": "peak_flux_pull_scatter",
    "right ascension": "ra_pull_scatter",
    "declination": "dec_pull_scatter",
    "FWHM": "maj_axis_pull_scatter",
}


def cell(row: ScoreRow | None, factor: float = 1.0, digits: int = 3) -> str:
    """Return a score with its interval."""
    if row is None or not row.count or math.isnan(row.value):
        return ""
    value, low, high = (f"{factor * x:.{digits}f}" for x in (row.value, row.low, row.high))
    return value if math.isnan(row.low) else f"{value} ({low} to {high})"


def headline_table(result: EvaluateResult) -> str:
    """Return completeness, reliability, F1, parts and mergers: one row per list."""
    found = result.run["counts"]["found"]
    return pages.table(
        ("list", "rows", *SHARES.values()),
        [
            (
                finder,
                found[finder],
                *(cell(first_of(result.rows, finder, measure)) for measure in SHARES),
            )
            for finder in finders_of(result.rows)
        ],
    )


def difference_table(rows: Sequence[ScoreRow], first: str) -> str:
    """Return what `first` has more than each other list, with the interval of the difference."""
    measures = {name: SHARES[name] for name in ("completeness", "reliability", "f1")}
    by_other = {
        name: {row.bin_name: row for row in chosen(rows, first, f"{name}_difference", "finder")}
        for name in measures
    }
    return pages.table(
        ("less", *measures.values()),
        [
            (
                pair.removeprefix(f"{first} - "),
                *(signed(by_other[name][pair]) for name in measures),
            )
            for pair in by_other["f1"]
        ],
    )


def signed(row: ScoreRow) -> str:
    """Return a difference, bold where its interval does not hold 0."""
    text = f"{row.value:+.3f} ({row.low:+.3f} to {row.high:+.3f})"
    return f"**{text}**" if row.low > 0 or row.high < 0 else text


def measurement_table(rows: Sequence[ScoreRow]) -> str:
    """Return biases and pulls of what was found and had to be: one row per list each."""
    finders = finders_of(rows)
    biases = [
        (finder, *(cell(first_of(rows, finder, name), *how) for name, *how in MEASURED.values()))
        for finder in finders
    ]
    pulls = [
        (finder, *(cell(first_of(rows, finder, name), 1.0, 2) for name in PULLS.values()))
        for finder in finders
    ]
    return (
        "Medians of measured less true values and their robust scatter, of the sources that were "
        f"found:\n\n{_without_empty(('list', *MEASURED), biases)}\n\n"
        "Robust scatter of errors in units of what they claim to be (1 is honest, above 1 they "
        f"are claimed too small):\n\n{_without_empty(('list', *PULLS), pulls)}"
    )


def class_table(rows: Sequence[ScoreRow]) -> str:
    """Return the completeness of each true class: one row per list."""
    finders = finders_of(rows)
    by_finder = {
        finder: {row.bin_name: row for row in chosen(rows, finder, "completeness", "class")}
        for finder in finders
    }
    names = [name for name, row in by_finder[finders[0]].items() if row.count]
    return pages.table(
        ("list", *(f"{name} ({by_finder[finders[0]][name].count})" for name in names)),
        [(finder, *(cell(by_finder[finder][name]) for name in names)) for finder in finders],
    )


def _without_empty(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table without rows and columns that hold nothing."""
    columns = [0, *(i for i in range(1, len(header)) if any(row[i] for row in rows))]
    kept = [[row[i] for i in columns] for row in rows if any(row[1:])]
    return pages.table([header[i] for i in columns], kept)

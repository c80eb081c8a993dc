"""``sciarada evaluate``: what catalogues and classes are worth against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from sciarada.pipelines.evaluate import EvaluateResult

PATH = click.Path(path_type=Path)


@click.command("evaluate")
@click.argument("catalogue", type=PATH)
@click.option("--truth", type=PATH, required=True, help="Table or folder of the truth.")
@click.option(
    "--out",
    type=PATH,
    help="Folder of the products.  [default: CATALOGUE_evaluation in this folder]",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier evaluation.")
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME=FILE",
    help="Another catalogue, as of PyBDSF, Aegean or Selavy; again for more.",
)
@click.option(
    "--radius",
    type=float,
    help="Match radius of small sources in arcsec.  [default: half the beam]",
)
@click.option(
    "--snr-limit",
    type=click.FloatRange(0),
    help="Fainter sources need not be found.  [default: 5, without --flux-limit]",
)
@click.option("--flux-limit", type=click.FloatRange(0), help="The same by true total flux, in Jy.")
@click.option(
    "--truth-column",
    "truth_columns",
    multiple=True,
    metavar="OURS=THEIRS[:UNIT]",
    help="What a column is called in the truth, such as total_flux=flux:mJy; again for more.",
)
@click.option("--segmentation", type=PATH, help="Masks of CATALOGUE, if not beside it.")
@click.option("--truth-segmentation", type=PATH, help="Masks of the truth, if not beside it.")
@click.option("--into-report", is_flag=True, help="Also put the scores into the run's report.html.")
def command(
    catalogue: Path,
    truth: Path,
    out: Path | None,
    overwrite: bool,
    compare: tuple[str, ...],
    radius: float | None,
    snr_limit: float | None,
    flux_limit: float | None,
    truth_columns: tuple[str, ...],
    segmentation: Path | None,
    truth_segmentation: Path | None,
    into_report: bool,
) -> None:
    """Score CATALOGUE against the truth, beside other finders if wanted.

    CATALOGUE and the truth are tables (FITS, VOTable, ECSV, CSV or text), or folders of
    `sciarada detect` and `sciarada simulate`. Out come scores.fits, .vot and .ecsv, matches,
    scores.png and report.html.
    """
    from sciarada.pipelines.evaluate import EvaluateSettings, run_evaluate
    from sciarada.pipelines.evaluation.inputs import parse_names

    others = parse_names(compare, "--compare", "NAME=FILE")
    result = run_evaluate(
        catalogue,
        truth,
        out,
        EvaluateSettings(
            radius=radius,
            snr_limit=snr_limit,
            flux_limit=flux_limit,
            truth_columns=parse_names(truth_columns, "--truth-column", "OURS=THEIRS"),
        ),
        compare={name: Path(path) for name, path in others.items()},
        segmentation=segmentation,
        truth_segmentation=truth_segmentation,
        overwrite=overwrite,
        into_report=into_report,
    )
    if not is_quiet():
        click.echo(summary(result))


COLUMNS = {
    "completeness": "FOUND",
    "reliability": "REAL",
    "f1": "F1",
    "total_flux_bias": "FLUX RATIO",
    "total_flux_pull_scatter": "FLUX PULLS",
    "ra_pull_scatter": "POSITION PULLS",
}


def summary(result: EvaluateResult) -> str:
    """Return a table, a line a finder, and where to look."""
    from sciarada.core.score_table import finders_of

    counts = result.run["counts"]
    lines = [["FINDER", "SOURCES", *COLUMNS.values()]]
    for finder in finders_of(result.rows):
        number = str(counts["found"][finder])
        lines.append([finder, number, *(_cell(result, finder, name) for name in COLUMNS)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    notes = [f"note: {note}" for note in result.run["warnings"]]
    return "\n".join(
        [
            f"{counts['asked_for']} of {counts['true']} true sources had to be found "
            "(95 % ranges in brackets)",
            *table,
            *notes,
            f"products: {result.out}/ (look at scores.png and report.html)",
        ]
    )


def _cell(result: EvaluateResult, finder: str, measure: str) -> str:
    from sciarada.core.score_table import chosen

    (row,) = chosen(result.rows, finder, measure) or (None,)
    if row is None or not row.count:
        return "-"
    if measure in ("completeness", "reliability", "f1"):
        return f"{100 * row.value:.1f} % ({100 * row.low:.1f}-{100 * row.high:.1f})"
    plus = 1.0 if measure == "total_flux_bias" else 0.0
    return f"{row.value + plus:.3f} ({row.low + plus:.3f}-{row.high + plus:.3f})"

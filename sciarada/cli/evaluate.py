"""``sciarada evaluate``: what catalogues and classes are worth against the truth."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.aligned import aligned
from sciarada.cli.examples import examples
from sciarada.cli.options import PATH, out_option, overwrite_option
from sciarada.cli.verbosity import is_quiet
from sciarada.errors import OptionError

if TYPE_CHECKING:
    from sciarada.evaluation.score_table import ScoreRow
    from sciarada.evaluation.settings import Score
    from sciarada.pipelines.evaluate import EvaluateResult

logger = logging.getLogger(__name__)


@click.command(
    "evaluate",
    epilog=examples(
        "evaluate image_sciarada --truth sky",
        "evaluate mine.fits --truth sky --compare aegean=aegean.fits --snr-limit 7 -o scores",
        "evaluate classes.fits --score classes --truth truth.csv --key name",
    ),
)
@click.argument("table", type=PATH, required=False)
@click.option(
    "--truth", type=PATH, required=True, metavar="TRUTH", help="Table or folder of the truth."
)
@out_option("Folder of the products.  [default: TABLE_evaluation in this folder]")
@overwrite_option("an earlier evaluation")
@click.option(
    "--score",
    type=click.Choice(["detections", "classes"]),
    default="detections",
    show_default=True,
    help="What is scored: the sources that a catalogue has, or the classes that a table gives.",
)
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME=FILE",
    help="Another TABLE, such as a catalogue of PyBDSF, Aegean or Selavy; may be repeated.",
)
@click.option(
    "--radius",
    type=float,
    help="Match radius of small sources in arcsec.  [default: half the beam]",
)
@click.option(
    "--snr-limit",
    type=click.FloatRange(0),
    help="True peak over noise below which sources need not be found.  [default: 5, without "
    "--flux-limit]",
)
@click.option("--flux-limit", type=click.FloatRange(0), help="The same as true total flux, in Jy.")
@click.option(
    "--truth-column",
    "truth_columns",
    multiple=True,
    metavar="OURS=THEIRS[:UNIT]",
    help="Name of a column in the truth, such as total_flux=flux:mJy; may be repeated.",
)
@click.option("--segmentation", type=PATH, help="Masks of TABLE, if not in its folder.")
@click.option("--truth-segmentation", type=PATH, help="Masks of the truth, if not in its folder.")
@click.option("--labels", type=PATH, hidden=True)
@click.option(
    "--column", help="classes: their column in TABLE.  [default: class_name or det_class]"
)
@click.option("--true-column", help="classes: the same in the truth.  [default: as --column]")
@click.option(
    "--key",
    help="classes: column that joins TABLE and truth, or OF_TABLE=OF_TRUTH.  [default: "
    "source_id, file, cutout_id, source_name, name or id]",
)
@click.option(
    "--into-report", is_flag=True, help="Also add the scores to the report.html of the run."
)
def command(
    table: Path | None,
    truth: Path,
    out: Path | None,
    overwrite: bool,
    score: Score,
    compare: tuple[str, ...],
    radius: float | None,
    snr_limit: float | None,
    flux_limit: float | None,
    truth_columns: tuple[str, ...],
    segmentation: Path | None,
    truth_segmentation: Path | None,
    labels: Path | None,
    column: str | None,
    true_column: str | None,
    key: str | None,
    into_report: bool,
) -> None:
    """Score TABLE against the truth, optionally with other tables.

    TABLE and the truth are catalogues: tables (FITS, VOTable, ECSV, CSV or text), or folders of
    `sciarada detect` and `sciarada simulate`. The output folder contains scores.fits, .vot and
    .ecsv, matches, scores.png and report.html.

    With --score classes, the classes of a table are scored: precision, recall and F1 of each
    class, the confusion matrix, and calibration and average precision of probabilities in
    columns p_CLASS.
    """
    from sciarada.evaluation.inputs import parse_names
    from sciarada.evaluation.settings import EvaluateSettings
    from sciarada.pipelines.evaluate import run_evaluate

    given, score = _chosen(table, score, labels)
    named = parse_names(compare, "--compare", "NAME=FILE")
    result = run_evaluate(
        given,
        truth,
        out,
        EvaluateSettings(
            score=score,
            radius=radius,
            snr_limit=snr_limit,
            flux_limit=flux_limit,
            truth_columns=parse_names(truth_columns, "--truth-column", "OURS=THEIRS"),
            column=column,
            true_column=true_column,
            key=key,
        ),
        compare={name: Path(path) for name, path in named.items()},
        segmentation=segmentation,
        truth_segmentation=truth_segmentation,
        overwrite=overwrite,
        into_report=into_report,
    )
    if not is_quiet():
        click.echo((labels_summary if score == "classes" else summary)(result))


OF_ONE_SCORE: dict[Score, tuple[str, ...]] = {
    "detections": (
        *("radius", "snr_limit", "flux_limit", "truth_columns"),
        *("segmentation", "truth_segmentation", "into_report"),
    ),
    "classes": ("column", "true_column", "key"),
}


def _chosen(table: Path | None, score: Score, labels: Path | None) -> tuple[Path, Score]:
    """Return the inputs to score and the method; refuse options of another score."""
    given = table or labels
    if given is None or (table and labels):
        raise OptionError("give one TABLE to score, and the truth with --truth")
    if labels is not None:
        logger.warning("--labels %s is now given as %s --score classes", labels, labels)
        score = "classes"
    context = click.get_current_context()
    for parameter in context.command.params:
        for other, names in OF_ONE_SCORE.items():
            given_here = context.params.get(parameter.name or "") not in (None, (), False)
            if other != score and parameter.name in names and given_here:
                raise OptionError(f"{parameter.opts[0]} goes with --score {other} only")
    return given, score


COLUMNS = {
    "completeness": "FOUND",
    "reliability": "REAL",
    "f1": "F1",
    "total_flux_bias": "FLUX RATIO",
    "total_flux_pull_scatter": "FLUX PULLS",
    "ra_pull_scatter": "POSITION PULLS",
}


def summary(result: EvaluateResult) -> str:
    """Return a table with one line per finder, and the path of the page."""
    from sciarada.evaluation.score_table import finders_of

    counts = result.run["counts"]
    lines = [["FINDER", "SOURCES", *COLUMNS.values()]]
    for finder in finders_of(result.rows):
        number = str(counts["found"][finder])
        lines.append([finder, number, *(_cell(result, finder, name) for name in COLUMNS)])
    notes = [f"note: {note}" for note in result.run["warnings"]]
    return "\n".join(
        [
            f"true sources: {counts['asked_for']} of {counts['true']} had to be found "
            "(95 % ranges in brackets)",
            *aligned(lines),
            *notes,
            _look(result.out),
        ]
    )


def _cell(result: EvaluateResult, finder: str, measure: str) -> str:
    from sciarada.evaluation.score_table import first_of

    row = first_of(result.rows, finder, measure)
    if row is None or not row.count:
        return "-"
    if measure in ("completeness", "reliability", "f1"):
        return _share(row)
    plus = 1.0 if measure == "total_flux_bias" else 0.0
    return f"{row.value + plus:.3f} ({row.low + plus:.3f}-{row.high + plus:.3f})"


CLASS_COLUMNS = {
    "precision": "PRECISION",
    "recall": "RECALL",
    "f1": "F1",
    "average_precision": "AVERAGE PRECISION",
}


def labels_summary(result: EvaluateResult) -> str:
    """Return a table with one line per class and the page; for others, differences to the first."""
    from sciarada.evaluation.score_table import finders_of

    counts = result.run["counts"]
    first, *others = finders_of(result.rows)
    rows = [row for row in result.rows if row.finder == first]
    overall = {row.measure: row for row in rows if row.binned_by == "all"}
    text = [
        f"accuracy {_share(overall['accuracy'])}, macro F1 {_share(overall['macro_f1'])} "
        f"of {counts['sources']} sources (95 % ranges in brackets)",
        *aligned(_class_lines(rows, counts["classes"])),
    ]
    if "ece" in overall:
        ece = overall["ece"]
        text += [
            f"mean average precision {_share(overall['mean_average_precision'])}",
            f"calibration error (ECE) {ece.value:.3f} ({ece.low:.3f}-{ece.high:.3f}); "
            f"{overall['ece_by_chance'].value:.3f} by chance",
        ]
    differences = {(row.bin_name, row.measure): row for row in rows if row.binned_by == "finder"}
    for other in others:
        pair = f"{first} - {other}"
        parts = [
            f"{name} {_points(differences[pair, f'{measure}_difference'])}"
            for measure, name in {"accuracy": "accuracy", "macro_f1": "macro F1"}.items()
        ]
        text.append(f"{first} minus {other}: {', '.join(parts)}")
    text += [f"note: {note}" for note in result.run["warnings"]]
    return "\n".join([*text, _look(result.out)])


def _class_lines(rows: list[ScoreRow], counts: dict[str, int]) -> list[list[str]]:
    """Return the cells of the table of classes, with the columns that were measured."""
    cells = {(row.bin_name, row.measure): row for row in rows if row.binned_by == "class"}
    measured = {measure for _, measure in cells}
    columns = {measure: head for measure, head in CLASS_COLUMNS.items() if measure in measured}
    lines = [["CLASS", "SOURCES", *columns.values()]]
    for name, count in counts.items():
        shares = [
            _share(cells[name, measure]) if (name, measure) in cells else "-" for measure in columns
        ]
        lines.append([name, str(count), *shares])
    return lines


def _share(row: ScoreRow) -> str:
    if not row.count or row.value != row.value:
        return "-"
    return f"{100 * row.value:.1f} % ({100 * row.low:.1f}-{100 * row.high:.1f})"


def _points(row: ScoreRow) -> str:
    return f"{100 * row.value:+.1f} % ({100 * row.low:+.1f} to {100 * row.high:+.1f})"


def _look(out: Path) -> str:
    return f"products: {out}/ (look at scores.png and report.html)"

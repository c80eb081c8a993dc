"""``sciarada evaluate``: what catalogues and classes are worth against the truth."""

from __future__ import annotations

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
    from sciarada.pipelines.evaluate import EvaluateResult
    from sciarada.pipelines.evaluate_labels import LabelsResult


@click.command(
    "evaluate",
    epilog=examples(
        "evaluate image_sciarada --truth sky",
        "evaluate mine.fits --truth sky --compare aegean=aegean.fits --snr-limit 7 -o scores",
        "evaluate --labels classes.fits --truth truth.csv --key name",
    ),
)
@click.argument("catalogue", type=PATH, required=False)
@click.option(
    "--truth", type=PATH, required=True, metavar="TRUTH", help="Table or folder of the truth."
)
@out_option("Folder of the products.  [default: CATALOGUE_evaluation in this folder]")
@overwrite_option("an earlier evaluation")
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME=FILE",
    help="Another catalogue, as of PyBDSF, Aegean or Selavy; with --labels, another table of "
    "classes. May be repeated.",
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
@click.option("--segmentation", type=PATH, help="Masks of CATALOGUE, if not in its folder.")
@click.option("--truth-segmentation", type=PATH, help="Masks of the truth, if not in its folder.")
@click.option("--labels", type=PATH, help="Score the classes of this table instead.")
@click.option(
    "--column", help="Column of classes in the labels.  [default: class_name or det_class]"
)
@click.option("--true-column", help="The same in the truth.  [default: as --column]")
@click.option(
    "--key",
    help="Column that joins labels and truth, or OF_LABELS=OF_TRUTH.  [default: source_id, file, "
    "cutout_id, source_name, name or id]",
)
@click.option(
    "--into-report", is_flag=True, help="Also add the scores to the report.html of the run."
)
def command(
    catalogue: Path | None,
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
    labels: Path | None,
    column: str | None,
    true_column: str | None,
    key: str | None,
    into_report: bool,
) -> None:
    """Score CATALOGUE against the truth, optionally with other catalogues.

    CATALOGUE and the truth are tables (FITS, VOTable, ECSV, CSV or text), or folders of
    `sciarada detect` and `sciarada simulate`. The output folder contains scores.fits, .vot and
    .ecsv, matches, scores.png and report.html.

    With --labels, the classes of a table are scored: precision, recall and F1 of each class,
    the confusion matrix, and calibration and average precision of probabilities in columns
    p_CLASS.
    """
    from sciarada.evaluation.inputs import parse_names

    _check_use(catalogue, labels)
    named = parse_names(compare, "--compare", "NAME=FILE")
    others = {name: Path(path) for name, path in named.items()}
    if labels is not None:
        from sciarada.pipelines.evaluate_labels import run_evaluate_labels

        scored = run_evaluate_labels(
            labels,
            truth,
            out,
            compare=others,
            column=column,
            true_column=true_column,
            key=key,
            overwrite=overwrite,
        )
        if not is_quiet():
            click.echo(labels_summary(scored))
        return
    if catalogue is None:
        raise OptionError(ONE_USE)
    from sciarada.pipelines.evaluate import EvaluateSettings, run_evaluate

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
        compare=others,
        segmentation=segmentation,
        truth_segmentation=truth_segmentation,
        overwrite=overwrite,
        into_report=into_report,
    )
    if not is_quiet():
        click.echo(summary(result))


ONE_USE = "give either a CATALOGUE or --labels, and the truth with --truth"
CATALOGUE_ONLY = (
    *("radius", "snr_limit", "flux_limit", "truth_columns"),
    *("segmentation", "truth_segmentation", "into_report"),
)
LABELS_ONLY = ("column", "true_column", "key")


def _check_use(catalogue: Path | None, labels: Path | None) -> None:
    """Refuse a mixture of the two uses of the command."""
    if (catalogue is None) == (labels is None):
        raise OptionError(ONE_USE)
    context = click.get_current_context()
    foreign = CATALOGUE_ONLY if labels is not None else LABELS_ONLY
    for parameter in context.command.params:
        if parameter.name in foreign and context.params[parameter.name]:
            use = "a CATALOGUE" if labels is not None else "--labels"
            raise OptionError(f"{parameter.opts[0]} goes with {use} only")


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


def labels_summary(result: LabelsResult) -> str:
    """Return a table, a line a class, and where to look; of others what differs from the first."""
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

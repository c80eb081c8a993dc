"""``sciarada demo``: a small field with known truth, and what `detect` finds in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.examples import examples
from sciarada.cli.options import out_option, overwrite_option, seed_option
from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from sciarada.evaluation.score_table import ScoreRow
    from sciarada.pipelines.demo import DemoResult


@click.command("demo", epilog=examples("demo", "demo -o small --size 512 --seed 4"))
@out_option("Folder to make.", "sciarada_demo")
@click.option(
    "--size",
    type=click.IntRange(128, 16384),
    default=1024,
    show_default=True,
    help="Side of the field in pixels.",
)
@seed_option("field")
@overwrite_option("an earlier demonstration")
def command(out: Path, size: int, seed: int, overwrite: bool) -> None:
    """Simulate a small field with known sources and detect them.

    The field is like those of ASKAP EMU, with more of the rare kinds: doubles, tails, rings and
    diffuse patches among point sources on correlated noise. It is made by `sciarada simulate`,
    processed by `sciarada detect`, and scored by `sciarada evaluate`.
    """
    from sciarada.cli.progress import bars
    from sciarada.pipelines.demo import run_demo

    result = run_demo(out, size, seed, overwrite=overwrite, progress=bars(not is_quiet()))
    if not is_quiet():
        click.echo(report(result))


def report(result: DemoResult) -> str:
    """Return the summary of a demonstration."""
    return "\n\n".join([_put_in(result), _found(result), _where_to_look(result)])


def _put_in(result: DemoResult) -> str:
    simulation, needed = result.simulation, result.evaluation.run["counts"]["asked_for"]
    field, counts = simulation.field, simulation.run["counts"]
    ny, nx = field.image.shape
    area = field.image.area / 3600**2
    kinds = ", ".join(f"{number} {name}" for name, number in counts["det_class"].items())
    return (
        f"Simulated a field like {field.survey.title} with many rare kinds: {nx} x {ny} pixels, "
        f"{area:.2f} square degrees, noise {field.survey.rms * 1e6:.0f} µJy/beam, "
        f"seed {field.seed}.\n"
        f"{counts['sources']} true sources ({kinds}),\n"
        f"{needed} of them with a peak above 5 times the noise."
    )


def _found(result: DemoResult) -> str:
    detection = result.detection
    seconds = sum(detection.run["timings"].values())
    lines = [
        f"Found {len(detection.catalogue)} sources in {seconds:.1f} s (95 % ranges in brackets):",
        f"  completeness  {_percent(result, 'completeness')} of those above 5 times the noise",
        f"                {_percent(result, 'touched')} counting those found in parts or merged",
        *(f"                  {line}" for line in _by_snr(result)),
        f"  reliability   {_percent(result, 'reliability')} of the detections are real sources",
        f"                {_percent(result, 'genuine')} counting parts of larger ones",
        f"  fluxes        {_ratio(result, 'total_flux_bias')} of the true total flux in the median",
        f"                {_ratio(result, 'peak_flux_bias')} of the true peak in the median",
    ]
    return "\n".join(lines)


def _row(result: DemoResult, measure: str) -> ScoreRow | None:
    from sciarada.evaluation.score_table import finders_of, first_of

    rows = result.evaluation.rows
    return first_of(rows, finders_of(rows)[0], measure)


def _by_snr(result: DemoResult) -> list[str]:
    from sciarada.evaluation.score_table import chosen, finders_of

    rows = result.evaluation.rows
    return [
        f"S/N {row.bin_name}: {round(row.value * row.count)} of {row.count}"
        for row in chosen(rows, finders_of(rows)[0], "completeness", "snr")
        if row.count
    ]


def _percent(result: DemoResult, measure: str) -> str:
    row = _row(result, measure)
    if row is None or not row.count:
        return "not measured: nothing to count"
    return f"{row.value:.1%} ({row.low:.1%} to {row.high:.1%})"


def _ratio(result: DemoResult, measure: str) -> str:
    row = _row(result, measure)
    return f"{1 + row.value:.3f}" if row is not None and row.count else "not measured:"


def _where_to_look(result: DemoResult) -> str:
    files = result.files
    return (
        "Open\n"
        f"  {files.simulated / 'preview.png'}   the field and its true sources\n"
        f"  {files.detected / 'preview.png'}   the field and the detected sources\n"
        f"  {files.detected / 'report.html'}   the report, for a browser\n"
        f"  {files.evaluated / 'scores.png'}   completeness and reliability\n"
        f"  ds9 {files.image} -regions {files.detected / 'sources.reg'} "
        f"-regions {files.simulated / 'truth.reg'}\n"
        f"  topcat {files.detected / 'catalogue.vot'}"
    )

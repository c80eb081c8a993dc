"""``sciarada demo``: a small field with known truth, and what `detect` finds in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from sciarada.evaluate.estimates import Estimate
    from sciarada.pipelines.demo import DemoResult


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sciarada_demo"),
    show_default=True,
    help="Folder to make.",
)
@click.option(
    "--size",
    type=click.IntRange(128, 16384),
    default=1024,
    show_default=True,
    help="Side of the field in pixels.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same field."
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier demonstration.")
def command(out: Path, size: int, seed: int, overwrite: bool) -> None:
    """Make a small survey field with known truth and find its sources.

    The field looks like one of ASKAP EMU: point sources, doubles, tails, rings and diffuse
    patches on correlated noise. It is written to disk, given to the same code as `sciarada
    detect`, and what comes back is compared with what was put in.
    """
    from sciarada.cli.progress import bars
    from sciarada.pipelines.demo import run_demo

    result = run_demo(out, size, seed, overwrite=overwrite, progress=bars(not is_quiet()))
    if not is_quiet():
        click.echo(report(result))


def report(result: DemoResult) -> str:
    """Return what the demonstration has to say."""
    return "\n\n".join([_put_in(result), _found(result), _where_to_look(result)])


def _put_in(result: DemoResult) -> str:
    field, image = result.field, result.field.image
    ny, nx = image.shape
    area = image.pixel_area * image.window.size / 3600**2
    return (
        f"Made a field like {field.survey.title}: {nx} x {ny} pixels, {area:.2f} square degrees, "
        f"noise {field.survey.rms * 1e6:.0f} uJy/beam, seed {field.seed}.\n"
        f"{len(field.truth)} sources were put in, {result.score.completeness.count} of them with "
        f"a peak above {result.least_snr:g} times the noise."
    )


def _found(result: DemoResult) -> str:
    score, seconds = result.score, sum(result.detection.run["timings"].values())
    false = int(score.association.false.sum())
    parts = int(score.association.fragments.sum())
    total, peak = (result.measurement.overall(name).bias for name in ("total_flux", "peak_flux"))
    lines = [
        f"Found {len(result.detection.catalogue)} sources in {seconds:.1f} s (95 % ranges in "
        "brackets):",
        f"  completeness  {_percent(score.completeness)} of the sources above "
        f"{result.least_snr:g} times the noise",
        f"                {_percent(result.apart)} of those without a brighter one within a beam",
        *(f"                  {line}" for line in _by_snr(result)),
        f"  reliability   {_percent(score.reliability)} of the detections are real sources; of "
        f"the other {false},",
        f"                {parts} are parts of a larger source and {false - parts} are noise",
        f"  fluxes        {_ratio(total)} of the true total flux in the median",
        f"                {_ratio(peak)} of the true peak in the median",
    ]
    return "\n".join(lines)


def _by_snr(result: DemoResult) -> list[str]:
    lines = []
    curve = result.curve
    for low, high, share in zip(curve.low, curve.high, curve.completeness, strict=True):
        if share.count:
            found = round(share.value * share.count)
            lines.append(f"S/N {_span(low, high)}: {found} of {share.count}")
    return lines


def _span(low: float, high: float) -> str:
    return f"{low:g} to {high:g}" if high < float("inf") else f"above {low:g}"


def _percent(estimate: Estimate) -> str:
    if not estimate.count:
        return "not measured: nothing to count"
    return f"{estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%})"


def _ratio(bias: Estimate) -> str:
    return f"{1 + bias.value:.3f}" if bias.count else "not measured:"


def _where_to_look(result: DemoResult) -> str:
    files = result.files
    return (
        "Look at\n"
        f"  {files.products / 'preview.png'}   the field and what was found in it\n"
        f"  {files.products / 'report.html'}   the same in numbers, in a browser\n"
        f"  ds9 {files.image} -regions {files.products / 'sources.reg'} "
        f"-regions {files.truth_regions}\n"
        f"  topcat {files.products / 'catalogue.vot'}"
    )

"""``sciarada simulate``: a survey field, or an image of yours, with sources that are known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciarada.cli.verbosity import is_quiet
from sciarada.core.errors import OptionError

if TYPE_CHECKING:
    from sciarada.pipelines.simulate import SimulateResult
    from sciarada.simulate.survey import Survey

SMALLEST, LARGEST = 32, 65536  # pixels a side
_SIZE = re.compile(r"(\d+)(?:x(\d+))?")


def _list_surveys(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the surveys and end."""
    if wanted and not context.resilient_parsing:
        from sciarada.simulate.survey import load_survey, survey_names

        for name in survey_names():
            click.echo(describe(name, load_survey(name)))
        context.exit()


@click.command("simulate")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--survey", default="emu", show_default=True, help="Name of a survey, or a survey's TOML file."
)
@click.option(
    "--surveys",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_surveys,
    help="List the surveys that come with sciarada.",
)
@click.option("--size", metavar="N|NXxNY", help="Size in pixels.  [default: 2048]")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same field."
)
@click.option(
    "--number",
    type=click.IntRange(0),
    help="Sources that follow the counts.  [default: as the counts say]",
)
@click.option(
    "-o",
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value in place of the survey's, such as noise.rms=5e-6; again for more.",
)
@click.option("--overwrite", is_flag=True, help="Replace the products of an earlier run.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes; 0: one a core.")
@click.option("--parquet", is_flag=True, help="Also write truth.parquet.")
def command(
    out: Path,
    survey: str,
    size: str | None,
    seed: int,
    number: int | None,
    options: tuple[str, ...],
    overwrite: bool,
    workers: int,
    parquet: bool,
) -> None:
    """Make a survey field with known truth in the folder OUT.

    Out come image.fits, its truth as catalogue, DS9 regions and segmentation, the true noise,
    and preview.png. The same seed gives the same bytes.
    """
    from sciarada.cli.progress import bars
    from sciarada.pipelines.simulate import run_simulate

    result = run_simulate(
        out,
        survey,
        parse_size(size or "2048"),
        seed,
        options=options,
        number=number,
        parquet=parquet,
        overwrite=overwrite,
        workers=workers,
        progress=bars(not is_quiet()),
    )
    if not is_quiet():
        click.echo(summary(result))


def parse_size(text: str) -> tuple[int, int]:
    """Return (ny, nx) of ``2048`` or ``NXxNY``.

    Raises
    ------
    OptionError
        If it is neither, or too small or large.
    """
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None:
        raise OptionError(
            f"--size {text!r} is no size: give one number of pixels, or two as in --size 4096x2048"
        )
    nx, ny = int(match[1]), int(match[2] or match[1])
    if min(nx, ny) < SMALLEST or max(nx, ny) > LARGEST:
        raise OptionError(
            f"--size {text} cannot be made: each side needs {SMALLEST} to {LARGEST} pixels"
        )
    return ny, nx


def summary(result: SimulateResult) -> str:
    """Return a few lines about a finished simulation."""
    run, image, folder = result.run, result.field.image, result.out
    ny, nx = image.shape
    counts = run["counts"]
    lines = [
        f"{run['survey']['title']}: {nx} x {ny} pixels, "
        f"{image.pixel_area * image.window.size / 3600**2:.3g} square degrees, "
        f"seed {result.field.seed}; {sum(run['timings'].values()):.1f} s",
        f"{counts['sources']} sources: {_listed(counts['class_name'])}",
        f"drawn as {_listed(counts['morphology'])}",
        f"products: {folder}/ (look at preview.png)",
        f"next: `sciarada detect {folder}/image.fits`",
    ]
    return "\n".join(lines)


def describe(name: str, survey: Survey) -> str:
    """Return two lines about a survey."""
    beam = survey.beam
    return (
        f"{name:<10} {survey.title}: {survey.frequency / 1e6:g} MHz, "
        f"beam {beam.major:g} x {beam.minor:g} arcsec, pixel {survey.pixel_scale:g} arcsec, "
        f"rms {survey.rms * 1e6:g} uJy/beam\n"
        f"{'':<10} {', '.join(survey.morphologies)}"
    )


def _listed(numbers: dict[str, Any]) -> str:
    return ", ".join(f"{number} {name}" for name, number in numbers.items()) or "none"

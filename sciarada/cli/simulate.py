"""``sciarada simulate``: a survey field, or an image of yours, with sources that are known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciarada.cli.completion import survey_names
from sciarada.cli.examples import examples
from sciarada.cli.image_options import image_options, parse_beam
from sciarada.cli.options import overwrite_option, seed_option, workers_option
from sciarada.cli.renamed import FormerArgument
from sciarada.cli.value_options import out_option_beside_values, value_options
from sciarada.cli.verbosity import is_quiet
from sciarada.errors import OptionError

if TYPE_CHECKING:
    from sciarada.pipelines.simulate import SimulateResult
    from sciarada.simulation.survey import Survey

SMALLEST, LARGEST = 32, 65536  # pixels per side
_SIZE = re.compile(r"(\d+)(?:x(\d+))?")


def _list_surveys(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the surveys and end."""
    if wanted and not context.resilient_parsing:
        from sciarada.simulation.survey import load_survey, survey_names

        for name in survey_names():
            click.echo(describe(name, load_survey(name)))
        context.exit()


@click.command(
    "simulate",
    epilog=examples(
        "simulate -o sky --survey emu --size 1024 --seed 3",
        "simulate -o deep --size 512 -O noise.rms=5e-6",
        "simulate -o injected --into image.fits --placement grid --snr 3,100",
    ),
)
@click.argument("folder", cls=FormerArgument)
@out_option_beside_values("Folder to make.", required=True, formerly=("folder",))
@click.option(
    "--survey",
    metavar="NAME|FILE",
    shell_complete=survey_names,
    default="emu",
    show_default=True,
    help="Name of a survey, or a survey's TOML file.",
)
@click.option(
    "--surveys",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_surveys,
    help="List the surveys that come with sciarada.",
)
@click.option(
    "--size", metavar="N|NXxNY", help="Number of pixels along each side.  [default: 2048]"
)
@seed_option("field")
@click.option(
    "--number",
    type=click.IntRange(0),
    help="Number of sources drawn from the counts.  [default: from their density]",
)
@value_options("Setting of the survey to change, such as noise.rms=5e-6; may be repeated.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="IMAGE",
    help="Inject the sources into a copy of this FITS image.",
)
@click.option(
    "--placement",
    type=click.Choice(["random", "grid"]),
    help="With --into: anywhere, or apart from each other on a jittered grid.  [default: random]",
)
@click.option(
    "--snr",
    metavar="LOW,HIGH",
    help="With --into: range of peaks in units of the local noise, even in the logarithm.",
)
@overwrite_option("the products of an earlier run")
@workers_option
@click.option("--parquet", is_flag=True, help="Also write truth.parquet.")
@image_options
def command(
    out: Path,
    survey: str,
    size: str | None,
    seed: int,
    number: int | None,
    options: tuple[str, ...],
    into: Path | None,
    placement: str | None,
    snr: str | None,
    overwrite: bool,
    workers: int,
    parquet: bool,
    hdu: str | None,
    plane: str | None,
    beam: str | None,
    unit: str | None,
) -> None:
    """Simulate a survey field with known sources, or inject sources into an image.

    The output folder contains image.fits, the truth as catalogue, DS9 regions and segmentation,
    the true noise, and preview.png. The same seed gives the same bytes.

    With --into, the morphologies and sizes are those of the survey, the fluxes are scaled to the
    noise of the image, and the positions have valid pixels. --hdu, --plane, --beam and --unit
    describe that image.
    """
    from sciarada.cli.progress import bars

    how: dict[str, Any] = {"overwrite": overwrite, "progress": bars(not is_quiet())}
    if into is None:
        only_with_into(placement=placement, snr=snr, hdu=hdu, plane=plane, beam=beam, unit=unit)
        from sciarada.pipelines.simulate import run_simulate
        from sciarada.simulation.settings import SimulateSettings

        shape = parse_size(size or "2048")
        settings = SimulateSettings(shape, seed, options, number, parquet, workers)
        result = run_simulate(out, survey, settings, **how)
    else:
        if size is not None:
            raise OptionError("--size cannot be given with --into, for the image has a size")
        from sciarada.io.fits_image import read_image
        from sciarada.pipelines.simulate import run_inject
        from sciarada.simulation.inject import Injection, parse_snr

        injection = Injection(
            survey,
            options,
            number,
            placement or "random",
            None if snr is None else parse_snr(snr),
            seed,
        )
        image = read_image(into, hdu=hdu, plane=plane, beam=parse_beam(beam), unit=unit)
        result = run_inject(out, image, injection, parquet=parquet, workers=workers, **how)
    if not is_quiet():
        click.echo(summary(result))


def only_with_into(**options: str | None) -> None:
    """Refuse options that are only valid for the injection of sources into an image.

    Raises
    ------
    OptionError
        If one is given.
    """
    for name, value in options.items():
        if value is not None:
            raise OptionError(
                f"--{name} needs an image to inject sources into: give it with --into IMAGE"
            )


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
            f"--size {text!r} is not a size: give one number of pixels, or two as in "
            "--size 4096x2048"
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
    area = image.area / 3600**2
    what = run["survey"]["title"]
    if "inputs" in run:
        what = f"{image.name} with sources as of {what}"
    lines = [
        f"{what}: {nx} x {ny} pixels, {area:.3g} square degrees, seed {result.field.seed}; "
        f"{sum(run['timings'].values()):.1f} s",
        f"{counts['sources']} sources: {_listed(counts['det_class'])}",
        f"drawn as: {_listed(counts['morphology'])}",
        f"products: {folder}/ (look at preview.png)",
        f"next: sciarada detect {folder}/image.fits -o {folder.name}_sciarada && "
        f"sciarada evaluate {folder.name}_sciarada --truth {folder}",
    ]
    return "\n".join(lines)


def describe(name: str, survey: Survey) -> str:
    """Return two lines about a survey."""
    beam = survey.beam
    return (
        f"{name:<10} {survey.title}: {survey.frequency / 1e6:g} MHz, "
        f"beam {beam.major:g} x {beam.minor:g} arcsec, pixel {survey.pixel_scale:g} arcsec, "
        f"rms {survey.rms * 1e6:g} µJy/beam\n"
        f"{'':<10} {', '.join(survey.morphologies)}"
    )


def _listed(numbers: dict[str, Any]) -> str:
    return ", ".join(f"{number} {name}" for name, number in numbers.items()) or "none"

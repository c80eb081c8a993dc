"""``sciarada detect``: find and measure the sources of a radio image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.completion import plugin_names
from sciarada.cli.examples import examples
from sciarada.cli.image_options import image_options, parse_beam
from sciarada.cli.options import overwrite_option, workers_option
from sciarada.cli.value_options import out_option_beside_values, value_options
from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from astropy.units import UnitBase


@click.command(
    "detect",
    epilog=examples(
        "detect image.fits",
        "detect mosaic.fits -o run -O peak_sigma=4 --workers 8",
        "detect 'image.fits[SCI]' --beam 15,12,30 --unit Jy/beam --overwrite",
    ),
)
@click.argument("image", type=click.Path(path_type=Path))
@out_option_beside_values(
    "Folder of the products.  [default: IMAGE_sciarada in this folder]",
)
@overwrite_option("the products of an earlier run")
@click.option("--resume", is_flag=True, help="Continue from the finished tiles of a stopped run.")
@click.option(
    "--detector",
    default="islands",
    show_default=True,
    metavar="NAME",
    shell_complete=plugin_names("detector"),
    help="Detector, as listed by `sciarada plugins`.",
)
@value_options("Option of the detector, such as peak_sigma=4; may be repeated.", "detector")
@click.option(
    "--box",
    type=click.IntRange(8),
    help="Side of the mesh of the background in pixels.  [default: from the beam]",
)
@click.option(
    "--scale",
    "scales",
    type=click.FloatRange(1.0, min_open=True),
    multiple=True,
    default=(4.0,),
    show_default=True,
    help="Look for diffuse emission on this scale, in beams; may be repeated.",
)
@click.option("--no-diffuse", is_flag=True, help="Detect at full resolution only.")
@click.option(
    "--tile",
    type=click.IntRange(0),
    default=1024,
    show_default=True,
    help="Side of a tile in pixels, 16 or more; 0: untiled.",
)
@workers_option
@click.option("--parquet", is_flag=True, help="Also write catalogue.parquet.")
@click.option(
    "--writer",
    "writers",
    multiple=True,
    metavar="NAME",
    shell_complete=plugin_names("writer"),
    help="Also write the catalogue with this writer of a plugin; may be repeated.",
)
@image_options
def command(
    image: Path,
    out: Path | None,
    overwrite: bool,
    resume: bool,
    detector: str,
    options: tuple[str, ...],
    box: int | None,
    scales: tuple[float, ...],
    no_diffuse: bool,
    tile: int,
    workers: int,
    parquet: bool,
    writers: tuple[str, ...],
    hdu: str | None,
    plane: str | None,
    beam: str | None,
    unit: str | None,
) -> None:
    """Find and measure the sources of IMAGE, a FITS file.

    The output folder contains catalogue.fits, .vot and .ecsv, DS9 regions, maps of background,
    rms, residual and segmentation, preview.png and report.html.
    """
    from sciarada.cli.progress import bars
    from sciarada.detection.settings import DetectSettings
    from sciarada.io.fits_image import read_image
    from sciarada.pipelines.detect import run_detect
    from sciarada.tabular.file_names import fitting_name

    settings = DetectSettings(
        detector=detector,
        options=options,
        box=box,
        scales=() if no_diffuse else scales,
        tile=tile,
        workers=workers,
        parquet=parquet,
        writers=writers,
    )
    sky = read_image(image, hdu=hdu, plane=plane, beam=parse_beam(beam), unit=unit)
    folder = out or Path(fitting_name(sky.name, "_sciarada"))
    result = run_detect(
        sky, folder, settings, overwrite=overwrite, resume=resume, progress=bars(not is_quiet())
    )
    if not is_quiet():
        click.echo(summary(result.run, folder, sky.unit))


def summary(run: dict, folder: Path, unit: UnitBase | None) -> str:
    """Return a few lines about a finished run."""
    from sciarada.report.units import brightness_scale

    counts, rms = run["counts"], run["rms"]["median"]
    noise = (
        "no valid pixels" if rms is None else f"median rms {brightness_scale(rms, unit).write(rms)}"
    )
    flagged = ", ".join(f"{n} {name}" for name, n in counts["flags"].items() if n) or "none"
    seconds = sum(run["timings"].values())
    return (
        f"{counts['sources']} sources, {counts['components']} components in "
        f"{counts['islands']} islands; {noise}; {seconds:.1f} s\n"
        f"flags: {flagged}\n"
        f"products: {folder}/ (look at preview.png and report.html; "
        f"`sciarada send {folder}/catalogue.vot` shows it in TOPCAT or DS9)"
    )

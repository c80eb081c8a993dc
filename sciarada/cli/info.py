"""``sciarada info``: the properties of an image."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sciarada.cli.examples import examples
from sciarada.cli.image_options import image_options, parse_beam


@click.command(
    "info",
    epilog=examples("info image.fits", "info cube.fits --plane 0,2 --json --header-only"),
)
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines to read.")
@click.option("--header-only", is_flag=True, help="Read the header only, not the pixels.")
@image_options
def command(
    image: Path,
    as_json: bool,
    header_only: bool,
    hdu: str | None,
    plane: str | None,
    beam: str | None,
    unit: str | None,
) -> None:
    """Show the properties of IMAGE, a FITS file.

    Axes, frame and projection, beam, unit and frequency, each with the header card it comes
    from, the missing pixels, and everything that had to be guessed.
    """
    from sciarada.detection.memory import detect_memory
    from sciarada.detection.settings import DetectSettings
    from sciarada.io.fits_image import read_image
    from sciarada.measure.pixel_statistics import pixel_statistics
    from sciarada.report.image_facts import image_facts, image_lines

    sky = read_image(image, hdu=hdu, plane=plane, beam=parse_beam(beam), unit=unit)
    statistics = None if header_only else pixel_statistics(sky)
    facts = image_facts(sky, statistics, detect_memory(sky.shape, DetectSettings()))
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    lines = image_lines(sky, facts)
    width = max(len(label) for label, _ in lines)
    click.secho(str(image), bold=True)
    for label, text in lines:
        click.echo(f"  {label:<{width}}  {text}")

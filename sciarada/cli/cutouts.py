"""``sciarada cutouts``: choose the cutouts of a training set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.examples import examples
from sciarada.cli.image_options import image_options, parse_beam
from sciarada.cli.options import PATH, out_option, overwrite_option, seed_option
from sciarada.cli.renamed import RenamedChoice
from sciarada.cli.verbosity import is_quiet
from sciarada.errors import OptionError

if TYPE_CHECKING:
    from sciarada.cutouts.sampling.centred import CentredSampler
    from sciarada.cutouts.sampling.random_positions import RandomSampler
    from sciarada.pipelines.cutouts import CutoutsResult

SHARE = click.FloatRange(0, 1)
POSITIVE = click.FloatRange(0, min_open=True)
MANY = 200_000  # rows
OF_SAMPLERS = {
    "random": ("number", "seed", "valid", "sigma", "overlap"),
    "centred": ("catalogues", "zoom", "beams", "snr", "classes", "label"),
}
OF_ANY_SAMPLER, OF_SETS = ("size", "plane", "beam", "unit"), ("about",)


@click.command(
    "cutouts",
    epilog=examples(
        "cutouts image.fits --sampler random --size 128 --number 5000 -o set.parquet",
        "cutouts image.fits --sampler centred --catalogue image_sciarada --zoom 3 -o set.fits",
        "cutouts pictures --about table.csv --exclude test.fits -o set.zarr --materialise 64",
    ),
)
@click.argument("inputs", metavar="IMAGE...|SET...", type=PATH, nargs=-1, required=True)
@out_option(
    "Table to make: .parquet, .fits, .vot or .ecsv. Or .zarr, with --materialise.", required=True
)
@click.option(
    "--sampler",
    type=RenamedChoice(list(OF_SAMPLERS), formerly={"hulk": "random", "banner": "centred"}),
    help="random: random positions; centred: on sources. Without it SETs are read.",
)
@click.option(
    "--size",
    metavar="NPIX|ANGLE",
    help="Side of the squares, in pixels or as an angle: 256, 2arcmin.  [default: 256; centred: "
    "as --zoom]",
)
@click.option(
    "--number",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="random: number of cutouts.",
)
@seed_option("set (random only)")
@click.option(
    "--valid",
    type=SHARE,
    default=0.9,
    show_default=True,
    help="random: smallest fraction of pixels that are not missing.",
)
@click.option(
    "--sigma",
    type=POSITIVE,
    help="random: omit squares without emission above this many sigma of the noise.",
)
@click.option(
    "--overlap",
    type=SHARE,
    default=0.5,
    show_default=True,
    help="random: largest fraction of the area that two squares of an image share.",
)
@click.option(
    "--catalogue",
    "catalogues",
    type=PATH,
    multiple=True,
    help="centred: catalogue of SCIARADA, or folder of its run; may be repeated.",
)
@click.option(
    "--zoom",
    type=POSITIVE,
    default=2.0,
    show_default=True,
    help="centred: side in units of the size of the source.",
)
@click.option(
    "--beams", type=POSITIVE, help="centred: only sources at least this many beams large."
)
@click.option(
    "--snr", type=POSITIVE, help="centred: only sources of at least this signal-to-noise ratio."
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    help="centred: only sources of this class; may be repeated.",
)
@click.option(
    "--label",
    metavar="COLUMN",
    help="centred: column of the catalogue to keep as label, such as morphology.",
)
@click.option(
    "--exclude",
    type=PATH,
    multiple=True,
    metavar="OTHER",
    help="Leave out what shows a position of this set or table; may be repeated.",
)
@click.option(
    "--radius",
    type=POSITIVE,
    help="With --exclude: distance from the centre in arcsec.  [default: half the diagonal]",
)
@click.option(
    "--about", type=PATH, help="Table with a column file, and ra and dec, of a folder of files."
)
@click.option(
    "--materialise",
    type=click.IntRange(1),
    metavar="NPIX",
    help="Also write the pixels as Zarr, with this many pixels per side.",
)
@overwrite_option("files of an earlier run")
@image_options
def command(
    inputs: tuple[Path, ...],
    out: Path,
    sampler: str | None,
    size: str | None,
    number: int,
    seed: int,
    valid: float,
    sigma: float | None,
    overlap: float,
    catalogues: tuple[Path, ...],
    zoom: float,
    beams: float | None,
    snr: float | None,
    classes: tuple[str, ...],
    label: str | None,
    exclude: tuple[Path, ...],
    radius: float | None,
    about: Path | None,
    materialise: int | None,
    overwrite: bool,
    hdu: str | None,
    plane: str | None,
    beam: str | None,
    unit: str | None,
) -> None:
    """Select cutouts of images for training.

    The output is a table of positions and a file of DS9 boxes with the same name. Pixels are
    copied only with --materialise. If SETs (such tables, Zarr stores, or folders of PNG and
    FITS files) are given instead of images, their cutouts are checked, concatenated, and
    filtered by --exclude.
    """
    _check_use(sampler)
    from sciarada.cli.progress import bars
    from sciarada.cutouts.sampling.centred import CentredSampler
    from sciarada.cutouts.sampling.random_positions import RandomSampler
    from sciarada.cutouts.sampling.sizes import parse_side
    from sciarada.cutouts.settings import CutoutsSettings, Reading
    from sciarada.pipelines.cutouts import run_cutouts

    side = None if size is None else parse_side(size)
    chosen: RandomSampler | CentredSampler | None = None
    if sampler == "random":
        chosen = RandomSampler(number, 256 if side is None else side, valid, sigma, overlap, seed)
    elif sampler == "centred":
        chosen = CentredSampler(zoom, side, None, beams or 0.0, snr or 0.0, classes, label)
    settings = CutoutsSettings(
        sampler=chosen,
        catalogues=catalogues,
        exclude=exclude,
        radius=radius,
        about=about,
        materialise=materialise,
        reading=Reading(plane, parse_beam(beam), unit, hdu),
    )
    quiet = is_quiet()
    result = run_cutouts(inputs, out, settings, overwrite=overwrite, progress=bars(not quiet))
    if not quiet:
        click.echo(summary(result))


def _check_use(sampler: str | None) -> None:
    """Refuse options that have no effect with this sampler, or without a sampler."""
    context = click.get_current_context()
    given = {
        parameter.name: parameter.opts[-1]
        for parameter in context.command.params
        if _is_chosen(context, parameter)
    }
    for name, option in given.items():
        owner = next((s for s, names in OF_SAMPLERS.items() if name in names), None)
        if owner is not None and owner != sampler:
            raise OptionError(f"{option} goes with --sampler {owner} only")
        if name in OF_ANY_SAMPLER and sampler is None:
            raise OptionError(f"{option} goes with images: choose --sampler random or centred")
        if name in OF_SETS and sampler is not None:
            raise OptionError(f"{option} goes with a folder of files, without --sampler")
    if "radius" in given and "exclude" not in given:
        raise OptionError("--radius is about what is excluded: name it with --exclude OTHER")


def _is_chosen(context: click.Context, parameter: click.Parameter) -> bool:
    """Return whether an option was typed, or set in a file to another value than its default."""
    source = context.get_parameter_source(parameter.name)
    if source is click.core.ParameterSource.DEFAULT_MAP:
        return context.params.get(parameter.name) not in (None, (), parameter.default)
    return source is click.core.ParameterSource.COMMANDLINE


def summary(result: CutoutsResult) -> str:
    """Return a few lines about a set."""
    import numpy as np

    cutouts = result.cutouts
    lines = [f"{len(cutouts):,} cutouts; {sum(result.seconds.values()):.1f} s"]
    size = cutouts.size[np.isfinite(cutouts.size)]
    if len(size):
        low, middle, high = (f"{value:.4g}" for value in np.percentile(size, (0, 50, 100)))
        alike = low == high
        lines.append(
            f"side: {low} arcsec" if alike else f"side: {low} to {high} arcsec, median {middle}"
        )
    lines += [f"note: {note}" for note in result.notes]
    table = result.products[0]
    if len(cutouts) > MANY and table.suffix in (".ecsv", ".vot"):
        lines.append("note: a table as long as this is read many times faster as .parquet or .fits")
    lines.append(f"products: {', '.join(map(str, result.products))}")
    return "\n".join(lines)

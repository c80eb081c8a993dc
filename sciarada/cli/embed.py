"""``sciarada embed``: turn cutouts into the vectors of a trained encoder."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from sciarada.cli.completion import weights_names
from sciarada.cli.examples import examples
from sciarada.cli.image_options import hdu_option
from sciarada.cli.options import (
    batch_option,
    device_option,
    encoder_option,
    is_given,
    out_option,
    overwrite_option,
    seed_option,
)
from sciarada.cli.verbosity import is_quiet

logger = logging.getLogger(__name__)


@click.command(
    "embed",
    epilog=examples(
        "embed image_sciarada",
        "embed cutouts.fits -w encoder.safetensors -o features.parquet --device cuda",
        "embed pictures -w timm:resnet18.a1_in1k -o features.fits",
        "embed pictures --encoder shape -o shapes.fits",
    ),
)
@click.argument(
    "sets", metavar="SET|CATALOGUE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-w",
    "--weights",
    default="default",
    show_default=True,
    metavar="NAME",
    shell_complete=weights_names,
    help="Trained weights: a name of `sciarada weights list`, a file, or HUB:MODEL.",
)
@encoder_option()
@out_option("Table to make: .fits, .vot, .ecsv or .parquet.", "features.fits")
@click.option(
    "--average-views",
    is_flag=True,
    help="Average the vectors over 8 rotations and mirror images; takes 8 times as long.",
)
@click.option(
    "--two-crops",
    is_flag=True,
    help="Concatenate the vectors of the square around the source and of one twice as wide.",
)
@click.option(
    "--map",
    type=click.Choice(["pca", "umap", "none"]),
    default="pca",
    show_default=True,
    help="Method of the columns map_x and map_y, a map of the vectors.",
)
@seed_option("map")
@batch_option()
@device_option()
@hdu_option
@overwrite_option("a table that exists")
def command(
    sets: tuple[Path, ...],
    encoder: str | None,
    out: Path,
    overwrite: bool,
    **settings: Any,
) -> None:
    """Compute one feature vector per cutout, or per source of a CATALOGUE.

    A SET is an output of `sciarada cutouts`, or a folder of FITS or PNG images. For a CATALOGUE
    of `sciarada detect`, or the folder of its run, each source is cut out of its image, twice as
    wide as its size. The table has one row per cutout, with its name, position, image, file and
    label as far as they are known, a map of the vectors in two dimensions, and a column of vectors.
    """
    from sciarada.cli.progress import bars
    from sciarada.errors import OptionError
    from sciarada.nn.indistinct import indistinct_sentence
    from sciarada.pipelines.embed import EmbedSettings, run_embed

    if encoder is not None:
        if is_given("weights"):
            raise OptionError("--weights and --encoder choose two encoders: give one of them")
        settings["weights"] = encoder
    chosen = EmbedSettings(**settings)
    made = run_embed(sets, out, chosen, overwrite=overwrite, progress=bars(not is_quiet()))
    sentence = indistinct_sentence(made.meta["counts"])
    if sentence:
        logger.warning("%s", sentence)
    if not is_quiet():
        click.echo(
            f"{made.count} cutouts as vectors of {made.dimension} numbers by "
            f"{made.meta['model_id']}\n"
            f"table: {out} (`sciarada send {out}` shows it in TOPCAT)"
        )

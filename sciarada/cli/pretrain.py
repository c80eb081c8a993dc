"""``sciarada pretrain``: learn a representation from cutouts without labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sciarada.cli.completion import plugin_names, weights_names
from sciarada.cli.examples import examples
from sciarada.cli.image_options import hdu_option
from sciarada.cli.options import (
    batch_option,
    device_option,
    labels_table_options,
    overwrite_option,
    seed_option,
)
from sciarada.cli.renamed import RenamedOption
from sciarada.cli.value_options import out_option_beside_values, value_options
from sciarada.cli.verbosity import is_quiet


@click.command(
    "pretrain",
    epilog=examples(
        "pretrain set.parquet -o run --epochs 50",
        "pretrain set.zarr -o byol --encoder byol -O backbone=resnet50 --device cuda --devices 2",
        "pretrain set.zarr -o run --epochs 100 --resume",
    ),
)
@click.argument("sets", metavar="SET...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--encoder",
    default="simclr",
    show_default=True,
    metavar="NAME",
    shell_complete=plugin_names("encoder"),
    help="Encoder to train, as listed by `sciarada plugins`.",
)
@value_options("Option of the encoder, such as backbone=resnet50; may be repeated.", "encoder")
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME[:OPTION=VALUE,...]",
    shell_complete=plugin_names("augmentation"),
    help="Augmentation, instead of the default ones; may be repeated.",
)
@out_option_beside_values("Folder of the training.", default=Path("run"), show_default=True)
@click.option(
    "--init",
    metavar="NAME",
    shell_complete=weights_names,
    help="Weights to start from: a name or a file.",
)
@click.option("--name", default="encoder", show_default=True, help="Name of the weights.")
@click.option(
    "--npix",
    type=click.IntRange(16, 4096),
    default=64,
    show_default=True,
    help="Side in pixels of the cutouts for the network.",
)
@click.option(
    "--crop",
    cls=RenamedOption,
    formerly=("--frame",),
    type=click.Choice(["whole", "source"]),
    default="whole",
    show_default=True,
    help="What is used of each cutout: all of it, or the square around its central source.",
)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of passes through the set.",
)
@batch_option(2)
@click.option(
    "--warmup",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Number of epochs in which the learning rate rises.",
)
@click.option(
    "--optimiser",
    type=click.Choice(["adamw", "lars"]),
    default="adamw",
    show_default=True,
    help="Optimiser; lars is for batches of thousands.",
)
@click.option(
    "--learning-rate",
    cls=RenamedOption,
    formerly=("--rate",),
    type=click.FloatRange(0, min_open=True),
    default=1e-3,
    show_default=True,
    help="Learning rate for a batch of 256; it is scaled with the batch size.",
)
@click.option(
    "--weight-decay",
    type=click.FloatRange(0),
    default=1e-4,
    show_default=True,
    help="Factor of the decay of the weights.",
)
@click.option(
    "--clip",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Largest norm of the gradient; 0: no limit.",
)
@click.option(
    "--precision",
    default="32-true",
    show_default=True,
    help="Precision as named by Lightning Fabric: 32-true, bf16-mixed, 16-mixed.",
)
@device_option("--accelerator")
@click.option(
    "--devices",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of devices per node.",
)
@click.option(
    "--nodes", type=click.IntRange(1), default=1, show_default=True, help="Number of nodes."
)
@click.option("--streams", type=click.IntRange(1), default=1, hidden=True)
@hdu_option
@seed_option("weights on the same machine")
@click.option(
    "--checkpoint",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of epochs between two checkpoints.",
)
@click.option(
    "--simulated", is_flag=True, help="The SETs show no real sky: do not record their positions."
)
@click.option(
    "--labels",
    metavar="LABELS",
    help="A column of the set, or a table with one row per file or cutout_id.",
)
@labels_table_options
@click.option(
    "--cache",
    type=click.FloatRange(0),
    default=4.0,
    show_default=True,
    help="Memory for cutouts in GiB.",
)
@overwrite_option("an earlier training")
@click.option("--resume", is_flag=True, help="Continue from the checkpoint of a stopped training.")
def command(
    sets: tuple[Path, ...], out: Path, overwrite: bool, resume: bool, **settings: Any
) -> None:
    """Train an encoder on the cutouts of SETs, without labels.

    A SET is an output of `sciarada cutouts`, or a folder of FITS or PNG images. The output
    folder contains the configuration, a log with one line per epoch, the last checkpoint and,
    at the end, the weights as NAME.safetensors with their model card.
    """
    from sciarada.nn.training.settings import PretrainSettings
    from sciarada.pipelines.pretrain import run_pretrain

    chosen = PretrainSettings(**settings)
    show, close = _bar(not is_quiet())
    try:
        card = run_pretrain(sets, out, chosen, overwrite=overwrite, resume=resume, show=show)
    finally:
        close()
    if card is not None and not is_quiet():
        weights = out / f"{chosen.name}.safetensors"
        click.echo(
            f"trained {card.encoder} on {card.trained_on[0]['cutouts']} cutouts for "
            f"{chosen.epochs} epochs in {card.hours:.2f} h\n"
            f"weights: {weights}, log: {out / 'log.csv'}\n"
            f"next: sciarada embed SET --weights {weights}"
        )


def _bar(wanted: bool) -> tuple[Callable[[int, int, dict], None], Callable[[], None]]:
    """Return the display of a training on a terminal, and the function that closes it."""
    from tqdm import tqdm

    # disable=None: tqdm itself stays silent where stderr is not a terminal.
    bar = tqdm(desc="training", unit="step", leave=False, disable=None if wanted else True)

    def show(done: int, steps: int, numbers: dict[str, float]) -> None:
        bar.total = steps
        bar.set_postfix({name: f"{value:.3g}" for name, value in numbers.items()}, refresh=False)
        bar.update(done - bar.n)

    return show, bar.close

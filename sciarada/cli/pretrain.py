"""``sciarada pretrain``: learn a representation from cutouts without labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from sciarada.cli.renamed import RenamedOption
from sciarada.cli.value_options import value_options
from sciarada.cli.verbosity import is_quiet


@click.command("pretrain")
@click.argument("sets", metavar="SET...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--encoder", default="simclr", show_default=True, help="See `sciarada plugins`.")
@value_options("Option of the encoder, such as backbone=resnet50; again for more.")
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME[:OPTION=VALUE,...]",
    help="Augmentation to use in place of the usual ones; again for more.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("run"),
    show_default=True,
    help="Folder of the training.",
)
@click.option("--init", metavar="NAME", help="Weights to start from: a name or a file.")
@click.option("--name", default="encoder", show_default=True, help="What to call the weights.")
@click.option("--npix", type=click.IntRange(16, 4096), default=64, show_default=True)
@click.option(
    "--crop",
    cls=RenamedOption,
    formerly=("--frame",),
    type=click.Choice(["whole", "source"]),
    default="whole",
    show_default=True,
    help="What is used of each cutout: all of it, or the square around its central source.",
)
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True)
@click.option("--batch", type=click.IntRange(2), default=256, show_default=True)
@click.option("--warmup", type=click.IntRange(0), default=10, show_default=True, help="In epochs.")
@click.option(
    "--optimiser", type=click.Choice(["adamw", "lars"]), default="adamw", show_default=True
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
@click.option("--weight-decay", type=click.FloatRange(0), default=1e-4, show_default=True)
@click.option(
    "--clip",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Longest gradient; 0: any.",
)
@click.option(
    "--precision",
    default="32-true",
    show_default=True,
    help="As Lightning Fabric calls it: bf16-mixed, 16-mixed.",
)
@click.option("--accelerator", default="auto", show_default=True, help="cpu, cuda, mps or auto.")
@click.option("--devices", type=click.IntRange(1), default=1, show_default=True)
@click.option("--nodes", type=click.IntRange(1), default=1, show_default=True)
@click.option("--streams", type=click.IntRange(1), default=1, hidden=True)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True)
@click.option(
    "--checkpoint",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Epochs between two checkpoints.",
)
@click.option("--simulated", is_flag=True, help="The SETs are of no real sky: forget positions.")
@click.option("--labels", metavar="COLUMN", help="Labels of the set, for a score on the way.")
@click.option(
    "--cache",
    type=click.FloatRange(0),
    default=4.0,
    show_default=True,
    help="GiB of cutouts that may be kept in memory.",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier training.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint of a stopped training.")
def command(
    sets: tuple[Path, ...], out: Path, overwrite: bool, resume: bool, **settings: object
) -> None:
    """Train an encoder on the cutouts of SETs, without labels.

    A SET is what `sciarada cutouts` made, or a folder of FITS or PNG images. The folder of the
    training holds its configuration, a log of each epoch, the last checkpoint and, in the end,
    the weights as NAME.safetensors with their card.
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
    """Return what shows a training on a terminal, and what ends it."""
    from tqdm import tqdm

    # disable=None: tqdm itself stays silent where stderr is not a terminal.
    bar = tqdm(desc="training", unit="step", leave=False, disable=None if wanted else True)

    def show(done: int, steps: int, numbers: dict[str, float]) -> None:
        bar.total = steps
        bar.set_postfix({name: f"{value:.3g}" for name, value in numbers.items()}, refresh=False)
        bar.update(done - bar.n)

    return show, bar.close

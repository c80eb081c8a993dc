"""``sciarada probe``: compare encoders on labelled cutouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciarada.cli.aligned import aligned
from sciarada.cli.completion import plugin_names, weights_names
from sciarada.cli.examples import examples
from sciarada.cli.image_options import hdu_option
from sciarada.cli.options import (
    batch_option,
    device_option,
    encoder_option,
    is_given,
    labels_table_options,
    out_option,
    overwrite_option,
)
from sciarada.cli.renamed import RenamedOption
from sciarada.cli.value_types import ListOf, SideInPixels
from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from sciarada.evaluation.estimates import Estimate
    from sciarada.pipelines.probe import ProbeResult


@click.command(
    "probe",
    epilog=examples(
        "probe set.fits --labels class_name",
        "probe set.fits --labels table.csv --kind linear,knn --per-class 10,100 -o probe",
        "probe set.zarr --labels kind -w default -w timm:resnet18.a1_in1k -w scratch",
    ),
)
@click.argument("sets", metavar="SET...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--labels",
    required=True,
    metavar="LABELS",
    help="A column of the set, or a table with one row per file or cutout_id.",
)
@click.option(
    "-w",
    "--weights",
    multiple=True,
    default=("default",),
    show_default=True,
    metavar="[NAME=]WEIGHTS",
    shell_complete=weights_names,
    help="An encoder: weights as for `sciarada embed`, or scratch; may be repeated.",
)
@encoder_option(multiple=True)
@click.option(
    "--kind",
    "kinds",
    type=ListOf(str),
    default="linear",
    show_default=True,
    help="Kinds of probe: linear, knn or finetune, separated by commas.",
)
@click.option(
    "--fractions",
    type=ListOf(float),
    metavar="F,F,...",
    help="Fractions of the labels to learn from.  [default: 1, without --per-class]",
)
@click.option(
    "--per-class",
    metavar="N,N,...",
    type=ListOf(int),
    help="Numbers of labels of each class to learn from.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Number of random draws of labels.",
)
@labels_table_options
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Only cutouts with this value; may be repeated.",
)
@click.option(
    "--classes",
    metavar="NAME,NAME,...",
    type=ListOf(str),
    help="Only these classes, separated by commas.",
)
@click.option(
    "--split",
    metavar="COLUMN",
    help="Column that says train, valid or test; without it, folds are used.",
)
@click.option(
    "--test-on",
    type=click.Choice(["test", "valid"]),
    help="Part of --split to test on.  [default: test where there is any]",
)
@click.option(
    "--folds",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Number of folds of the cross-validation.",
)
@click.option(
    "--npix",
    type=SideInPixels(),
    metavar="N|own",
    help="Side in pixels of the cutouts for all encoders; own: as in the training of each.",
)
@click.option("--balanced", is_flag=True, help="Give every class the same weight.")
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="Number of epochs of finetune.",
)
@click.option(
    "--steps",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Smallest number of steps of finetune.",
)
@click.option(
    "--learning-rate",
    cls=RenamedOption,
    formerly=("--rate",),
    type=click.FloatRange(0, min_open=True),
    default=5e-4,
    show_default=True,
    help="Learning rate of finetune.",
)
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="NAME[:OPTION=VALUE,...]",
    shell_complete=plugin_names("augmentation"),
    help="Augmentation of finetune; may be repeated.",
)
@batch_option()
@device_option()
@hdu_option
@click.option(
    "--allow-leakage", is_flag=True, help="Test also on cutouts that an encoder was trained on."
)
@out_option("Folder of the products.", "probe")
@overwrite_option("an earlier probe")
def command(
    sets: tuple[Path, ...],
    out: Path,
    overwrite: bool,
    epochs: int,
    steps: int,
    learning_rate: float,
    views: tuple[str, ...],
    fractions: tuple[float, ...] | None,
    per_class: tuple[int, ...] | None,
    classes: tuple[str, ...] | None,
    encoder: tuple[str, ...],
    **settings: Any,
) -> None:
    """Compare encoders by classifiers trained on the labelled cutouts of SETs.

    All encoders are given the same cutouts, trained with the same labels and tested on the same
    held-out cutouts. `scratch` is the network of the first encoder with random weights. The
    output folder contains summary.fits, runs.fits with one row per training, differences,
    confusion, predictions, probe.png and report.html.
    """
    from sciarada.cli.progress import bars
    from sciarada.nn.probes.settings import FineTuneSettings, ProbeSettings
    from sciarada.pipelines.probe import run_probe

    if encoder:
        settings["weights"] = (*(settings["weights"] if is_given("weights") else ()), *encoder)
    tuning = FineTuneSettings(epochs=epochs, steps=steps, learning_rate=learning_rate)
    if views:
        tuning = replace(tuning, views=views)
    chosen = ProbeSettings(
        fractions=fractions or (() if per_class else (1.0,)),
        per_class=per_class or (),
        classes=classes or (),
        fine_tuning=tuning,
        **settings,
    )
    result = run_probe(sets, out, chosen, overwrite=overwrite, progress=bars(not is_quiet()))
    if not is_quiet():
        click.echo(summary(result))


def summary(result: ProbeResult) -> str:
    """Return a table with one line per probe and number of labels, and the path of the page."""
    counts = result.run["counts"]
    lines = [["CONTENDER", "KIND", "LABELS", "MACRO F1", "ACCURACY", "ECE"]]
    for score in result.scores:
        macro_f1, accuracy = (_share(score.estimate(name)) for name in ("macro_f1", "accuracy"))
        ece = score.estimate("ece")
        labels = f"{score.labels} ({score.amount})"
        lines.append([score.contender, score.kind, labels, macro_f1, accuracy, f"{ece.value:.3f}"])
    return "\n".join(
        [
            f"{counts['tested']} cutouts of {len(counts['classes'])} classes tested on, "
            f"{len(result.run['protocol']['seeds'])} draws of labels (95 % ranges in brackets)",
            *aligned(lines),
            f"products: {result.out}/ (look at probe.png and report.html)",
        ]
    )


def _share(estimate: Estimate) -> str:
    return f"{100 * estimate.value:.1f} % ({100 * estimate.low:.1f}-{100 * estimate.high:.1f})"

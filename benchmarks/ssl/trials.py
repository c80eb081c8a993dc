"""Train encoders for a short time that differ in one choice each.

``python -m benchmarks.ssl.trials WORK [NAME ...]``: method, start, set, views, network, channels.
Those after ImageNet need ``WORK/imagenet-start.safetensors``, from `benchmarks.ssl.imagenet_start`.
What is done already is not done again: a training that was stopped goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.ssl import training_sets
from benchmarks.ssl.training_sets import FEW_SKIES, NOT_FIRST, sciarada

VIEWS = ("resized_crop:area=0.6,1.0", "rotation", "flip", "blur:probability=0.3", "jitter")
RADIO_VIEWS = (*VIEWS, "beam", "beam_noise", "stretch")
SMALL = ("backbone=regnet_y_400mf", "stem=standard", "channels=sky3")
LITE = ("backbone=efficientnet_lite0", "stem=standard", "channels=sky3")
SHOWN = ("--npix", 64, "--crop", "source", "--batch", 128, "--epochs", 4, "--warmup", 1)
TRAINED = ("--learning-rate", 2e-3, "--weight-decay", 1e-2, "--device", "cpu")
OF_METHOD = {
    "simclr": ("temperature=0.2", "hidden=1024", "outputs=128"),
    "byol": ("momentum=0.98",),
    "all4one": ("momentum=0.98", "hidden=1024", "predictor_hidden=1024", "support=4096"),
    "supervised": (),
}


@dataclass(frozen=True)
class Trial:
    """One training.

    Parameters
    ----------
    name : str
    method : str
        Encoder plugin.
    sets : {'all', 'sources', 'random', 'real'}
        Real and simulated cutouts; simulated ones about sources, or at random positions of the
        same skies; real ones.
    start : str
        Trial whose weights it starts from, ``imagenet``, or nothing for random ones.
    options : tuple of str
        Of the encoder, in place of `SMALL`.
    more : tuple of str
        Further options of the method.
    views : tuple of str
    labels : bool
        Whether the classes of simulated cutouts are learned.
    """

    name: str
    method: str = "simclr"
    sets: str = "all"
    start: str = ""
    options: tuple[str, ...] = SMALL
    more: tuple[str, ...] = ()
    views: tuple[str, ...] = VIEWS
    labels: bool = False


TRIALS = (
    Trial("simclr"),
    Trial("mixed", more=("label_weight=1",), labels=True),
    Trial("supervised", "supervised", "sources", labels=True),
    Trial("byol", "byol"),
    Trial("all4one", "all4one"),
    Trial("simclr-sources", sets="sources"),
    Trial("simclr-random", sets="random"),
    Trial("simclr-real", sets="real"),
    Trial("simclr-after-supervised", start="supervised"),
    Trial("simclr-after-imagenet", start="imagenet", options=LITE),
    Trial("simclr-rsv", views=(*VIEWS, "rsv")),
    Trial("simclr-radio", views=RADIO_VIEWS),
    Trial("simclr-emission3", options=(*SMALL[:2], "channels=emission3")),
    Trial("simclr-resnet18", options=("backbone=resnet18", *SMALL[1:])),
    Trial(
        "mixed-after-imagenet",
        start="imagenet",
        options=LITE,
        more=("label_weight=1",),
        labels=True,
    ),
)


def weights_of(work: Path, name: str) -> Path:
    """Return where the weights of a trial are, or will be."""
    if name == "imagenet":
        return work / "imagenet-start.safetensors"
    return work / "trials" / name / f"{name}.safetensors"


def train(work: Path, trial: Trial) -> Path:
    """Train, or go on with a stopped training; return the weights."""
    weights = weights_of(work, trial.name)
    if weights.exists():
        return weights
    options = (*trial.options, *OF_METHOD[trial.method], *trial.more)
    words = [*SHOWN, *TRAINED]
    words += [word for option in options for word in ("-O", option)]
    words += [word for view in trial.views for word in ("--view", view)]
    if trial.labels:
        words += ["--labels", training_sets.simulated_labels(work, FEW_SKIES)]
    if trial.sets in ("sources", "random"):
        words += ["--simulated"]
    if trial.start:
        words += ["--init", weights_of(work, trial.start)]
    sciarada(
        "pretrain", *_sets(work, trial.sets), "--encoder", trial.method, *words,
        "--name", trial.name, "--out", weights.parent, "--resume",
    )  # fmt: skip
    return weights


def _sets(work: Path, which: str) -> list[Path]:
    if which == "random":
        return training_sets.random_sets(work, FEW_SKIES)
    found = [] if which == "real" else training_sets.source_centred_sets(work, FEW_SKIES)
    if which in ("all", "real"):
        found += training_sets.real_sets(work, NOT_FIRST)
    return found


@click.command(help=__doc__)
@click.argument("work", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, type=click.Choice([trial.name for trial in TRIALS]))
def main(work: Path, names: tuple[str, ...]) -> None:
    """Train all, or some."""
    for trial in TRIALS:
        if not names or trial.name in names:
            print(f"{trial.name}={train(work, trial)}", flush=True)


if __name__ == "__main__":
    main()

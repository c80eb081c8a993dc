"""Train the encoders that come with SCIARADA: ``python -m benchmarks.ssl.train_bundled WORK``.

First simulated skies, whose labels cost nothing, teach a network; then SimCLR and BYOL go on from
it with real images, without labels and without the positions of `first_rgd`'s valid part. What is
done already is not done again: a training that was stopped goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.ssl.training_sets import real_sets, sciarada, source_centred_sets

SKIES = (
    *(("first", seed) for seed in range(21, 28)),
    *((survey, 31) for survey in ("emu", "lotss", "mgcls", "vlass")),
)
VIEWS = ("resized_crop:area=0.6,1.0", "rotation", "flip", "blur:probability=0.3", "jitter")
SHOWN = ("-O", "channels=emission3", "--npix", "32", "--crop", "source")
SUPERVISED = ("--epochs", "10", "--warmup", "1", "--batch", "128", "--learning-rate", "4e-3")
SUPERVISED += ("--weight-decay", "1e-2", "--labels", "label", "--simulated")
GOING_ON = ("--epochs", "2", "--warmup", "0", "--batch", "256", "--learning-rate", "5e-4")
GOING_ON += (
    "--weight-decay",
    "1e-2",
)
ENCODERS = {"simclr": ("-O", "temperature=0.2"), "byol": ()}


def train(work: Path, name: str, encoder: str, sets: Sequence[Path], *settings: str) -> Path:
    """Return trained weights."""
    weights = work / name / f"{name}.safetensors"
    if not weights.exists():
        views = [word for view in VIEWS for word in ("--view", view)]
        sciarada(
            "pretrain", *sets, "--encoder", encoder, *SHOWN, *settings, *views,
            "--name", name, "--out", work / name, "--resume",
        )  # fmt: skip
    return weights


def main() -> None:
    """Train all, each from the same start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="folder for skies, sets and trainings")
    work = parser.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    start = train(
        work, "supervised-32", "supervised", source_centred_sets(work, SKIES), *SUPERVISED
    )
    real = real_sets(work)
    for encoder, options in ENCODERS.items():
        train(work, f"{encoder}-32", encoder, real, *options, *GOING_ON, "--init", str(start))


if __name__ == "__main__":
    main()

"""Train the encoders that come with SCIARADA: ``python -m benchmarks.ssl.train_bundled WORK``.

First simulated skies, whose labels cost nothing, teach a network; then SimCLR and BYOL go on from
it with real images, without labels and without the positions of `first_rgd`'s valid part. What is
done already is not done again: a training that was stopped goes on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from astropy.table import Table

DATA = Path("../shared/data")
SKIES = [("first", seed) for seed in range(21, 28)] + [
    (survey, 31) for survey in ("emu", "lotss", "mgcls", "vlass")
]
NUMBERS = {
    "fr1": 200,
    "fr2": 300,
    "wide_angle_tail": 150,
    "narrow_angle_tail": 100,
    "head_tail": 60,
    "hybrid": 40,
    "symmetric_double": 100,
    "core_dominated": 60,
    "one_sided": 40,
    "point": 100,
    "star_forming_disc": 60,
    "x_shaped": 30,
    "odd_radio_circle": 20,
}
REAL = {
    "rgd": ("first_rgd", "labels_dev.csv"),
    "mirabest": ("first_mirabest", "labels_dev.csv"),
    "lotss": ("lotss_som", "cutouts_dev.csv"),
    "mgcls": ("mgcls_protege", "catalogue_dev.csv"),
}
NOT_SHOWN = "rgd_valid.csv"  # positions that no real cutout may show
RADIUS = 270  # arcsec, half a cutout of first_rgd
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


def sciarada(*arguments: object) -> None:
    """Run a command of the installed package, and stop if it fails."""
    words = [str(argument) for argument in arguments]
    print("sciarada", *words, flush=True)
    subprocess.run([sys.executable, "-m", "sciarada", *words], check=True)


def simulated_sets(work: Path) -> list[Path]:
    """Return sets of labelled cutouts, one per simulated sky."""
    numbers = [word for name, n in NUMBERS.items() for word in ("-O", f"number.{name}={n}")]
    made = []
    for survey, seed in SKIES:
        sky, path = work / f"{survey}{seed}", work / f"sky_{survey}{seed}.fits"
        made.append(path)
        if path.exists():
            continue
        sciarada(
            "simulate", "--out", sky, "--survey", survey, "--size", 4096, "--seed", seed,
            "--number", 300, *numbers, "--overwrite",
        )  # fmt: skip
        sciarada(
            "cutouts", sky / "image.fits", "--sampler", "centred",
            "--catalogue", sky / "truth.fits",
            "--size", 150, "--snr", 6, "--label", "morphology", "-o", path,
        )  # fmt: skip
    return made


def real_sets(work: Path) -> list[Path]:
    """Return sets of real cutouts that show nothing of the valid part of `first_rgd`."""
    table = Table.read(DATA / "first_rgd" / "labels_dev.csv")
    valid = work / NOT_SHOWN
    table[table["split"] == "valid"].write(valid, overwrite=True)
    made = []
    for name, (folder, about) in REAL.items():
        path = work / f"{name}.fits"
        made.append(path)
        if not path.exists():
            sciarada(
                "cutouts", DATA / folder / "dev", "--about", DATA / folder / about,
                "--exclude", valid, "--radius", RADIUS, "-o", path,
            )  # fmt: skip
    return made


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
    start = train(work, "supervised-32", "supervised", simulated_sets(work), *SUPERVISED)
    real = real_sets(work)
    for encoder, options in ENCODERS.items():
        train(work, f"{encoder}-32", encoder, real, *options, *GOING_ON, "--init", str(start))


if __name__ == "__main__":
    main()

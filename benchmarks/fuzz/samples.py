"""Sound inputs of every kind, made once by the product itself and then copied and damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from sciarada.io.manifest import DIGEST, FILES
from sciarada.simulation.survey_file import survey_path

SIMULATED, DETECTED, PICTURES = "simulated", "detected", "pictures"
TINY, FEATURES, TRAINING, SURVEY = "weights/tiny.safetensors", "features.fits", "run", "emu.toml"
FORMATS = ("fits", "vot", "ecsv", "parquet")
CLASSES = ("compact", "extended")
COUNT, SIDE = 12, 24  # pictures, pixels
SMALL = ("backbone=regnet_y_400mf", "hidden=8", "outputs=4")
TRAINED = (
    *(text for option in SMALL for text in ("--option", option)),
    *("--npix", "16", "--epochs", "1", "--batch", "6", "--warmup", "0", "--view", "flip"),
    *("--device", "cpu"),
)
"""Options of a training of seconds."""
_DONE = "complete"


def samples(work: Path, trained: bool = True) -> Path:
    """Return the folder of sound inputs, made where it is not there yet.

    Without ``trained`` there are no weights, and no trials that need any.
    """
    folder = work / "samples"
    if not (folder / _DONE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _simulated_and_detected(folder)
        _pictures(folder)
        _sets(folder)
        if trained:
            _weights(folder)
            _training(folder)
        shutil.copy(survey_path("emu"), folder / SURVEY)
        (folder / _DONE).touch()
    return folder


def copied(path: Path, folder: Path) -> Path:
    """Copy a sound file or folder into the folder of a trial."""
    if path.is_dir():
        return Path(shutil.copytree(path, folder / path.name))
    return Path(shutil.copy(path, folder / path.name))


def sciarada(folder: Path, *arguments: str) -> None:
    """Run ``sciarada`` in a folder."""
    environment = os.environ | {"SCIARADA_WEIGHTS": str(folder / "weights")}
    subprocess.run(
        [sys.executable, "-m", "sciarada", "--quiet", *arguments],
        cwd=folder, env=environment, check=True,
    )  # fmt: skip


def _simulated_and_detected(folder: Path) -> None:
    sciarada(folder, "simulate", "--out", SIMULATED, "--size", "128", "--workers", "1", "--parquet")
    image = f"{SIMULATED}/image.fits"
    sciarada(folder, "detect", image, "--out", DETECTED, "--workers", "1", "--parquet")


def _pictures(folder: Path) -> None:
    """Make PNGs in a folder for each class, and tables of their labels and positions."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    labels, about = ["file,class_name"], ["file,ra,dec"]
    for number in range(COUNT):
        name = CLASSES[number % 2]
        width = (2.0, 4.0)[number % 2]
        values = random.normal(40, 6, (SIDE, SIDE)) + 150 * np.exp(-(x**2 + y**2) / width**2)
        path = folder / PICTURES / name / f"s{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path)
        labels.append(f"{name}/{path.name},{name}")
        about.append(f"{name}/{path.name},{150 + number / 10},{-30 + number / 10}")
    (folder / "labels.csv").write_text("\n".join(labels) + "\n")
    (folder / "about.csv").write_text("\n".join(about) + "\n")


def _sets(folder: Path) -> None:
    sampler = ("--sampler", "random", "--number", "12", "--size", "24")
    for ending in FORMATS:
        out = ("--out", f"set.{ending}", "--overwrite")  # set.reg is there after the first
        sciarada(folder, "cutouts", f"{SIMULATED}/image.fits", *sampler, *out)
    sciarada(
        folder, "cutouts", "set.fits", "--materialise", "24", "--out", "set.zarr", "--overwrite"
    )


def _weights(folder: Path) -> None:
    """Train the smallest network for a moment, and make features with it."""
    (folder / "weights").mkdir()
    sciarada(folder, "pretrain", PICTURES, *TRAINED, "--out", "trained", "--name", "tiny")
    for ending in ("safetensors", "json"):
        (folder / "trained" / f"tiny.{ending}").rename(folder / "weights" / f"tiny.{ending}")
    shutil.rmtree(folder / "trained")
    sciarada(folder, "embed", PICTURES, "-w", TINY, "--out", FEATURES)


def _training(folder: Path) -> None:
    """Make a training that has come to its last step, but not to its end."""
    sciarada(folder, "pretrain", PICTURES, *TRAINED, "--out", TRAINING)
    for weights in (folder / TRAINING).glob("encoder.*"):
        weights.unlink()
    path = folder / TRAINING / "configuration.json"
    written = json.loads(path.read_text())
    path.write_text(json.dumps({k: v for k, v in written.items() if k not in (FILES, DIGEST)}))

"""Sound inputs of every kind, made once by the product itself and then copied and damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

SIMULATED, DETECTED, PICTURES = "simulated", "detected", "pictures"
FORMATS = ("fits", "vot", "ecsv", "parquet")
CLASSES = ("compact", "extended")
COUNT, SIDE = 12, 24  # pictures, pixels
_DONE = "complete"


def samples(work: Path) -> Path:
    """Return the folder of sound inputs, made where it is not there yet."""
    folder = work / "samples"
    if not (folder / _DONE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _simulated_and_detected(folder)
        _pictures(folder)
        _sets(folder)
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
    sciarada(folder, "simulate", SIMULATED, "--size", "128", "--workers", "1", "--parquet")
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
    hulk = ("--sampler", "hulk", "--number", "12", "--size", "24")
    for ending in FORMATS:
        out = ("--out", f"set.{ending}", "--overwrite")  # set.reg is there after the first
        sciarada(folder, "cutouts", f"{SIMULATED}/image.fits", *hulk, *out)
    sciarada(
        folder, "cutouts", "set.fits", "--materialise", "24", "--out", "set.zarr", "--overwrite"
    )

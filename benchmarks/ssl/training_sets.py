"""Sets to train encoders on: simulated skies, and the real cutouts that no test shows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from astropy.table import Table, vstack

Skies = Sequence[tuple[str, int]]

DATA = Path("../shared/data")
SKIES = (
    *(("first", seed) for seed in range(21, 25)),
    *((survey, 31) for survey in ("emu", "lotss", "mgcls", "vlass")),
    ("mgcls", 32),
)
FEW_SKIES = (("first", 21), ("first", 22), ("mgcls", 31), ("emu", 31))
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
NOT_FIRST = ("lotss", "mgcls")
NOT_SHOWN = "rgd_valid.csv"  # positions that no real cutout may show
RADIUS = 270  # arcsec, half a cutout of first_rgd
RANDOM_SIZE = 150  # pixels, of cutouts at random positions


def sciarada(*arguments: object) -> None:
    """Run a command of the installed package, and stop if it fails."""
    words = [str(argument) for argument in arguments]
    print("sciarada", *words, flush=True)
    subprocess.run([sys.executable, "-m", "sciarada", *words], check=True)


def simulated_skies(work: Path, skies: Skies = SKIES) -> list[Path]:
    """Return the folders of simulated skies."""
    numbers = [word for name, n in NUMBERS.items() for word in ("-O", f"number.{name}={n}")]
    made = []
    for survey, seed in skies:
        sky = work / f"{survey}{seed}"
        made.append(sky)
        if not sky.exists():
            sciarada(
                "simulate", "--out", sky, "--survey", survey, "--size", 4096, "--seed", seed,
                "--number", 300, *numbers,
            )  # fmt: skip
    return made


def source_centred_sets(work: Path, skies: Skies = SKIES) -> list[Path]:
    """Return sets of labelled cutouts about sources, one per simulated sky."""
    return [_source_centred(work, sky) for sky in simulated_skies(work, skies)]


def _source_centred(work: Path, sky: Path) -> Path:
    path = work / f"sky_{sky.name}.fits"
    if not path.exists():
        sciarada(
            "cutouts", sky / "image.fits", "--sampler", "centred",
            "--catalogue", sky / "truth.fits",
            "--size", 150, "--snr", 6, "--label", "morphology", "-o", path,
        )  # fmt: skip
    return path


def random_sets(work: Path, skies: Skies = SKIES) -> list[Path]:
    """Return sets of cutouts at random positions, as many per sky as it has about sources."""
    made = []
    for sky in simulated_skies(work, skies):
        path = work / f"random_{sky.name}.fits"
        made.append(path)
        if not path.exists():
            sciarada(
                "cutouts", sky / "image.fits", "--sampler", "random", "--size", RANDOM_SIZE,
                "--number", len(Table.read(_source_centred(work, sky))), "-o", path,
            )  # fmt: skip
    return made


def real_sets(work: Path, names: Sequence[str] = tuple(REAL)) -> list[Path]:
    """Return sets of real cutouts that show nothing of the valid part of `first_rgd`."""
    table = Table.read(DATA / "first_rgd" / "labels_dev.csv")
    valid = work / NOT_SHOWN
    table[table["split"] == "valid"].write(valid, overwrite=True)
    made = []
    for name in names:
        folder, about = REAL[name]
        path = work / f"{name}.fits"
        made.append(path)
        if not path.exists():
            sciarada(
                "cutouts", DATA / folder / "dev", "--about", DATA / folder / about,
                "--exclude", valid, "--radius", RADIUS, "-o", path,
            )  # fmt: skip
    return made


def simulated_labels(work: Path, skies: Skies = SKIES) -> Path:
    """Return a table with the class of each simulated cutout; it has none of the real ones."""
    path = work / f"labels_of_{len(skies)}_skies.ecsv"
    tables = [Table.read(each)["cutout_id", "label"] for each in source_centred_sets(work, skies)]
    labels = vstack(tables, metadata_conflicts="silent")
    labels[labels["label"] != ""].write(path, overwrite=True)
    return path

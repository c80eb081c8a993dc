"""Damaged tables: catalogues, truth, sets, labels, positions and features, in every format."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz.damage import OF_FILES
from benchmarks.fuzz.odd_values import any_of, cell_edited, line_edited
from benchmarks.fuzz.samples import DETECTED, FEATURES, FORMATS, PICTURES, SIMULATED, TINY, copied
from benchmarks.fuzz.table_edits import OF_TABLES
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.pipelines.evaluate",
    "sciarada.pipelines.cutouts",
    "sciarada.pipelines.embed",
    "sciarada_simclr.pretrainer",
    "torchvision",
    "sciarada.pipelines.probe",
    "sciarada.cutouts.zarr_set",
)
OUTPUTS = ("out", "out.fits", "out.reg", "out.vot")
OF_TEXT = (cell_edited, line_edited)


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one damaged table."""
    ending = any_of(FORMATS, steps.random)
    use = any_of(_USES if (samples / TINY).exists() else _UNTRAINED, steps.random)
    path, arguments = use(ending, samples, folder)
    damages = OF_FILES + 3 * (OF_TEXT if path.suffix == ".csv" else OF_TABLES)
    for damage, random in steps.choose(damages):
        if path.is_file():
            damage(path, random)
    names = (path.name, path.name.replace("catalogue", "catalogue.components"))
    return Trial(arguments, names, tuple(steps.done), OUTPUTS)


def _catalogue(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / DETECTED / f"catalogue.{ending}", folder)
    if (beside := samples / DETECTED / f"catalogue.components.{ending}").exists():
        copied(beside, folder)
    truth = copied(samples / SIMULATED, folder)
    return path, ("evaluate", path.name, "--truth", truth.name, "--out", "out")


def _truth(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / SIMULATED / f"truth.{ending}", folder)
    if (beside := samples / SIMULATED / f"truth.components.{ending}").exists():
        copied(beside, folder)
    found = copied(samples / DETECTED, folder)
    return path, ("evaluate", found.name, "--truth", path.name, "--out", "out")


def _set(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    copied(samples / SIMULATED, folder)
    path = copied(samples / f"set.{ending}", folder)
    return path, ("cutouts", path.name, "--out", "out.fits")


def _embedded(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path, _ = _set(ending, samples, folder)
    return path, ("embed", path.name, "-w", str(samples / TINY), "--out", "out.fits")


def _of_catalogue(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path, _ = _catalogue(ending, samples, folder)
    return path, ("cutouts", path.name, "--out", "out.fits")


def _banner(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path, _ = _catalogue(ending, samples, folder)
    image = f"{SIMULATED}/image.fits"
    sampler = ("--sampler", "centred", "--catalogue", path.name)
    return path, ("cutouts", image, *sampler, "--out", "out.fits")


def _excluded(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path, _ = _catalogue(ending, samples, folder)
    copied(samples / "set.fits", folder)
    return path, ("cutouts", "set.fits", "--exclude", path.name, "--out", "out.fits")


def _labels(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / "labels.csv", folder)
    return path, ("evaluate", path.name, "--truth", str(samples / "labels.csv"),
                  "--score", "classes", "--out", "out")  # fmt: skip


def _true_labels(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / "labels.csv", folder)
    return path, ("evaluate", str(samples / "labels.csv"), "--truth", path.name,
                  "--score", "classes", "--out", "out")  # fmt: skip


def _probed(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / "labels.csv", folder)
    how = ("--kind", "knn", "--seeds", "1", "--folds", "2", "-w", str(samples / TINY))
    return path, ("probe", str(samples / PICTURES), "--labels", path.name, *how, "--out", "out")


def _about(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / "about.csv", folder)
    copied(samples / PICTURES, folder)
    return path, ("cutouts", PICTURES, "--about", path.name, "--out", "out.fits")


def _features(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / FEATURES, folder)
    copied(samples / PICTURES, folder)
    return path, ("cutouts", PICTURES, "--exclude", path.name, "--out", "out.fits")


_UNTRAINED = (
    _catalogue, _truth, _set, _of_catalogue, _banner, _excluded, _labels, _true_labels, _about,
)  # fmt: skip
_USES = (*_UNTRAINED, _embedded, _probed, _features)

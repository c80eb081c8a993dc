"""Damaged tables: catalogues, sets of cutouts, labels and truth, in every format."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz.damage import OF_FILES
from benchmarks.fuzz.samples import DETECTED, FORMATS, SIMULATED, copied
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = ("sciarada.pipelines.evaluate", "sciarada.pipelines.cutouts")


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one damaged table."""
    ending = FORMATS[int(steps.random.integers(len(FORMATS)))]
    use = _USES[int(steps.random.integers(len(_USES)))]
    path, trial = use(ending, samples, folder)
    for damage, random in steps.choose(OF_FILES):
        if path.is_file():
            damage(path, random)
    return Trial(trial, (path.name, ending), tuple(steps.done), ("out", "out.fits", "out.reg"))


def _catalogue(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / DETECTED / f"catalogue.{ending}", folder)
    truth = copied(samples / SIMULATED, folder)
    return path, ("evaluate", path.name, "--truth", truth.name, "--out", "out")


def _truth(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = copied(samples / SIMULATED / f"truth.{ending}", folder)
    found = copied(samples / DETECTED, folder)
    return path, ("evaluate", found.name, "--truth", path.name, "--out", "out")


def _set(ending: str, samples: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    copied(samples / SIMULATED, folder)
    path = copied(samples / f"set.{ending}", folder)
    return path, ("cutouts", path.name, "--out", "out.fits")


_USES = (_catalogue, _truth, _set)

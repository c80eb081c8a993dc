"""Damaged Zarr stores of cutouts."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz.damage import OF_FILES
from benchmarks.fuzz.odd_values import any_of, json_edited, json_odd
from benchmarks.fuzz.samples import TINY, copied
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.pipelines.cutouts",
    "sciarada.pipelines.embed",
    "sciarada_simclr.pretrainer",
    "torchvision",
    "sciarada.cutouts.zarr_set",
)


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one damaged store."""
    store = copied(samples / "set.zarr", folder)
    files = sorted(path for path in store.rglob("*") if path.is_file())
    documents = [path for path in files if path.name == "zarr.json"]
    for damage, random in steps.choose((*OF_FILES, *[json_edited] * 12, json_odd), most=3):
        path = any_of(tuple(documents if damage in (json_edited, json_odd) else files), random)
        if path.is_file():
            damage(path, random)
    embed = ("embed", store.name, "-w", str(samples / TINY), "--out", "out.fits")
    arguments = any_of(
        (
            ("cutouts", store.name, "--materialise", "16", "--out", "out.zarr"),
            *([embed] if (samples / TINY).exists() else []),
        ),
        steps.random,
    )
    return Trial(arguments, (store.name,), tuple(steps.done), ("out.fits", "out.zarr"))

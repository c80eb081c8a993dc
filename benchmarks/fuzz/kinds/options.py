"""Options with odd values, of every command, on sound input."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import click
import numpy as np

from benchmarks.fuzz.odd_values import TEXTS, any_of
from benchmarks.fuzz.samples import DETECTED, PICTURES, SIMULATED, TINY, TRAINED, copied
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.pipelines.detect", "sciarada.pipelines.evaluate", "sciarada.pipelines.cutouts",
    "sciarada.pipelines.embed", "sciarada.pipelines.probe", "sciarada.pipelines.pretrain",
    "sciarada.pipelines.simulate",
)  # fmt: skip
IMAGE = f"{SIMULATED}/image.fits"
NUMBERS = (
    "0", "-1", "1", "2", "nan", "inf", "-inf", "1e400", "1e308", "1e-320", "0.5", "", "١",
    "9" * 12, "9" * 25, "1e12", "2147483648", "1_0", " 3 ", "0x10", "three", "1,2",
)  # fmt: skip
NAMED = {  # what `NAME=VALUE` takes of each command
    "detect": ("peak_sigma", "grow_sigma", "min_pixels", "island_sigma", "x"),
    "simulate": ("noise.rms", "counts.density", "beam.major", "field.pixel_scale", "x"),
    "pretrain": ("hidden", "outputs", "temperature", "backbone", "channels", "stem", "x"),
}


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one command with one or two odd options."""
    name = any_of(tuple(_COMMANDS), steps.random)
    copied(samples / SIMULATED, folder)
    arguments = list(_COMMANDS[name](samples, folder))
    options = [option for option in _options(name) if not option.is_flag and not option.is_eager]
    names: list[str] = []
    for option, random in steps.choose(tuple(map(_Odd, options))):
        value = option.value(name, random)
        arguments += [option.flag, value]
        names += [option.flag, option.name, value.partition("=")[0] or option.flag]
    return Trial(tuple(arguments), tuple(names), tuple(steps.done), ("out", "out.fits"))


class _Odd:
    """An option that is given an odd value."""

    def __init__(self, option: click.Option) -> None:
        self.flag = max(option.opts, key=len)
        self.name = option.name or ""
        self.__name__ = self.flag
        self._kind = option.type

    def value(self, command: str, random: np.random.Generator) -> str:
        """Return an odd value."""
        if self.flag == "--option" and command in NAMED and random.random() < 0.8:
            return f"{any_of(NAMED[command], random)}={any_of((*NUMBERS, *TEXTS), random)}"
        numeric = isinstance(self._kind, click.types.IntParamType | click.types.FloatParamType)
        return any_of(NUMBERS if numeric or random.random() < 0.4 else TEXTS, random)


@cache
def _options(name: str) -> tuple[click.Option, ...]:
    command = importlib.import_module(f"sciarada.cli.{name}").command
    if isinstance(command, click.Group):
        command = command.commands["show"]
    return tuple(each for each in command.params if isinstance(each, click.Option))


def _detected(samples: Path, folder: Path) -> tuple[str, ...]:
    return ("detect", IMAGE, "--out", "out", "--workers", "1")


def _shown(samples: Path, folder: Path) -> tuple[str, ...]:
    return ("info", IMAGE)


def _simulated(samples: Path, folder: Path) -> tuple[str, ...]:
    return ("simulate", "--out", "out", "--size", "128", "--workers", "1")


def _evaluated(samples: Path, folder: Path) -> tuple[str, ...]:
    copied(samples / DETECTED, folder)
    return ("evaluate", DETECTED, "--truth", SIMULATED, "--out", "out")


def _cut(samples: Path, folder: Path) -> tuple[str, ...]:
    return (
        "cutouts",
        IMAGE,
        "--out",
        "out.fits",
        "--sampler",
        "random",
        "--size",
        "16",
        "--number",
        "20",
    )


def _embedded(samples: Path, folder: Path) -> tuple[str, ...]:
    return ("embed", str(samples / PICTURES), "--weights", str(samples / TINY), "--out", "out.fits")


def _probed(samples: Path, folder: Path) -> tuple[str, ...]:
    how = ("--kind", "knn", "--seeds", "1", "--folds", "2", "--weights", str(samples / TINY))
    labels = ("--labels", str(samples / "labels.csv"))
    return ("probe", str(samples / PICTURES), *labels, *how, "--out", "out")


def _trained(samples: Path, folder: Path) -> tuple[str, ...]:
    return ("pretrain", str(samples / PICTURES), *TRAINED, "--out", "out", "--epochs", "1")


_COMMANDS = {
    "detect": _detected, "info": _shown, "simulate": _simulated, "evaluate": _evaluated,
    "cutouts": _cut, "embed": _embedded, "probe": _probed, "pretrain": _trained,
}  # fmt: skip

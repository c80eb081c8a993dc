"""Try many seeds of a kind in processes of their own, and keep what is at fault."""

from __future__ import annotations

import functools
import importlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.fuzz.judging import SOUND, Outcome, judge, refusals
from benchmarks.fuzz.running import Ended, run_forked
from benchmarks.fuzz.samples import samples
from benchmarks.fuzz.trial import Steps, Trial

_PRELOADED = ("numpy", "astropy.table", "astropy.wcs", "sciarada.cli.main")


@dataclass(frozen=True)
class Result:
    """What came of one trial, in plain values."""

    kind: str
    seed: int
    outcome: Outcome
    arguments: list[str]
    done: list[str]
    left_out: list[int]
    said: list[str]
    seconds: float
    memory: int


def kind_module(kind: str):
    """Return the module of a kind: it has ``make``, a `trial.Kind`, and ``PRELOADED`` modules."""
    return importlib.import_module(f"benchmarks.fuzz.kinds.{kind}")


def try_seeds(kind: str, seeds: Iterable[int], work: Path, workers: int = 1) -> Iterator[Result]:
    """Yield what comes of each seed; inputs at fault are kept in ``work/faults``."""
    samples(work)
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _preload, (kind, work)
    ) as pool:
        yield from pool.map(functools.partial(try_seed, kind, work), seeds)


def try_seed(kind: str, work: Path, seed: int) -> Result:
    """Try one seed; if it is at fault, leave out the steps that are not needed for that."""
    result, planned = _try(kind, work, seed, frozenset())
    if result.outcome in SOUND:
        return result
    left_out: frozenset[int] = frozenset()
    for step in range(1, planned + 1):
        reduced, _ = _try(kind, work, seed, left_out | {step})
        if reduced.outcome is result.outcome:
            left_out, result = left_out | {step}, reduced
    again, _ = _try(kind, work, seed, left_out, keep=True)
    return result if again.outcome not in SOUND else replace(result, outcome=Outcome.ONCE)


def _preload(kind: str, work: Path) -> None:
    """Import what the commands need once, before forking, and look for weights in ``work``."""
    os.environ["SCIARADA_WEIGHTS"] = str(work / "samples" / "weights")
    for name in (*_PRELOADED, *getattr(kind_module(kind), "PRELOADED", ())):
        importlib.import_module(name)


def _try(
    kind: str, work: Path, seed: int, left_out: frozenset[int], keep: bool = False
) -> tuple[Result, int]:
    place = work / ("faults" if keep else "trials") / f"{kind}-{seed}"
    folder, plan = place / "input", place / "trial.json"
    shutil.rmtree(place, ignore_errors=True)
    folder.mkdir(parents=True)

    def prepare() -> tuple[str, ...]:
        steps = Steps(seed, left_out)
        trial = kind_module(kind).make(steps, work / "samples", folder)
        plan.write_text(json.dumps(asdict(trial) | {"planned": steps.planned}))
        return trial.arguments

    ended = run_forked(prepare, place, folder)
    facts = json.loads(plan.read_text())
    planned = facts.pop("planned")
    trial = Trial(**{key: _tuple(value) for key, value in facts.items()})
    result = _result(kind, seed, left_out, trial, ended, judge(trial, ended, folder))
    if not keep:
        _remove(place)
    return result, planned


def _result(kind: str, seed: int, left_out: frozenset[int], trial: Trial, ended: Ended,
            outcome: Outcome) -> Result:  # fmt: skip
    return Result(
        kind, seed, outcome, list(trial.arguments), list(trial.done), sorted(left_out),
        refusals(ended.errors)[-1:], round(ended.seconds, 2), ended.memory,
    )  # fmt: skip


def _tuple(value):
    return tuple(value) if isinstance(value, list) else value


def _remove(place: Path) -> None:
    """Remove a trial, folders that were made unreadable included."""
    for folder, *_ in os.walk(place):
        Path(folder).chmod(0o700)
    shutil.rmtree(place)

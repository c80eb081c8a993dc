"""One trial: a command is killed, what it leaves is judged, and the next run has to succeed."""

from __future__ import annotations

import random
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kills.commands import Command
from benchmarks.kills.inputs import environment
from benchmarks.kills.results import Contents, every_byte, results
from benchmarks.kills.running import Ended, run

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
UNFINISHED = {"configuration.json", "log.csv", "checkpoint.pt", "tiny.json"}
CACHES = ("torchinductor_*", ".ses")  # of torch and onnxruntime, which keep them on purpose
EARLIER = 0.4  # share of the trials in which an earlier product is to be replaced


@dataclass(frozen=True)
class Reference:
    """What a command makes that is not killed, and how long that takes."""

    folder: Path
    products: dict[str, Contents]
    seconds: float


@dataclass
class Trial:
    """A command that was killed.

    Parameters
    ----------
    command, signal : str
    seed : int
    after : float
        Seconds from its start to the signal.
    earlier : bool
        Whether an earlier product was to be replaced.
    state : str
        What was found after the kill: nothing, whole products, or work to be resumed.
    early : bool
        Whether Python itself was still starting, and showed its own traceback.
    faults : list of str
        What was lost, left or wrong.
    """

    command: str
    signal: str
    seed: int
    after: float
    earlier: bool
    state: str = ""
    early: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """Where trials are made.

    Parameters
    ----------
    work : `~pathlib.Path`
    given : `~pathlib.Path`
        Folder of the inputs.
    inputs : dict
        Hashes of their bytes.
    words : dict
        What stands for words in the arguments.
    """

    work: Path
    given: Path
    inputs: Contents
    words: dict[str, str]

    @property
    def out(self) -> Path:
        """Folder in which products are made."""
        return self.work / "out"

    @property
    def temporary(self) -> Path:
        """Folder of temporary files."""
        return self.work / "tmp"

    def clear(self) -> None:
        """Empty both."""
        for folder in (self.out, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

    def run(self, command: Command, *flags: str, **options) -> Ended:
        """Run a command with further options."""
        arguments = [str(each) for each in command.arguments(self.given, self.out)]
        arguments = [self.words.get(each, each) for each in arguments]
        return run([*arguments, *flags], environment(self.work), work=self.work, **options)


def make_reference(bench: Bench, command: Command) -> Reference:
    """Run a command to its end, and keep what it made."""
    bench.clear()
    ended = bench.run(command)
    if ended.status:
        raise RuntimeError(f"{command.name} fails without being killed: {ended.said}")
    folder = bench.work / "references" / command.name.replace(" ", "_")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bench.out, folder)
    products = {name: results(folder / name) for name in command.products}
    return Reference(folder, products, ended.seconds)


def try_kill(bench: Bench, command: Command, reference: Reference, seed: int) -> Trial:
    """Kill a command at a moment that follows from the seed, and judge it."""
    chance = random.Random(f"{command.name} {seed}")
    number = SIGNALS[seed % len(SIGNALS)]
    after = chance.uniform(0, 1.05 * reference.seconds)
    earlier = chance.random() < EARLIER
    trial = Trial(command.name, number.name, seed, round(after, 3), earlier)
    bench.clear()
    if earlier:
        shutil.copytree(reference.folder, bench.out, dirs_exist_ok=True)
    flags = ["--overwrite"] if earlier else []
    ended = bench.run(command, *flags, number=number, after=after)
    _judge_ending(trial, ended, number)
    states = {name: state_of(bench.out, name, command, reference) for name in command.products}
    trial.state = ", ".join(sorted(set(states.values())))
    _judge_products(trial, command, states)
    if number != signal.SIGKILL:
        _judge_leftovers(trial, bench, command, "after the signal", resumable=command.resumes)
    there = earlier or any(state != "nothing" for state in states.values())
    flags = ["--resume"] * command.resumes + ["--overwrite"] * (there and not _resumed(states))
    ended = bench.run(command, *flags)
    if ended.status:
        trial.faults.append(f"the next run fails with {ended.status}: {ended.said[-300:]}")
    for name, wanted in reference.products.items():
        path = bench.out / name
        if not path.exists() or results(path) != wanted:
            trial.faults.append(f"the next run makes another {name}")
    _judge_leftovers(trial, bench, command, "after the next run", resumable=False)
    if every_byte(bench.given) != bench.inputs:
        trial.faults.append("an input has changed")
    return trial


def _resumed(states: dict[str, str]) -> bool:
    return set(states.values()) == {"unfinished"}


def _judge_ending(trial: Trial, ended: Ended, number: signal.Signals) -> None:
    expected = {0, -number, 128 + number}
    if "Traceback" in ended.said:
        trial.early = number == signal.SIGINT and "/sciarada/" not in ended.said
        if not trial.early:
            trial.faults.append(f"a traceback: {ended.said[-300:]}")
    elif ended.status not in expected:
        trial.faults.append(f"exit status {ended.status}: {ended.said[-300:]}")
    if ended.orphans:
        trial.faults.append(f"{ended.orphans} processes went on")


def state_of(out: Path, name: str, command: Command, reference: Reference) -> str:
    """Return what has become of a product."""
    path = out / name
    if not path.exists():
        aside = out / f".{name}.replaced"
        return "set aside" if aside.exists() else "nothing"
    found, wanted = results(path), reference.products[name]
    if found == wanted:
        return "whole"
    if command.resumes and set(found) <= UNFINISHED:
        return "unfinished"
    parts = {part for part in command.parts if (path / part).exists()}
    whole = {key: value for key, value in wanted.items() if key.partition("/")[0] in parts}
    visible = {key: value for key, value in found.items() if not key.startswith(".")}
    return "whole parts" if command.parts and visible == whole else "half"


def _judge_products(trial: Trial, command: Command, states: dict[str, str]) -> None:
    for name, state in states.items():
        if state == "half":
            trial.faults.append(f"half a product {name}")
        if trial.earlier and state in ("nothing", "unfinished"):
            trial.faults.append(f"the earlier {name} is lost")
    if not trial.earlier and "nothing" in states.values() and len(set(states.values())) > 1:
        trial.faults.append(f"some products only: {states}")


def _judge_leftovers(
    trial: Trial, bench: Bench, command: Command, when: str, *, resumable: bool
) -> None:
    names = {path.name for path in bench.out.iterdir()} - set(command.products)
    if resumable:
        names -= {f".{name}.partial" for name in command.products}
    names |= {
        f"temporary {path.name}"
        for path in bench.temporary.iterdir()
        if not any(path.match(cache) for cache in CACHES)
    }
    if names and not trial.early:
        trial.faults.append(f"left {when}: {', '.join(sorted(names))}")

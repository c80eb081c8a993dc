"""Kill commands by hand: ``python -m benchmarks.kills --number 200 --page``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from benchmarks.kills.commands import COMMANDS, Command
from benchmarks.kills.inputs import make_inputs, served
from benchmarks.kills.page import write_kills_page
from benchmarks.kills.results import every_byte
from benchmarks.kills.running import end_processes
from benchmarks.kills.trial import Bench, make_reference, try_kill
from sciarada.running.locks import take_lock

NAMES = [command.name for command in COMMANDS]


@click.command()
@click.option("--command", "names", type=click.Choice(NAMES), multiple=True, default=NAMES)
@click.option("--number", type=click.IntRange(0), default=200, show_default=True, help="In all.")
@click.option("--first", type=click.IntRange(0), default=0, show_default=True, help="Seed.")
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("../kill_work"),
    show_default=True,
    help="Folder for inputs, products and the list of trials.",
)
@click.option("--page", is_flag=True, help="Write the docs page of all trials in --work.")
def main(names: tuple[str, ...], number: int, first: int, work: Path, page: bool) -> None:
    """Kill commands in turn, print the trials at fault, and keep all of them in --work."""
    work = work.resolve()
    commands = [command for command in COMMANDS if command.name in names]
    if number:
        with alone_in(work):
            given = make_inputs(work)
            with served(given / "run") as words, (work / "trials.jsonl").open("a") as file:
                bench = Bench(work, given, every_byte(given), words)
                for place, command in enumerate(commands):
                    share = len(range(place, number, len(commands)))
                    _try_seeds(bench, command, range(first, first + share), file)
    if page:
        write_kills_page(work)


@contextmanager
def alone_in(work: Path) -> Iterator[None]:
    """Keep other runs out of a folder, and end what a killed run left running there.

    Raises
    ------
    ClickException
        If another run uses the folder.
    """
    work.mkdir(parents=True, exist_ok=True)
    lock = take_lock(work / "lock")
    if lock is None:
        raise click.ClickException(f"another run uses {work}: choose another folder by --work")
    try:
        end_processes(work)
        yield
    finally:
        lock.release()


def _try_seeds(bench: Bench, command: Command, seeds: range, file: TextIO) -> None:
    """Kill a command once per seed, and write one line per trial."""
    reference = make_reference(bench, command) if seeds else None
    faults = 0
    for seed in seeds:
        trial = try_kill(bench, command, reference, seed)
        file.write(json.dumps(asdict(trial)) + "\n")
        file.flush()
        faults += bool(trial.faults)
        for fault in trial.faults:
            click.echo(f"{command.name} {seed} {trial.signal} {trial.after}: {fault}")
    click.echo(f"{command.name}: {len(seeds)} kills, {faults} at fault")


if __name__ == "__main__":
    main()

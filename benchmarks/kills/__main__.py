"""Kill commands by hand: ``python -m benchmarks.kills --number 200 --page``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.kills.commands import COMMANDS
from benchmarks.kills.inputs import make_inputs, served
from benchmarks.kills.page import write_kills_page
from benchmarks.kills.results import every_byte
from benchmarks.kills.trial import Bench, make_reference, try_kill

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
    given = make_inputs(work)
    commands = [command for command in COMMANDS if command.name in names]
    with served(given / "run") as words, (work / "trials.jsonl").open("a") as file:
        bench = Bench(work, given, every_byte(given), words)
        for place, command in enumerate(commands):
            trials = range(first, first + len(range(place, number, len(commands))))
            reference = make_reference(bench, command) if trials else None
            faults = 0
            for seed in trials:
                trial = try_kill(bench, command, reference, seed)
                file.write(json.dumps(asdict(trial)) + "\n")
                file.flush()
                faults += bool(trial.faults)
                for fault in trial.faults:
                    click.echo(f"{command.name} {seed} {trial.signal} {trial.after}: {fault}")
            click.echo(f"{command.name}: {len(trials)} kills, {faults} at fault")
    if page:
        write_kills_page(work)


if __name__ == "__main__":
    main()

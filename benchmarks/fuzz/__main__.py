"""Run trials by hand: ``python -m benchmarks.fuzz --kind tables --number 500``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.fuzz.campaign import try_seeds
from benchmarks.fuzz.judging import SOUND
from benchmarks.fuzz.page import KINDS, write_fuzz_page


@click.command()
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, default=KINDS)
@click.option("--number", type=click.IntRange(0), default=100, show_default=True, help="Of a kind.")
@click.option("--first", type=click.IntRange(1), default=1, show_default=True, help="Seed.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("../fuzz_work"),
    show_default=True,
    help="Folder for sound inputs, results, and inputs that are at fault.",
)
@click.option("--page", is_flag=True, help="Write the docs page of all results in --work.")
def main(
    kinds: tuple[str, ...], number: int, first: int, workers: int, work: Path, page: bool
) -> None:
    """Try seeds of each kind, print those at fault, and keep all results in --work."""
    work = work.resolve()
    (work / "results").mkdir(parents=True, exist_ok=True)
    for kind in kinds if number else ():
        faults = 0
        with (work / "results" / f"{kind}.jsonl").open("a") as file:
            for result in try_seeds(kind, range(first, first + number), work, workers):
                file.write(json.dumps(asdict(result)) + "\n")
                if result.outcome not in SOUND:
                    faults += 1
                    click.echo(f"{kind} {result.seed}: {result.outcome}: {' '.join(result.done)}")
                    click.echo(f"  sciarada {' '.join(result.arguments)}")
                    click.echo(f"  {' '.join(result.said)[:400]}")
        click.echo(f"{kind}: {number} trials, {faults} at fault")
    if page:
        write_fuzz_page(work)


if __name__ == "__main__":
    main()

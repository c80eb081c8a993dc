"""``sciarada cite``: the papers of what a run used."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    "cite",
    epilog="Example: `sciarada cite image_sciarada`; without RUN, SCIARADA itself.",
)
@click.argument("run", type=click.Path(path_type=Path), required=False)
def command(run: Path | None) -> None:
    """Print what to cite for RUN, the folder of a run: SCIARADA, plugins and libraries."""
    from sciarada.io.citations import SCIARADA, citations_of_run

    for citation in SCIARADA if run is None else citations_of_run(run):
        click.echo(f"{citation.reason}: {citation.work}")

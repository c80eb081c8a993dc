"""``sciarada cite``: what to cite for a run."""

from __future__ import annotations

from pathlib import Path

import click

from sciarada.cli.examples import examples


@click.command(
    "cite",
    epilog=examples("cite image_sciarada", "cite"),
)
@click.argument("run", type=click.Path(path_type=Path), required=False)
def command(run: Path | None) -> None:
    """Print what to cite for RUN, the folder of a run: SCIARADA, plugins and libraries.

    Without RUN, print what to cite for SCIARADA itself.
    """
    from sciarada.io.citations import SCIARADA, citations_of_run

    for citation in SCIARADA if run is None else citations_of_run(run):
        click.echo(f"{citation.reason}: {citation.work}")

"""``sciarada rerun``: repeat a run from the record in its product."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciarada.cli.examples import examples
from sciarada.cli.options import PATH, out_option, overwrite_option
from sciarada.cli.readers import readers_chosen
from sciarada.cli.verbosity import is_quiet

if TYPE_CHECKING:
    from sciarada.cli.configuration.rerunning import Recorded


@click.command(
    "rerun",
    epilog=examples(
        "rerun image_sciarada -o again",
        "rerun sky/run.json --overwrite",
        "rerun features.fits -o again.fits",
    ),
)
@click.argument("run", metavar="PRODUCT", type=PATH)
@out_option("Folder or file to make.  [default: that of the run]")
@overwrite_option("what the run made")
@click.option("--changed", is_flag=True, help="Run also if inputs have changed since.")
def command(run: Path, out: Path | None, overwrite: bool, changed: bool) -> None:
    """Run again the command that made PRODUCT.

    A PRODUCT is a folder with a run.json or that file, the folder of a training, a set of cutouts
    or a table of features.

    All options are those of the run, defaults included. Relative names of files are those in the
    folder where the command was run, if it still exists. Inputs whose contents have changed
    since are named, and nothing is run unless --changed is given.
    """
    from sciarada.cli.configuration.rerunning import check_inputs
    from sciarada.cli.configuration.stored_command import read_recorded
    from sciarada.pipelines.plugin_formats import check_chosen_readers, chosen_readers

    recorded = read_recorded(run)
    given = _given(recorded, out, overwrite)
    readers = readers_chosen(chosen_readers() or recorded.readers)
    with readers, contextlib.chdir(recorded.working_folder):
        check_chosen_readers()
        check_inputs(recorded, allowed=changed)
        context = recorded.context(click.get_current_context().find_root(), given)
        if not is_quiet():
            click.echo(f"running again: sciarada {recorded.name}", err=True)
        with context:
            context.command.invoke(context)


def _given(recorded: Recorded, out: Path | None, overwrite: bool) -> dict[str, Any]:
    """Return the values that replace those of the record."""
    if out is None and overwrite:
        out = recorded.replaced()
    if out is None:
        recorded.check_place()
        return {}
    return {"out": str(out.absolute()), **({"overwrite": True} if overwrite else {})}

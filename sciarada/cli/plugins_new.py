"""``sciarada plugins new``: write a plugin that works, to be changed into one's own."""

from __future__ import annotations

from pathlib import Path

import click

from sciarada.cli.commands import BUILTIN
from sciarada.cli.examples import examples
from sciarada.scaffold.kinds import KINDS


@click.command("new", epilog=examples("plugins new my-finder --kind detector"))
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    required=True,
    help="What the plugin adds to SCIARADA.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder to make.  [default: sciarada-NAME]",
)
def command(name: str, kind: str, out: Path | None) -> None:
    """Write a new plugin that works, with tests and documentation.

    The plugin is a separate package, called sciarada-NAME. It can be installed and used at
    once; change it step by step into your own. NAME is what users choose it by.
    """
    from sciarada.scaffold import PluginName, write_plugin
    from sciarada.scaffold.names import check_free

    plugin = PluginName(name)
    check_free(plugin, kind, tuple(BUILTIN))
    folder = Path(plugin.distribution) if out is None else out
    write_plugin(plugin, kind, folder)
    click.echo(f"{folder} holds a plugin: {KINDS[kind].summary.rstrip('.')}. Next:")
    click.echo(f'  pip install -e "{folder}[test]"')
    click.echo(f"  sciarada plugins check {name}")
    click.echo(f"  pytest {folder}")

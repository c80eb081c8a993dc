"""``sciarada plugins``: the installed plugins, their options, and whether they conform."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import click

from sciarada.cli import plugins_new
from sciarada.cli.commands import BUILTIN
from sciarada.cli.completion import any_plugin_names
from sciarada.cli.examples import examples
from sciarada.hooks.listing import PluginRow, row_of
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import describe_options
from sciarada.hooks.requirements import missing_requirements
from sciarada.hooks.specs import PluginSpec

if TYPE_CHECKING:
    from sciarada.testing import Check

COLUMNS = ("name", "kind", "owner", "version", "state", "summary")
COLOURS = {
    "ready": "green",
    "unavailable": "yellow",
    "warning": "yellow",
    "ambiguous": "yellow",
    "hidden": "yellow",
    "broken": "red",
    "disabled": "bright_black",
}


@click.group(
    invoke_without_command=True,
    epilog=examples("plugins", "plugins show islands", "plugins check islands"),
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List plugins and what they offer; show, check or write one.

    A plugin is READY, UNAVAILABLE (a requirement is not installed), AMBIGUOUS (another plugin
    offers the same name), HIDDEN (SCIARADA itself offers the same name), BROKEN, or DISABLED by
    SCIARADA_DISABLE_PLUGINS; a WARNING describes a problem that does not prevent its use.
    """
    if context.invoked_subcommand is not None:
        return
    rows = [_with_builtins(row) for row in PluginManager.discover(quiet=True).describe()]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], indent=2))
    else:
        for line in _table(rows):
            click.echo(line)


@command.command(epilog=examples("plugins show islands", "plugins show detector:islands"))
@click.argument("name", shell_complete=any_plugin_names)
def show(name: str) -> None:
    """Show the description and the options of NAME.

    NAME is a plugin, the name of an object of a plugin, or owner:name.
    """
    for number, spec in enumerate(PluginManager.discover(quiet=True).choose(name)):
        if number:
            click.echo()
        for line in spec.ask(partial(_description, spec), "cannot be shown"):
            click.echo(line)


@command.command(epilog=examples("plugins check islands"))
@click.argument("name", shell_complete=any_plugin_names)
@click.pass_context
def check(context: click.Context, name: str) -> None:
    """Check that NAME fulfils the contract with plugins.

    NAME is a plugin, an object of a plugin, owner:name or kind:name. One line is
    printed per check. The exit status is 1 if a check fails.
    """
    # It needs numpy and astropy; a list of plugins does not.
    from sciarada.testing import conformance, listing_checks, loading_checks

    manager = PluginManager.discover(quiet=True)
    passed = True
    for plugin in manager.plugins(name):
        title = f"plugin {plugin.owner} {plugin.owner.version}"
        passed &= _print_checks(title, loading_checks(plugin))
    for spec in manager.called(name):
        title = f"{spec.kind} {spec.name} of {spec.owner} {spec.owner.version}"
        row = _with_builtins(row_of(spec, manager.specs))
        listed = listing_checks(spec, manager, row)
        passed &= _print_checks(title, chain(listed, conformance(spec)))
    if not passed:
        context.exit(1)


command.add_command(plugins_new.command)


def _print_checks(title: str, checks: Iterable[Check]) -> bool:
    """Print the outcome of each check, and return whether all passed."""
    click.echo(title.rstrip())
    passed = True
    for outcome in checks:
        passed &= outcome.passed
        click.secho(f"  {outcome}", fg=None if outcome.passed else "red")
    return passed


def _with_builtins(row: PluginRow) -> PluginRow:
    """Warn of a plugin's command that a built-in one hides."""
    if row.kind != "command" or row.name not in BUILTIN or row.state != "ready":
        return row
    label = row.owner.partition("/")[0]
    problem = f"hidden by sciarada's own {row.name}; it is run as `sciarada {label}:{row.name}`"
    return dataclasses.replace(row, state="hidden", problem=problem)


def _table(rows: list[PluginRow]) -> list[str]:
    """Return the lines of the table; missing requirements are listed below the summary."""
    if not rows:
        return ["No plugins are installed."]
    cells = [["NAME", "KIND", "OWNER", "VERSION", "STATE", "WHAT IT DOES"]]
    for row in rows:
        cells.append([getattr(row, column) for column in COLUMNS])
        if row.problem and row.summary:
            cells.append(["", "", "", "", "", row.problem])
        elif row.problem:
            cells[-1][-1] = row.problem
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    return [_line(line, widths) for line in cells]


def _line(cells: list[str], widths: list[int]) -> str:
    """Return one line, the state in its colour."""
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    state = COLUMNS.index("state")
    if cells[state] in COLOURS:
        padded[state] = click.style(padded[state], fg=COLOURS[cells[state]])
    return "  ".join(padded).rstrip()


def _description(spec: PluginSpec) -> list[str]:
    """Return the lines that ``show`` prints of one spec."""
    lines = [f"{spec.name}: {spec.summary}", f"  kind      {spec.kind}"]
    lines.append(f"  owner     {spec.owner} {spec.owner.version}".rstrip())
    if spec.requires:
        missing = missing_requirements(spec.requires)
        note = f" (missing: {', '.join(missing)})" if missing else ""
        lines.append(f"  requires  {', '.join(spec.requires)}{note}")
    if spec.citation:
        lines.append(f"  cite      {spec.citation}")
    infos = describe_options(spec.options)
    if infos:
        lines.append("  options, given as name=value:")
        width = max(len(f"{info.name}={info.default}") for info in infos)
        lines += [
            f"    {f'{info.name}={info.default}':<{width}}  {info.help} ({info.type})"
            for info in infos
        ]
    return lines

"""``-O NAME=VALUE``: how every command takes values by name, and what ``-o`` was before."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import click

from sciarada.cli.options import PATH
from sciarada.cli.renamed import RenamedOption
from sciarada.errors import SciaradaError

logger = logging.getLogger(__name__)

_SHORT = "-o"
_VALUE = re.compile(r"[A-Za-z_][\w.]*=")  # a path with a folder, ./a=b, is none


def value_options(help: str, kind: str = "") -> Callable[[Callable], Callable]:
    """Add ``-O NAME=VALUE``, which may be given again, as the parameter ``options``.

    Parameters
    ----------
    help : str
        What it is for.
    kind : str, optional
        Kind of the plugin with these options, which is also the parameter that names it.
    """
    return click.option(
        "-O",
        "--option",
        "options",
        cls=ValueOption,
        multiple=True,
        metavar="NAME=VALUE",
        kind=kind,
        help=help,
    )


class ValueOption(click.Option):
    """Values by name; typed values replace those of a file.

    The values of a file are not used if the file names another plugin than the command line.
    It also takes each ``-o NAME=VALUE``, as it was called before.

    Parameters
    ----------
    kind : str
        Kind of the plugin with these options; empty if they belong to no plugin.
    """

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, Any]:
        """Add the values that were given under the earlier name."""
        former = [text for text in opts.get(_SHORT, ()) if _VALUE.match(text)]
        if former:
            logger.warning("the option -o NAME=VALUE is now called -O; -o names the output")
            opts[self.name] = [*opts.get(self.name, ()), *former]
        if self.kind:
            _drop_options_of_another(self.kind, self.name, ctx, opts.get(self.kind))
        value, source = super().consume_value(ctx, opts)
        if source is click.core.ParameterSource.COMMANDLINE:
            value = _merged(ctx.lookup_default(self.name) or [], value)
        return value, source


def _drop_options_of_another(kind: str, name: str, context: click.Context, typed: Any) -> None:
    """Drop the options that a file gives to another plugin than the one that was typed."""
    in_file = context.lookup_default(kind)
    if not (isinstance(typed, str) and in_file and context.lookup_default(name)):
        return
    if _is_same_plugin(kind, typed, in_file):
        return
    logger.warning("--%s %s: the options of %s in the file are not used", kind, typed, in_file)
    context.default_map = {k: v for k, v in (context.default_map or {}).items() if k != name}


def _is_same_plugin(kind: str, one: str, other: str) -> bool:
    """Return whether two names, such as a present and a former one, mean the same plugin."""
    if one == other:
        return True
    from sciarada.hooks.manager import PluginManager

    manager = PluginManager.discover(quiet=True)
    try:
        return manager.find(kind, one) is manager.find(kind, other)
    except SciaradaError:  # explained where the plugin is used
        return False


def _merged(before: list[str], typed: list[str]) -> list[str]:
    """Return the values of a file that were not typed, then the typed values."""
    names = {text.partition("=")[0].replace("-", "_") for text in typed}
    kept = [text for text in before if text.partition("=")[0].replace("-", "_") not in names]
    return [*kept, *typed]


def out_option_beside_values(help: str, **how: Any) -> Callable[[Callable], Callable]:
    """Add ``-o/--out`` to a command that also has `value_options`."""
    return click.option("-o", "--out", cls=OutOption, type=PATH, help=help, **how)


class OutOption(RenamedOption):
    """``-o/--out`` that leaves each ``-o NAME=VALUE`` to the `ValueOption` beside it."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Collect the values of ``-o``, to be distinguished later."""
        super().add_to_parser(parser, ctx)
        parser.add_option(obj=self, opts=[_SHORT], dest=_SHORT, action="append", nargs=1)

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, Any]:
        """Take the path that was given last with ``-o``, where ``--out`` was not."""
        paths = [text for text in opts.get(_SHORT, ()) if not _VALUE.match(text)]
        if paths:
            opts.setdefault(self.name, paths[-1])
        return super().consume_value(ctx, opts)

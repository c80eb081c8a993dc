"""The names under which a file gives the arguments and options of a command."""

from __future__ import annotations

from collections.abc import Iterable

import click

from sciarada.errors import did_you_mean

ONLY_TYPED = ("overwrite", "resume")  # what replaces or continues work is never read from a file


def command_name(context: click.Context) -> str:
    """Return the name of a command below ``sciarada``, such as ``weights export``."""
    names = []
    while context.parent is not None:
        names.append(context.info_name or "")
        context = context.parent
    return " ".join(reversed(names))


def parameters(command: click.Command) -> dict[str, click.Parameter]:
    """Return the parameters that a file can set, by key: the name of the option without dashes."""
    return {
        key_of(each): each
        for each in command.params
        if each.expose_value and key_of(each) not in ONLY_TYPED
    }


def key_of(parameter: click.Parameter) -> str:
    """Return the key of a parameter: ``learning-rate`` for ``--learning-rate``."""
    if isinstance(parameter, click.Option):
        return parameter.opts[-1].removeprefix("--")
    return parameter.name or ""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return which of some names may have been meant, as the end of a sentence."""
    names = sorted(names)
    listed = f"there {'is only' if len(names) == 1 else 'are'} {', '.join(names)}"
    return did_you_mean(name, names, listed if names else "")

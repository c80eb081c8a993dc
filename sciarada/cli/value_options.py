"""``-o NAME=VALUE``: how every command takes values by name."""

from __future__ import annotations

from collections.abc import Callable

import click


def value_options(help: str) -> Callable[[Callable], Callable]:
    """Add ``-o NAME=VALUE``, which may be given again, as the parameter ``options``."""
    return click.option("-o", "--option", "options", multiple=True, metavar="NAME=VALUE", help=help)

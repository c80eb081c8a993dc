"""``sciarada --reader``: which plugin reads files that several can read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from sciarada.pipelines.plugin_formats import READERS


def reader_param() -> click.Option:
    """Return the option ``--reader``, which comes before the name of the command."""
    return click.Option(
        ["--reader", "names"],
        multiple=True,
        metavar="OWNER:NAME",
        expose_value=False,
        callback=_choose,
        help="Reader for files that several plugins can read.",
    )


def _choose(context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> None:
    if names:
        context.with_resource(readers_chosen(names))


@contextmanager
def readers_chosen(names: Iterable[str]) -> Iterator[None]:
    """Set the readers that this process and its workers use while the command runs."""
    before = os.environ.get(READERS)
    os.environ[READERS] = ",".join(names)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(READERS, None)
        else:
            os.environ[READERS] = before

"""``sciarada --reader``: which plugin reads files that several can read."""

from __future__ import annotations

import os

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
    """Tell this process and its workers, as long as the command runs."""
    if not names:
        return
    before = os.environ.get(READERS)
    os.environ[READERS] = ",".join(names)
    context.call_on_close(lambda: _put_back(before))


def _put_back(before: str | None) -> None:
    if before is None:
        os.environ.pop(READERS, None)
    else:
        os.environ[READERS] = before

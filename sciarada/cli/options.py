"""Options of several commands, declared once so that names and descriptions are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from sciarada.cli.completion import extractor_names
from sciarada.cli.renamed import RenamedOption

PATH = click.Path(path_type=Path)
Decorator = Callable[[Callable], Callable]


def out_option(help: str, default: str | None = None, **how: Any) -> Decorator:
    """Add ``-o/--out``: the file or folder that the command makes."""
    fixed: dict[str, Any] = (
        {} if default is None else {"default": Path(default), "show_default": True}
    )
    return click.option("-o", "--out", type=PATH, help=help, **fixed, **how)


def overwrite_option(what: str) -> Decorator:
    """Add ``--overwrite``, without which nothing is replaced."""
    return click.option("--overwrite", is_flag=True, help=f"Replace {what}.")


def encoder_option(multiple: bool = False) -> Decorator:
    """Add ``--encoder``: an encoder without weights."""
    return click.option(
        "--encoder",
        multiple=multiple,
        metavar="NAME[:OPTION=VALUE,...]",
        shell_complete=extractor_names,
        help="An encoder without weights, such as shape, "
        + ("as one more; may be repeated." if multiple else "in place of --weights."),
    )


def is_given(parameter: str) -> bool:
    """Return whether the current command was given a parameter, or a file sets it."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is not ParameterSource.DEFAULT


def seed_option(makes: str) -> Decorator:
    """Add ``--seed``: the same seed makes the same."""
    return click.option(
        "--seed",
        type=click.IntRange(0, 2**63 - 1),
        default=1,
        show_default=True,
        help=f"Seed of the random numbers: the same seed, the same {makes}.",
    )


def workers_option(command: Callable) -> Callable:
    """Add ``--workers``: the number of processes."""
    return click.option(
        "--workers",
        type=click.IntRange(0, 4096),
        default=0,
        show_default=True,
        help="Number of processes; 0: one per core.",
    )(command)


def device_option(*formerly: str) -> Decorator:
    """Add ``--device``; ``formerly`` are the earlier names of the option."""
    return click.option(
        "--device",
        cls=RenamedOption,
        formerly=formerly,
        default="auto",
        show_default=True,
        help="auto, cpu, cuda, cuda:1 or mps; auto: a GPU if there is one, else the CPU.",
    )


def labels_table_options(command: Callable) -> Callable:
    """Add ``--column`` and ``--key``: what a table of labels is read by."""
    column = click.option(
        "--column",
        metavar="COLUMN",
        help="Column of classes in the table.  [default: class_name, class, label or det_class]",
    )
    key = click.option(
        "--key",
        metavar="COLUMN",
        help="Column that joins set and table, or OF_SET=OF_TABLE.  [default: file or cutout_id]",
    )
    return column(key(command))


def batch_option(minimum: int = 1) -> Decorator:
    """Add ``--batch``: how many cutouts the network is given at once."""
    return click.option(
        "--batch",
        type=click.IntRange(minimum),
        default=256,
        show_default=True,
        help="Number of cutouts per batch.",
    )

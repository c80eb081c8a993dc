"""The record of the command in ``run.json``, from which it can be run again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from sciarada.cli.configuration.keys import command_name, parameters
from sciarada.cli.configuration.resolved import resolved_options
from sciarada.cli.configuration.values import Plain
from sciarada.errors import SciaradaError
from sciarada.pipelines.plugin_formats import chosen_readers

OUT = "out"


def invocation(context: click.Context) -> dict[str, Any]:
    """Return name, options, chosen readers, directory and inputs of the command that runs."""
    values = [
        context.params.get(parameter.name)
        for key, parameter in parameters(context.command).items()
        if key != OUT
    ]
    return {
        "name": command_name(context),
        "options": _options(context),
        "readers": chosen_readers(),
        "directory": str(Path.cwd()),
        "inputs": {path: fingerprint(Path(path)) for path in sorted(set(_inputs(values)))},
    }


def _options(context: click.Context) -> dict[str, Plain]:
    """Return the options; a plugin that cannot name its defaults does not end a finished run."""
    try:
        return resolved_options(context)
    except SciaradaError:
        return resolved_options(context, defaults=False)


def fingerprint(path: Path) -> str | None:
    """Return the identity of a file or folder, None where it cannot be read.

    That of a folder of products omits its report, into which `sciarada evaluate` may put scores.
    """
    from sciarada.core.fingerprint import file_fingerprint
    from sciarada.pipelines.record import products_fingerprint

    try:
        return products_fingerprint(path) or file_fingerprint(path)
    except (OSError, ValueError):  # a null character
        return None


def _inputs(value: Any) -> Iterator[str]:
    """Yield each file or folder that is given as a path, and each file that a text names."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from _inputs(each)
    elif isinstance(value, Path):
        yield from (text for text in _readings(str(value)) if _is(os.path.exists, text))
    elif isinstance(value, str):
        yield from (text for text in _readings(value) if _is(os.path.isfile, text))


def _readings(text: str) -> tuple[str, ...]:
    """Return what may be a path in ``FILE``, ``NAME=FILE`` and ``FILE[HDU]``."""
    after = text.partition("=")[2]
    return tuple(each for each in (text, after, text.rpartition("[")[0]) if each)


def _is(test: Callable[[str], bool], text: str) -> bool:
    try:
        return test(text)
    except ValueError:  # a null character
        return False

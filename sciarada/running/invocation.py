"""The invocation of the present run, for its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

COMMAND = "command"
"""Key of the invocation in records and in the metadata of products."""

_describe: ContextVar[Callable[[], dict[str, Any]] | None] = ContextVar("invocation", default=None)


@contextmanager
def invoked_as(describe: Callable[[], dict[str, Any]]) -> Iterator[None]:
    """Record how the enclosed code was called, as described by ``describe``."""
    token = _describe.set(describe)
    try:
        yield
    finally:
        _describe.reset(token)


def invoked() -> dict[str, Any]:
    """Return ``{"command": ...}`` if a command of the command line runs, else an empty dict."""
    describe = _describe.get()
    return {} if describe is None else {COMMAND: describe()}


def without_command(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a product without its invocation, which made no later product."""
    return {name: value for name, value in meta.items() if name != COMMAND}


@contextmanager
def in_parts() -> Iterator[None]:
    """Record of each run in the enclosed code that its folder is one of several in a folder.

    The record of each says so under ``part``, so that the command is found from that folder.
    """
    describe = _describe.get()
    if describe is None:
        yield
        return
    with invoked_as(lambda: {**describe(), "part": True}):
        yield

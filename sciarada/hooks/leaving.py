"""Keep plugins from ending the process, and from disturbing its end."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn, ParamSpec, TypeVar

from sciarada.hooks.shared_change import SharedChange

Given = ParamSpec("Given")
Value = TypeVar("Value")
Run = Callable[[Callable[[], Any]], Any]


def exits_refused() -> AbstractContextManager[None]:
    """Turn `os._exit` into `SystemExit` in this process, which can be caught; not in children.

    Only the function is replaced: a crash or a signal still ends the process.
    """
    return _REFUSED.wanted(None)


def exit_handlers_wrapped(run: Run) -> AbstractContextManager[None]:
    """Have the handlers that are registered with `atexit` meanwhile called by ``run``."""
    return _WRAPPED.wanted(run)


@contextmanager
def _exits_replaced() -> Iterator[None]:
    process, leave, refusing = os.getpid(), os._exit, True

    def refuse(status: int) -> NoReturn:
        if refusing and os.getpid() == process:
            raise SystemExit(f"os._exit({status}) was called")
        leave(status)

    os._exit = refuse
    try:
        yield
    finally:
        refusing = False
        if os._exit is refuse:
            os._exit = leave


@contextmanager
def _registering_replaced() -> Iterator[None]:
    register = atexit.register

    def wrapping(
        function: Callable[Given, Value], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Callable[Given, Value]:
        run = _WRAPPED.latest()  # none if a plugin kept the function and calls it later
        register(function if run is None else _Handler(function, run), *args, **kwargs)
        return function

    atexit.register = wrapping
    try:
        yield
    finally:
        atexit.register = register


class _Handler:
    """A handler that `atexit.unregister` takes for the function within it."""

    def __init__(self, function: Callable[..., Any], run: Run) -> None:
        self.function = function
        self.run = run

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.run(lambda: self.function(*args, **kwargs))

    def __eq__(self, other: object) -> bool:
        return self.function == (other.function if isinstance(other, _Handler) else other)

    def __hash__(self) -> int:
        return hash(self.function)


_REFUSED: SharedChange[None] = SharedChange(_exits_replaced)
_WRAPPED: SharedChange[Run] = SharedChange(_registering_replaced)

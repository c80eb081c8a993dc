"""Run the code of plugins in isolation.

`at_work` surrounds everything that SCIARADA asks of a plugin: its import, its hooks, the making
of what it offers. What cannot be held back is a crash of the interpreter, a change of functions
of other modules, or code that never returns; of the last, the plugin is named.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from sciarada.errors import PluginError, SciaradaError
from sciarada.hooks.describing import describe_error
from sciarada.hooks.interrupts import interrupts_noted
from sciarada.hooks.leaving import exit_handlers_wrapped, exits_refused
from sciarada.hooks.printing import prints_passed_to
from sciarada.hooks.process_state import process_state_kept
from sciarada.running.stopping import Stopped

logger = logging.getLogger(__name__)


class LeftThread(NamedTuple):
    """A thread that a plugin started and that keeps the process from ending.

    Attributes
    ----------
    thread : threading.Thread
        The thread.
    plugin : str
        Name of the plugin.
    until : float
        Until when the end of the process may wait for it, as `time.monotonic` tells it.
    """

    thread: threading.Thread
    plugin: str
    until: float


left_threads: list[LeftThread] = []
"""Those that were not requested, in the order in which they were found."""


class PluginFault(Exception):
    """An exception that a plugin raised; the original one is its cause."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(describe_error(cause))
        self.__cause__ = cause


@dataclass
class Work:
    """Calls of one plugin.

    Parameters
    ----------
    plugin : str
        Its name in messages.
    doing : str
        Current action, such as ``being loaded``.
    changed : list of str
        Settings of the process that it changed and that were restored afterwards.
    """

    plugin: str
    doing: str
    changed: list[str] = field(default_factory=list)
    _interrupts: list[BaseException] = field(default_factory=list)

    def call(
        self, function: Callable[[], Any], passed_on: tuple[type[BaseException], ...] = ()
    ) -> Any:
        """Return the result of a function of the plugin.

        Parameters
        ----------
        function : callable
            Takes nothing.
        passed_on : tuple of type
            Exceptions that are passed on as they are.

        Raises
        ------
        PluginFault
            If it raises anything else, also `SystemExit` or a `KeyboardInterrupt` of its own.
        KeyboardInterrupt
            If the user interrupts it.
        """
        try:
            result = function()
        except passed_on:
            self._pass_on_interrupts()
            raise
        except BaseException as error:
            if isinstance(error, Stopped):  # one that was held back for a moment
                self._interrupts.append(error)
            self._pass_on_interrupts()
            raise PluginFault(error) from error
        self._pass_on_interrupts()
        return result

    def _pass_on_interrupts(self) -> None:
        if self._interrupts:
            interrupt = self._interrupts[0]
            interrupt.add_note(f"plugin {self.plugin} was {self.doing}")
            raise interrupt


@contextmanager
def at_work(
    plugin: object,
    doing: str,
    *,
    keep_state: bool = True,
    level: int = logging.INFO,
    patience: float | None = None,
) -> Iterator[Work]:
    """Surround calls of a plugin.

    Meanwhile its prints go to the log, `os._exit` is refused, and signals are distinguished from
    exceptions of its own.

    Parameters
    ----------
    plugin : object
        The plugin; its text is used in messages.
    doing : str
        Current action, such as ``being loaded``.
    keep_state : bool
        Put back what it changes in the process, such as the working directory.
    level : int
        Level of the log at which its prints appear.
    patience : float or None
        Seconds that the end of the process may wait for threads that it starts; None for ever.
    """
    work = Work(str(plugin), doing)
    logger.debug("plugin %s is %s", work.plugin, doing)
    running = set(threading.enumerate())
    with ExitStack() as stack:
        work._interrupts = stack.enter_context(interrupts_noted())
        show = partial(logger.log, level, "plugin %s prints: %s", work.plugin)
        stack.enter_context(prints_passed_to(show))
        stack.enter_context(exits_refused())
        stack.enter_context(exit_handlers_wrapped(partial(_run_at_exit, work.plugin)))
        if keep_state:
            work.changed = stack.enter_context(process_state_kept())
        yield work
    if patience is not None:
        until = time.monotonic() + patience
        started = [thread for thread in threading.enumerate() if thread not in running]
        left_threads.extend(LeftThread(t, work.plugin, until) for t in started if not t.daemon)


def call_chosen(plugin: object, doing: str, function: Callable[[], Any], failed: str) -> Any:
    """Return the result of a function of a chosen plugin.

    Changes of the process by such a plugin are not undone.

    Parameters
    ----------
    plugin, doing
        As in `at_work`.
    function : callable
        Takes nothing.
    failed : str
        How the sentence begins if it raises: ``the detector 'x' of plugin y cannot be started``.

    Raises
    ------
    SciaradaError
        As the function raises it; anything else that it raises becomes a `PluginError`.
    """
    with at_work(plugin, doing, keep_state=False) as work:
        try:
            return work.call(function, passed_on=(SciaradaError,))
        except PluginFault as fault:
            raise PluginError(f"{failed}: {fault}") from fault.__cause__


def _run_at_exit(plugin: str, handler: Callable[[], Any]) -> None:
    """Call a handler that a plugin registered with `atexit`."""
    with at_work(plugin, "run at exit", keep_state=False) as work:
        try:
            work.call(handler)
        except PluginFault as fault:
            logger.warning("plugin %s raised %s at exit", plugin, fault)

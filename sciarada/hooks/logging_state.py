"""The set-up of the log, which libraries and plugins may change for everybody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from sciarada.hooks.setting import Setting

Logs = tuple[int, dict[logging.Logger, tuple[Any, ...]]]


def _loggers() -> Iterator[logging.Logger]:
    yield logging.root
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            yield logger


def _state(logger: logging.Logger) -> tuple[Any, ...]:
    handlers, filters = tuple(logger.handlers), tuple(logger.filters)
    return logger.level, logger.disabled, logger.propagate, handlers, filters


def _read() -> Logs:
    return logging.root.manager.disable, {logger: _state(logger) for logger in _loggers()}


def _put_back(before: Logs) -> bool:
    """Set up the loggers that there were as they were; those that are new stay."""
    disable, states = before
    changed = [logger for logger, state in states.items() if _state(logger) != state]
    for logger in changed:
        level, logger.disabled, logger.propagate, handlers, filters = states[logger]
        logger.setLevel(level)
        logger.handlers[:], logger.filters[:] = handlers, filters
    stopped = logging.root.manager.disable != disable
    if stopped:
        logging.disable(disable)
    return stopped or bool(changed)


LOGGING = Setting("logging", _read, _put_back)

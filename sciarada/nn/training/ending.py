"""Several processes of one training end together; the first one gives the reason."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lightning_fabric import Fabric
from lightning_fabric.plugins.environments import LightningEnvironment
from torch import distributed

from sciarada.errors import WorkerError
from sciarada.running.leaving import leave_at_once

PATIENCE = 3.0  # seconds in which the first process ends by the same error
_INTERVAL = 0.2  # seconds between two checks
_LOST = ("connection closed by peer", "connection reset by peer", "broken pipe", "gloo")


@contextmanager
def ending_together(fabric: Fabric) -> Iterator[None]:
    """Let a process started by the first one end with it, without a message.

    Parameters
    ----------
    fabric : Fabric
        Launched.

    Raises
    ------
    WorkerError
        In the first process, if it lost another one.
    """
    started = fabric.global_rank > 0 and _is_started_by_first(fabric)
    first = os.getppid()
    if started:
        threading.Thread(target=_exit_with_parent, args=(first,), daemon=True).start()
    try:
        yield
    except BaseException as error:
        lost = is_lost_connection(error)
        if fabric.is_global_zero and lost:
            raise _lost_process(error) from error
        if started and (lost or isinstance(error, KeyboardInterrupt) or _has_ended(first)):
            leave_at_once(0)
        raise


def _lost_process(error: BaseException) -> WorkerError:
    lost = WorkerError(
        "another process of the training ended early or was killed, perhaps for lack of memory"
    )
    for note in getattr(error, "__notes__", ()):
        lost.add_note(note)
    return lost


def _is_started_by_first(fabric: Fabric) -> bool:
    """Return whether the first process started the others, and not a batch system."""
    environment = getattr(fabric.strategy, "cluster_environment", None)
    return isinstance(environment, LightningEnvironment)


def _exit_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL)
    leave_at_once(0)


def _has_ended(parent: int) -> bool:
    """Return whether the first process ends, as it does by an error that all processes have."""
    end = time.monotonic() + PATIENCE
    while os.getppid() == parent and time.monotonic() < end:
        time.sleep(_INTERVAL)
    return os.getppid() != parent


def is_lost_connection(error: BaseException) -> bool:
    """Return whether an error is due to the end of another process of the training."""
    if isinstance(error, distributed.DistError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _LOST)

"""Whether an object can be sent to another process."""

from __future__ import annotations

import pickle
from typing import TypeVar

from sciarada.hooks.describing import describe_error

Sent = TypeVar("Sent")


def pickled_and_back(sent: Sent) -> Sent:
    """Return an object as another process receives it; fail if it cannot be pickled."""
    try:
        return pickle.loads(pickle.dumps(sent))
    except Exception as error:  # code of a plugin may raise anything
        raise AssertionError(f"it cannot be pickled: {describe_error(error)}") from error

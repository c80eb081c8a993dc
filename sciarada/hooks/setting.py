"""One setting of the process that can be read and restored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting of the process.

    Parameters
    ----------
    name : str
        What messages call it.
    read : callable
        Returns its value.
    put_back : callable
        Takes such a value, makes it hold again, and returns whether that was needed.
    """

    name: str
    read: Callable[[], Any]
    put_back: Callable[[Any], bool]


def setting(name: str, read: Callable[[], Any], write: Callable[[Any], Any]) -> Setting:
    """Return a setting with comparable values."""

    def put_back(before: Any) -> bool:
        if read() == before:
            return False
        write(before)
        return True

    return Setting(name, read, put_back)


def attribute(name: str, holder: Any, attribute: str) -> Setting:
    """Return the setting that an attribute holds, compared by identity."""

    def put_back(before: Any) -> bool:
        if getattr(holder, attribute) is before:
            return False
        setattr(holder, attribute, before)
        return True

    return Setting(name, lambda: getattr(holder, attribute), put_back)

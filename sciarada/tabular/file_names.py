"""Names of files and folders made of other names, within what file systems take."""

from __future__ import annotations

import hashlib
import os

LONGEST = 255  # bytes of a name in the usual file systems
_DIGITS = 8


def fitting_name(stem: str, suffix: str = "", prefix: str = "") -> str:
    """Return ``prefix``, ``stem`` and ``suffix`` as one name that file systems take.

    A stem that is too long is cut, and a few digits of its hash tell it from others.

    Examples
    --------
    >>> fitting_name("field", "_sciarada")
    'field_sciarada'
    >>> len(fitting_name("x" * 250, "_sciarada"))
    255
    """
    room = LONGEST - len(os.fsencode(prefix + suffix))
    raw = os.fsencode(stem)
    if len(raw) <= room:
        return f"{prefix}{stem}{suffix}"
    mark = f"~{hashlib.sha256(raw).hexdigest()[:_DIGITS]}"
    kept = stem[:room]
    while len(os.fsencode(kept)) > room - len(mark):
        kept = kept[:-1]
    return f"{prefix}{kept}{mark}{suffix}"

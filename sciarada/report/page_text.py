"""Pages as files."""

from __future__ import annotations

import re
from pathlib import Path

from sciarada.tabular.escaping import escape

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write_html(path: Path, text: str) -> None:
    """Write a page in UTF-8.

    Control characters and bytes that are not UTF-8, as names of files may have them, are shown as
    the escape of `sciarada.tabular.escaping`.
    """
    text = _CONTROL.sub(lambda found: escape(found[0]), text)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")

"""Decoding of text files from any program."""

from __future__ import annotations

import codecs
import logging
from pathlib import Path

from sciarada.errors import CatalogueError

logger = logging.getLogger(__name__)

_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16, so it is looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
OTHER = "cp1252"
"""Encoding of text that has no byte order mark and is not UTF-8: Western European Windows."""


def decode(data: bytes, path: Path) -> str:
    """Return the text of a file.

    A byte order mark says UTF-8, UTF-16 or UTF-32. Without one the text is UTF-8 or, if it is
    not valid UTF-8, Windows-1252 (which contains the letters of Latin-1); the log then says so.

    Parameters
    ----------
    data : bytes
        All bytes of the file.
    path : Path
        The file, for messages.

    Raises
    ------
    CatalogueError
        If the bytes are not text.
    """
    encoding = marked_encoding(data) or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise CatalogueError(
                f"its byte order mark says {encoding.upper()}, which its bytes are not: save it "
                "again as UTF-8"
            ) from error
    logger.warning(
        "%s is not UTF-8 and was read as Windows-1252 (Latin-1): save it as UTF-8 if letters are "
        "wrong",
        path,
    )
    return data.decode(OTHER, "backslashreplace")


def marked_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names, None without a mark."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)

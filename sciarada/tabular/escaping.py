r"""The one escape for text that a file format, an encoding or a terminal cannot hold.

A backslash begins an escape: ``\\`` is a backslash itself, ``\n``, ``\r`` and ``\t`` are a new
line, a return and a tab, and ``\xhh``, ``\uhhhh`` and ``\Uhhhhhhhh`` a character by its number in
Unicode. A byte of the name of a file that is not UTF-8 is one of ``\udc80`` to ``\udcff``, as
Python reads such names. This is Python's encoding ``unicode_escape``.
"""

from __future__ import annotations

FORM = "unicode-escape"
"""Mark of an escaped column in a table."""


def escape(text: str) -> str:
    r"""Return text in printable ASCII without blanks at its ends, from which it can be restored.

    Examples
    --------
    >>> escape("σOct.fits")
    '\\u03c3Oct.fits'
    """
    written = text.encode("unicode_escape").decode("ascii")
    blanks = len(written) - len(written.lstrip(" "))
    written = r"\x20" * blanks + written[blanks:]
    kept = written.rstrip(" ")
    return kept + r"\x20" * (len(written) - len(kept))


def unescape(text: str) -> str:
    r"""Return the text that `escape` was given.

    Raises
    ------
    ValueError
        If the text is no such escape.

    Examples
    --------
    >>> unescape(r"\u03c3Oct.fits")
    'σOct.fits'
    """
    return text.encode("ascii").decode("unicode_escape")


def is_ascii(text: str) -> bool:
    """Return whether text is printable ASCII without blanks at its ends."""
    return text.isascii() and is_printable(text)


def is_printable(text: str) -> bool:
    """Return whether text is printable, in any script, without blanks at its ends."""
    return text.isprintable() and text == text.strip()


def shown(text: str) -> str:
    """Return text as ASCII, escaped if necessary."""
    return text if is_ascii(text) else escape(text)


def shown_unicode(text: str) -> str:
    """Return text with all but printable Unicode escaped.

    For people to read: it cannot always be restored.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

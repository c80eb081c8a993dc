"""Examples at the end of a command's help."""

from __future__ import annotations

PROMPT = "$ sciarada "


def examples(*lines: str) -> str:
    """Return the epilog of a command that shows how it is used.

    Parameters
    ----------
    *lines : str
        What follows ``sciarada`` on the command line, one example each.
    """
    return "\n".join(["\b", "Examples:", *(f"  {PROMPT}{line}" for line in lines)])

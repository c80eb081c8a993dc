"""What the value of an option must be, in the words of a message."""

from __future__ import annotations

import click


def expected(kind: click.ParamType) -> str:
    """Return what values of a type must be, such as ``a whole number of 0 or more``.

    Parameters
    ----------
    kind : click.ParamType
        A number, with or without a range, a choice, or a type of ours with ``expected``.
    """
    if isinstance(kind, click.Choice):
        return f"one of {', '.join(kind.choices)}"
    if isinstance(kind, click.types.IntParamType):
        return f"a whole number{_range(kind)}"
    if isinstance(kind, click.types.FloatParamType):
        return f"a number{_range(kind)}"
    return str(getattr(kind, "expected", "a value that the option accepts"))


def _range(kind: click.ParamType) -> str:
    """Return the end of ``a number`` that gives its range, empty without one."""
    if not isinstance(kind, click.IntRange | click.FloatRange):
        return ""
    low, high = ("" if end is None else f"{end}".removesuffix(".0") for end in (kind.min, kind.max))
    if low and high and not (kind.min_open or kind.max_open):
        return f" from {low} to {high}"
    ends = []
    if low:
        ends.append(f"greater than {low}" if kind.min_open else f"of {low} or more")
    if high:
        ends.append(f"less than {high}" if kind.max_open else f"of {high} or less")
    return f" {' and '.join(ends)}" if ends else ""

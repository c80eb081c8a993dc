"""Types of options that click does not have, each with a description of its values."""

from __future__ import annotations

from typing import Any

import click

LARGEST_NPIX = 4096


class ListOf(click.ParamType):
    """Values separated by commas, such as ``0.01,0.1,1``, as a tuple.

    Parameters
    ----------
    kind : type
        ``str``, ``int`` or ``float``.
    """

    name = "list"

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.expected = {
            str: "names separated by commas",
            int: "whole numbers separated by commas",
            float: "numbers separated by commas",
        }[kind]

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        """Return the values."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self.kind(part.strip()) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 1 or 1,2", param, ctx)


class SideInPixels(click.ParamType):
    """A number of pixels, or ``own``: the side of each encoder."""

    name = "npix"
    expected = f"a number of pixels up to {LARGEST_NPIX}, or 'own'"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """Return the number, or ``own``."""
        text = str(value)
        if text == "own":
            return text
        if not text.isdecimal():
            self.fail(f"{text!r} is neither a number of pixels nor own", param, ctx)
        if len(text) > 4 or int(text) > LARGEST_NPIX:
            self.fail(
                f"{text} pixels are more than a cutout has: {LARGEST_NPIX} or fewer", param, ctx
            )
        return int(text)

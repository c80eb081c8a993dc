"""Batches of no cutout and of one: chance, or the end of a set, may leave no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

NUMBERS = (0, 1)
Made = TypeVar("Made")


def of_small_batches(make: Callable[[int], Made]) -> Iterator[tuple[int, Made]]:
    """Yield each small number of cutouts, and the result for a batch of that size.

    Raises
    ------
    AssertionError
        If it cannot be made, with the number of cutouts and the cause.
    """
    for number in NUMBERS:
        try:
            made = make(number)
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            raise AssertionError(f"a batch of {_cutouts(number)} raises {cause}") from error
        yield number, made


def check_shapes(make: Callable[[int], object], wanted: Callable[[int], tuple[int, ...]]) -> None:
    """Check the shapes of the results for small batches."""
    for number, made in of_small_batches(make):
        shape = tuple(getattr(made, "shape", ()))
        assert shape == wanted(number), (
            f"a batch of {_cutouts(number)} makes the shape {shape}, not {wanted(number)}"
        )


def _cutouts(number: int) -> str:
    return "1 cutout" if number == 1 else f"{number} cutouts"

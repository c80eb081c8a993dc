"""What a message says that the value of an option must be."""

import click
import pytest

from sciarada.cli.configuration.expected import expected
from sciarada.cli.value_types import ListOf, SideInPixels


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (click.INT, "a whole number"),
        (click.FLOAT, "a number"),
        (click.IntRange(0, 4), "a whole number from 0 to 4"),
        (click.IntRange(2), "a whole number of 2 or more"),
        (click.IntRange(max=9), "a whole number of 9 or less"),
        (click.IntRange(0, 2**63 - 1), "a whole number from 0 to 9223372036854775807"),
        (click.FloatRange(0.0, 1.0), "a number from 0 to 1"),
        (click.FloatRange(0, min_open=True), "a number greater than 0"),
        (click.FloatRange(0, 0.5, max_open=True), "a number of 0 or more and less than 0.5"),
        (click.FloatRange(max=1e-3), "a number of 0.001 or less"),
        (click.Choice(["fast", "good"]), "one of fast, good"),
        (ListOf(int), "whole numbers separated by commas"),
        (SideInPixels(), "a number of pixels up to 4096, or 'own'"),
    ],
)
def test_types_of_options_in_words(kind, words):
    assert expected(kind) == words

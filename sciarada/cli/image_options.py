"""Options of every command that reads an image: what the header may lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from sciarada.core.errors import OptionError

if TYPE_CHECKING:
    from sciarada.core.beam import Beam


def image_options(command: Callable) -> Callable:
    """Add ``--plane``, ``--beam`` and ``--unit`` to a command."""
    for option in (
        click.option("--unit", help="Unit of the pixels, in place of BUNIT."),
        click.option(
            "--beam",
            metavar="MAJ,MIN,PA",
            help="Restoring beam in arcsec and degrees, in place of the header's: 15,12,30.",
        ),
        click.option(
            "--plane",
            metavar="N[,N]",
            help="Zero-based place along each further axis longer than 1.",
        ),
    ):
        command = option(command)
    return command


def parse_beam(text: str | None) -> Beam | None:
    """Return the beam that ``--beam`` gives, None where it was not given.

    Raises
    ------
    OptionError
        If it is not one or three numbers that make a beam.
    """
    if text is None:
        return None
    from sciarada.core.beam import Beam

    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) == 1:
            numbers = [numbers[0], numbers[0], 0.0]
        major, minor, angle = numbers
        return Beam(major, minor, angle, origin="option")
    except ValueError as error:
        raise OptionError(
            f"--beam {text} is no beam; give major and minor axis in arcsec and the position "
            "angle in degrees, as in --beam 15,12,30"
        ) from error

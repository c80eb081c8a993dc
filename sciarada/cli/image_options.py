"""Options of every command that reads an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sciarada.geometry.beam import Beam


hdu_option = click.option(
    "--hdu",
    metavar="NAME|N",
    help="HDU of the file, as in image.fits[SCI]: SCI, SCI,2 or its number from 0.",
)


def image_options(command: Callable) -> Callable:
    """Add ``--hdu``, ``--plane``, ``--beam`` and ``--unit`` to a command."""
    for option in (
        click.option("--unit", help="Unit of the pixels, instead of BUNIT."),
        click.option(
            "--beam",
            metavar="MAJ,MIN,PA",
            help="Restoring beam in arcsec and degrees, instead of the header: 15,12,30.",
        ),
        click.option(
            "--plane",
            metavar="N[,N]",
            help="Zero-based position along each further axis longer than 1.",
        ),
        hdu_option,
    ):
        command = option(command)
    return command


def parse_beam(text: str | None) -> Beam | None:
    """Return the beam that ``--beam`` gives, None where it was not given.

    Raises
    ------
    OptionError
        If it is not one to three numbers that make a beam.
    """
    if text is None:
        return None
    from sciarada.io.beams import option

    return option.parse_beam(text)

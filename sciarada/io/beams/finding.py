"""Find the restoring beam of a plane, wherever the file states it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from astropy.io import fits

from sciarada.geometry.beam import Beam
from sciarada.io.beams.checks import beam_of
from sciarada.io.beams.history import beam_in_history
from sciarada.io.beams.keywords import beam_in_keywords, beam_of_channel
from sciarada.io.beams.tables import BeamPlace, BeamTable, read_beam_table


def find_beam(
    header: fits.Header, tables: Sequence[fits.BinTableHDU], place: BeamPlace
) -> tuple[Beam | None, str, list[str]]:
    """Find the beam of a plane.

    That of the plane itself comes first, in a table or in keywords of each channel; then the
    keywords of the image, the median of the table, and HISTORY.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the image.
    tables : sequence of `~astropy.io.fits.BinTableHDU`
        The tables of beams of the file, those first that are more likely of the image.
    place : BeamPlace
        The plane.

    Returns
    -------
    beam : Beam or None
        Position angle as written, from the north of the image's own frame.
    where : str
        Where it was found, for people.
    notes : list of str
        What had to be guessed.
    """
    notes: list[str] = []
    read = [table for hdu in tables if (table := read_beam_table(hdu)) is not None]
    for table in read:
        row = table.row(place)
        if row is not None:
            return _of_row(table, row, notes), f"the {table.name} table", notes
    if place.channel is not None:
        beam, where = beam_of_channel(header, place.channel, place.channels, notes)
        if beam:
            return beam, where, notes
    beam, where = _of_the_image(header, read, notes)
    notes += _not_of_the_plane(header, len(tables), read, where)
    return beam, where, notes


def _of_the_image(
    header: fits.Header, tables: Sequence[BeamTable], notes: list[str]
) -> tuple[Beam | None, str]:
    """Return a beam that does not belong to a certain plane, and where it was found."""
    beam, where = beam_in_keywords(header, notes)
    if beam:
        return beam, where
    for table in tables:
        row = table.median_row()
        if row is not None:
            return _of_row(table, row, notes), f"the median of the {table.name} table"
    beam = beam_in_history(header, notes)
    return beam, "HISTORY" if beam else ""


def _of_row(table: BeamTable, row: int, notes: list[str]) -> Beam | None:
    major, minor, pa = table.axes[row].tolist()
    return beam_of(major, minor, pa if math.isfinite(pa) else None, "header", notes)


def _not_of_the_plane(
    header: fits.Header, count: int, read: Sequence[BeamTable], where: str
) -> list[str]:
    """Return a note where a table should have had the beam of the plane."""
    used = f"that from {where} is used" if where else "there is none"
    if read:
        return [f"The {read[0].name} table has no beam of this plane; {used}."]
    if count:
        return [f"The table of beams cannot be read; {used}."]
    if header.get("CASAMBM") is True:
        return [f"CASAMBM is T, but there is no table BEAMS; {used}."]
    return []

"""FITS files of any origin, with declared sizes checked before memory is allocated."""

from __future__ import annotations

from pathlib import Path

from sciarada.errors import CatalogueError
from sciarada.io.hdus.layout import read_layout


def check_promises(path: Path) -> None:
    """Refuse a FITS file with HDUs that are damaged or longer than the file.

    Raises
    ------
    CatalogueError
        If it is so; the message follows the name of the file.
    """
    with path.open("rb") as stream:
        layout = read_layout(stream)
    if layout.fault:
        raise CatalogueError(f"it is damaged: {layout.fault}; fetch or write it again")
    short = next((hdu for hdu in layout.hdus if hdu.missing), None)
    if short is not None:
        raise CatalogueError(
            f"it is cut short: HDU {short.label} promises {short.missing} bytes more than there "
            "are; fetch or write it again"
        )

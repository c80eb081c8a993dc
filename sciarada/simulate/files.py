"""Writing images that are computed, or read from elsewhere, strip by strip."""

from __future__ import annotations

from pathlib import Path

from sciarada.core.image import SkyImage
from sciarada.core.windows import Window
from sciarada.io.atomic import atomic_path
from sciarada.io.maps import MapFile
from sciarada.simulate.blocks import BLOCK


def write_image(
    image: SkyImage,
    path: str | Path,
    *,
    overwrite: bool = False,
    cards: dict[str, str | float] | None = None,
) -> None:
    """Write an image to a FITS file in strips, so that memory stays bounded.

    The file appears whole or not at all.

    Parameters
    ----------
    image : SkyImage
        What to write.
    path : str or Path
        File to make.
    overwrite : bool
        Replace a file that exists.
    cards : dict, optional
        Further header cards.

    Raises
    ------
    OutputError
        The file exists or cannot be written.
    """
    ny, nx = image.shape
    header = image.map_header()
    header.update(cards or {})
    with atomic_path(path, overwrite) as part:
        target = MapFile.create(part, header, image.shape, "float32")
        for y0 in range(0, ny, BLOCK):
            strip = Window(y0, min(y0 + BLOCK, ny), 0, nx)
            target.write(strip, image.read(strip))

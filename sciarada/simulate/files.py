"""Writing images that are computed or read strip by strip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from astropy.io import fits

from sciarada.core.errors import OutputError
from sciarada.core.image import SkyImage
from sciarada.core.windows import Window
from sciarada.simulate.blocks import BLOCK


def write_image(
    image: SkyImage, path: Path, cards: Mapping[str, tuple[str | float, str]] | None = None
) -> None:
    """Write an image to a FITS file in strips of bounded memory.

    The file appears under its name when it is complete; an older one is replaced.

    Parameters
    ----------
    image : SkyImage
        What to write.
    path : path
        Name of the file.
    cards : mapping, optional
        Further header cards: keyword to (value, comment).

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    ny, nx = image.shape
    header = fits.Header([("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2)])
    header["NAXIS1"], header["NAXIS2"] = nx, ny
    header.update(image.map_header())
    for keyword, value in (cards or {}).items():
        header[keyword] = value
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with fits.StreamingHDU(part, header) as stream:
            for y0 in range(0, ny, BLOCK):
                strip = Window(y0, min(y0 + BLOCK, ny), 0, nx)
                stream.write(image.read(strip))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{path} cannot be written ({error.strerror or error}); choose another place"
        ) from error

"""Writing images that are computed, or read from elsewhere, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from astropy.io import fits

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.io.atomic import atomic_path
from sciarada.io.kinds import Kind
from sciarada.io.maps import MapFile, Storage
from sciarada.simulation.blocks import BLOCK

WIDTH = 8 * BLOCK
_CREATOR = "SCIARADA"


@dataclass(frozen=True, eq=False)
class WriteMaps:
    """Writes one window of maps that are computed when they are read.

    Parameters
    ----------
    maps : tuple of (MapFile, callable)
        A file, and what returns its pixels ``[y, x]`` in a window.
    """

    maps: tuple[tuple[MapFile, Callable[[Window], np.ndarray]], ...]

    def __call__(self, window: Window) -> None:
        """Compute the window of each map and write it."""
        for file, read in self.maps:
            file.write(window, read(window))


def pieces(shape: tuple[int, int]) -> list[Window]:
    """Return the windows in which an image is written: whole blocks, so none is computed twice."""
    ny, nx = shape
    return [
        Window(y0, min(y0 + BLOCK, ny), x0, min(x0 + WIDTH, nx))
        for y0 in range(0, ny, BLOCK)
        for x0 in range(0, nx, WIDTH)
    ]


def write_image(
    image: SkyImage,
    path: str | Path,
    *,
    overwrite: bool = False,
    storage: Storage | None = None,
) -> None:
    """Write an image to a FITS file in pieces, so that memory stays bounded.

    The file appears whole or not at all.

    Parameters
    ----------
    image : SkyImage
        What to write.
    path : str or Path
        File to make.
    overwrite : bool
        Replace a file that exists.
    storage : Storage, optional
        Header of the file and how the pixels are stored; by default as the image itself says.

    Raises
    ------
    OutputError
        The file exists or cannot be written.
    """
    storage = storage or Storage.of(image)
    header = storage.header.copy()
    header["CREATOR"] = (_CREATOR, "what wrote this file")
    storage = replace(storage, header=header)
    with atomic_path(path, overwrite, _KIND) as part:
        file = MapFile.create(part, storage, image.shape, "float32")
        write = WriteMaps(((file, image.read),))
        for window in pieces(image.shape):
            write(window)


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return fits.Header.fromfile(stream).get("CREATOR") == _CREATOR
    except (OSError, ValueError, UnicodeDecodeError):
        return False


_KIND = Kind("image", _is_ours)

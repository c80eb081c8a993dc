"""The memory that a detection run needs."""

from __future__ import annotations

from sciarada.detection.settings import DetectSettings

# Resident memory of all processes together, fitted to runs on 1024 to 8192 pixels square with a
# source every 8000 pixels, one and two workers, tiles of 1024 and 2048.
ALONE = 230e6  # bytes: Python with its libraries, in one process
PROCESS = 160e6  # bytes of each of the processes of a pool: the parent, the server, the workers
PER_PIXEL = 4  # bytes per pixel of the image
PER_TILE_PIXEL = 12  # bytes per pixel of the tile in each worker


def detect_memory(shape: tuple[int, int], settings: DetectSettings) -> float:
    """Return about how many bytes of memory ``sciarada detect`` needs.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx) of the image.
    settings : DetectSettings
        Number of workers and size of the tiles.
    """
    pixels = shape[0] * shape[1]
    workers = settings.number_of_workers()
    tile = min(settings.tile**2 or pixels, pixels)
    processes = ALONE if workers == 1 else PROCESS * (workers + 2)
    return processes + PER_PIXEL * pixels + workers * PER_TILE_PIXEL * tile

"""What the objects made by a spec's factory must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.detections import Detection, TileView
    from sciarada.core.image import SkyImage
    from sciarada.core.shape import Shape


@runtime_checkable
class Detector(Protocol):
    """Finds objects in a tile; a task of kind ``detector`` makes one.

    The measuring is not its business: it returns masks, boxes, labels and scores, and every
    detector's finds are measured by the same code.  It must be picklable, because tiles are
    worked on by other processes; it must give the same answer each time, and must not change
    the arrays that it is shown.
    """

    def halo(self, image: SkyImage) -> int:
        """Return how many pixels of context a tile needs on each side."""

    def detect(self, view: TileView) -> list[Detection]:
        """Return the objects found in the tile's window, in image pixels."""


@runtime_checkable
class Encoder(Protocol):
    """Turns cutouts into embeddings."""

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """Return float32 ``(n, d)`` for float32 cutouts ``(n, ny, nx)``, NaN where missing."""


@runtime_checkable
class Augmentation(Protocol):
    """Makes one more view of a cutout."""

    def view(self, pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a changed copy of float32 pixels ``(ny, nx)``, of the same shape."""


@runtime_checkable
class Reader(Protocol):
    """Reads an image of a format that SCIARADA does not know."""

    def read(self, path: Path) -> SkyImage:
        """Return the image, or raise `ImageError`."""


@runtime_checkable
class Writer(Protocol):
    """Writes a catalogue in a format that SCIARADA does not know."""

    def write(self, catalogue: SourceCatalogue, path: Path) -> None:
        """Write the whole file, or raise `OutputError` and leave none."""


@runtime_checkable
class Morphology(Protocol):
    """Draws sources of one kind for simulated skies."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return a source of largest angular size ``size`` (arcsec); ``rng`` is all its chance."""

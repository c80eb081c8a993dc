"""What the objects made by a spec's factory must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from torch import Tensor, nn

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
    """Turns cutouts into feature vectors: a `torch.nn.Module`.

    ``backbone(channels(pixels))`` are the features, on the device of the pixels. In evaluation
    the features of a cutout must not depend on the others of its batch.

    Attributes
    ----------
    channels : callable
        Makes finite images ``(n, c, h, w)`` of pixels ``(n, h, w)``, float32, NaN where missing.
    backbone : torch.nn.Module
        Makes features ``(n, backbone.dimension)`` of images ``(n, backbone.channels, h, w)``.
    """

    channels: Callable[[Tensor], Tensor]
    backbone: nn.Module


class Losses(NamedTuple):
    """What a step of training minimises, and what it is made of.

    Attributes
    ----------
    total : Tensor, shape ()
        What is minimised.
    parts : dict of str to Tensor
        Terms and other numbers to be shown, without gradient.
    """

    total: Tensor
    parts: dict[str, Tensor]


@runtime_checkable
class Pretrainer(Encoder, Protocol):
    """An encoder that learns from images without labels.

    All that the next steps depend on is in its state dict: parameters, slow networks, queues.
    With several processes the loss is that of the batch of all of them, in every process.

    Attributes
    ----------
    views : int
        How many views of each sample it wants.
    """

    views: int

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the loss of a batch: images ``(n, c, h, w)`` a view, row by row partners."""

    def after_step(self, progress: float) -> None:
        """Do what follows a step of the optimiser; ``progress`` is 0 at the first, 1 at the end."""


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

"""What the objects made by a spec's factory must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from astropy.table import Table
    from torch import Generator, Tensor, nn

    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.cutout_source import CutoutSource
    from sciarada.core.detections import Detection, TileView
    from sciarada.core.image import SkyImage
    from sciarada.core.model_card import ModelCard
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


class Encoder(Protocol):
    """Turns cutouts into feature vectors: a `torch.nn.Module`.

    ``backbone(channels(pixels))`` are the features, on the device of the pixels. In evaluation
    the features of a cutout must not depend on the others of its batch. Ask an object for these
    with `hasattr`: from Python 3.12 on, `isinstance` does not see the parts of a module.

    Attributes
    ----------
    channels : callable
        Makes finite images ``(n, c, h, w)`` of pixels ``(n, h, w)``, float32, NaN where missing.
    backbone : torch.nn.Module
        Makes features ``(n, backbone.dimension)`` of images ``(n, backbone.channels, h, w)``.
    """

    channels: Callable[[Tensor], Tensor]
    backbone: nn.Module


@runtime_checkable
class Hub(Protocol):
    """A place that others' trained encoders come from."""

    def load(self, model: str) -> tuple[Encoder, ModelCard]:
        """Return an encoder and what is known of it, or raise `WeightsError`.

        The sides of the images that it is shown are those of the card's cutouts. The card's hash
        is that of the numbers it works with. Weights are read as numbers, never as pickles that
        could do more.
        """


class Losses(NamedTuple):
    """What a step of training minimises, and what it is made of.

    Attributes
    ----------
    total : Tensor, shape ()
        What is minimised.
    terms : dict of str to Tensor
        Terms and other numbers to be shown, without gradient.
    """

    total: Tensor
    terms: dict[str, Tensor]


UNLABELLED = -1
"""Stands for the label of a cutout that has none."""


class Pretrainer(Encoder, Protocol):
    """An encoder that learns from images, most often without labels.

    All that the next steps depend on is in its state dict: parameters, slow networks, queues.
    With several processes the loss is that of the batch of all of them, in every process.

    Attributes
    ----------
    views : int
        How many views of each sample it wants.
    labelled : bool, optional
        Whether it learns from labels, too. Then the last of the views that `loss` is given are
        the labels of the samples: int64 ``(n,)`` from 0, and `UNLABELLED` where there is none.
    """

    views: int

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the loss of a batch: images ``(n, c, h, w)`` a view, row by row partners."""

    def after_step(self, progress: float) -> None:
        """Do what follows a step of the optimiser; ``progress`` is 0 at the first, 1 at the end."""


class SkyInfo(NamedTuple):
    """What is known of the sky under each cutout of a batch, NaN where it is unknown.

    Attributes
    ----------
    pixel_scale : Tensor of float32, shape (n,)
        Side of a pixel in arcsec.
    beam_major : Tensor of float32, shape (n,)
        Major axis (FWHM) of the beam in arcsec.
    """

    pixel_scale: Tensor
    beam_major: Tensor

    @classmethod
    def unknown(cls, pixels: Tensor) -> SkyInfo:
        """Return what is known of pixels ``(n, h, w)`` of which nothing is known."""
        nothing = pixels.new_full((len(pixels),), float("nan"))
        return cls(nothing, nothing)

    def beam_in_pixels(self, otherwise: float) -> Tensor:
        """Return the beam's FWHM in pixels, and another one ``otherwise`` where it is unknown."""
        beam = self.beam_major / self.pixel_scale
        return beam.where(beam > 0, beam.new_tensor(otherwise))


@runtime_checkable
class SkyAugmentation(Protocol):
    """Changes surface brightness; an augmentation of stage ``sky`` is one.

    As every augmentation, it can be pickled, draws anew for each cutout, works on the device of
    what it is shown and leaves that as it was. The generator is all its chance, and is on the
    same device.
    """

    def apply(self, pixels: Tensor, sky: SkyInfo, generator: Generator) -> Tensor:
        """Return changed float32 pixels ``(n, h, w)``, NaN where they are missing."""


@runtime_checkable
class GeometryAugmentation(Protocol):
    """Moves the sky under the pixels; an augmentation of stage ``geometry`` is one."""

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return float32 matrices ``(n, 2, 3)`` as `torch.nn.functional.affine_grid` takes them.

        All geometric augmentations of a view are composed, and applied by one resampling.
        """


@runtime_checkable
class ChannelAugmentation(Protocol):
    """Changes channels; an augmentation of stage ``channels`` is one."""

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return changed float32 images ``(n, c, h, w)``, from 0 to 1 as they were."""


@runtime_checkable
class PartnerAugmentation(Protocol):
    """Shows another cutout for a cutout's second view; one of stage ``partner`` does."""

    def prepare(self, cutouts: CutoutSource) -> np.ndarray:
        """Return int64 ``(len(cutouts), k)``: rows that may stand in for each row, -1 for none.

        Called once for a set. The memory that it takes grows with the table, not with the pixels.
        """

    def partners(self, rows: Tensor, table: Tensor, generator: Generator) -> Tensor:
        """Return the rows ``(n,)`` to be shown for ``rows``, which may be the same."""


@runtime_checkable
class Reader(Protocol):
    """Reads an image of a format that SCIARADA does not know."""

    def read(self, path: Path) -> SkyImage:
        """Return the image, or raise `ImageError`.

        Its pixels are fetched window by window, by other processes too: their source must be
        picklable.
        """


@runtime_checkable
class TableReader(Protocol):
    """Reads a table of a format that SCIARADA does not know."""

    def read(self, path: Path) -> Table | SourceCatalogue:
        """Return the table, or raise `CatalogueError`.

        A `SourceCatalogue` is used wherever a catalogue of ours is, an `~astropy.table.Table`
        wherever a table of the user is.
        """


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

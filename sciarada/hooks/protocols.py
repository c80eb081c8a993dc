"""The methods and attributes that objects made by the factory of a spec must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import torch
    from astropy.table import Table
    from torch import Generator, Tensor, nn

    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.cutout_source import CutoutSource
    from sciarada.core.detections import Detection, TileView
    from sciarada.core.image import SkyImage
    from sciarada.core.model_card import Crop, ModelCard
    from sciarada.core.shape import Shape


@runtime_checkable
class Detector(Protocol):
    """Finds objects in a tile of an image; made by a task of kind ``detector``.

    A detector does not measure: it returns masks, boxes, labels and scores, and the same code
    measures the objects of every detector. It must be picklable, because other processes work on
    tiles; its result must be reproducible, and it must not change the arrays that it is given.

    See Also
    --------
    TaskSpec : Declares a detector.
    sciarada.testing.tile_view : Makes a tile to try a detector on.

    Examples
    --------
    >>> import numpy as np
    >>> from sciarada.core.detections import Detection
    >>> from sciarada.testing import small_sky, tile_view
    >>> class AllBright:
    ...     def halo(self, image):
    ...         return 0
    ...
    ...     def detect(self, view):
    ...         return [Detection(view.tile.window, view.snr > 5)]
    >>> isinstance(AllBright(), Detector)
    True
    >>> (found,) = AllBright().detect(tile_view(small_sky((64, 64))))
    >>> found.mask.shape
    (64, 64)
    """

    def halo(self, image: SkyImage) -> int:
        """Return how many pixels of context a tile needs on each side."""

    def detect(self, view: TileView) -> list[Detection]:
        """Return the objects found in the window of the tile, in pixels of the image."""


@runtime_checkable
class BatchDetector(Detector, Protocol):
    """A detector that can work on several tiles at once, such as a network on a GPU.

    `sciarada.hooks.DetectorSpec` declares how many tiles and where it runs.

    See Also
    --------
    Detector : What every detector does.
    DetectorSpec : Declares a detector.

    Examples
    --------
    >>> class Nothing:
    ...     def halo(self, image):
    ...         return 0
    ...
    ...     def detect(self, view):
    ...         return self.detect_batch([view])[0]
    ...
    ...     def detect_batch(self, views):
    ...         return [[] for view in views]
    >>> isinstance(Nothing(), BatchDetector)
    True
    """

    def detect_batch(self, views: list[TileView]) -> list[list[Detection]]:
        """Return the result of `detect` for each tile; the tiles may have different shapes."""


@runtime_checkable
class TrainableDetector(Detector, Protocol):
    """A detector that learns from tiles in which the objects are known.

    See Also
    --------
    Detector : What every detector does.
    Losses : What ``loss`` returns.

    Examples
    --------
    >>> import torch
    >>> class Counter:
    ...     def __init__(self):
    ...         self.number = torch.zeros((), requires_grad=True)
    ...
    ...     def halo(self, image):
    ...         return 0
    ...
    ...     def detect(self, view):
    ...         return []
    ...
    ...     def loss(self, tiles):
    ...         counts = torch.tensor([float(len(found)) for view, found in tiles])
    ...         total = ((counts - self.number) ** 2).mean()
    ...         return Losses(total, {"count": total.detach()})
    >>> isinstance(Counter(), TrainableDetector)
    True
    """

    def loss(self, tiles: list[tuple[TileView, list[Detection]]]) -> Losses:
        """Return the loss of a batch of tiles, each with the objects in it.

        Parameters
        ----------
        tiles : list of (TileView, list of Detection)
            The tiles may have different shapes. Windows are in pixels of the image, masks are
            true on the pixels of an object, and labels are the names of its class.
        """


class Encoder(Protocol):
    """Turns cutouts into feature vectors: a `torch.nn.Module`.

    ``backbone(channels(pixels))`` are the features, on the device of the pixels. In evaluation
    mode the features of a cutout must not depend on the other cutouts of its batch. Use `hasattr`
    to check an object for these attributes: from Python 3.12 on, `isinstance` does not see the
    attributes of a module.

    Attributes
    ----------
    channels : callable
        Makes finite float32 images ``(n, c, h, w)`` of pixels ``(n, h, w)``, NaN where missing.
        If it has an attribute ``uses_sky`` that is true, it may also be called with pixels and
        a `SkyInfo`, of which anything can be unknown.
    backbone : torch.nn.Module
        Makes features ``(n, backbone.dimension)`` of images ``(n, backbone.channels, h, w)``.

    See Also
    --------
    EncoderSpec : Declares an encoder.
    Pretrainer : An encoder that can be trained.

    Examples
    --------
    >>> import torch
    >>> class Means(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.backbone = torch.nn.Sequential(
    ...             torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten()
    ...         )
    ...         self.backbone.channels, self.backbone.dimension = 1, 4
    ...
    ...     def channels(self, pixels):
    ...         return pixels.nan_to_num(0.0)[:, None]
    >>> encoder = Means()
    >>> tuple(encoder.backbone(encoder.channels(torch.rand(3, 32, 32))).shape)
    (3, 4)
    """

    @property
    def channels(self) -> Callable[[Tensor], Tensor]:
        """Makes images of pixels."""

    @property
    def backbone(self) -> nn.Module:
        """Makes features of images."""


class FeatureColumn(NamedTuple):
    """Name and meaning of one number of a feature vector.

    Attributes
    ----------
    name : str
        Such as ``axis_ratio``.
    meaning : str
        One line, to be read by people.

    See Also
    --------
    FeatureExtractor : Has one for each of its features.

    Examples
    --------
    >>> FeatureColumn("axis_ratio", "Minor over major axis").name
    'axis_ratio'
    """

    name: str
    meaning: str


@runtime_checkable
class FeatureExtractor(Protocol):
    """Computes features of cutouts that have names, by a fixed rule without weights.

    Made by an `EncoderSpec` with ``needs_weights=False``. It works on the CPU with numpy. The
    features of a cutout must not depend on the other cutouts of its batch, must be finite for any
    pixels, and must differ for different sources.

    Attributes
    ----------
    columns : tuple of FeatureColumn
        Name and meaning of each feature.
    npix : int
        Side in pixels of the cutouts that it receives.
    crop : {'whole', 'source'}
        Which part of each cutout it receives: all of it, or the square around its source.
    version : str
        Version of the rule. Features of different versions are not compared.

    See Also
    --------
    EncoderSpec : Declares it.
    Encoder : The other kind of encoder, a network.

    Examples
    --------
    >>> import numpy as np
    >>> class Extremes:
    ...     columns = (FeatureColumn("lowest", "Minimum"), FeatureColumn("highest", "Maximum"))
    ...     npix, crop, version = 32, "whole", "1"
    ...
    ...     def features(self, pixels):
    ...         known = np.nan_to_num(pixels).reshape(len(pixels), -1)
    ...         return np.stack([known.min(axis=1), known.max(axis=1)], axis=1)
    >>> isinstance(Extremes(), FeatureExtractor)
    True
    """

    columns: tuple[FeatureColumn, ...]
    npix: int
    crop: Crop
    version: str

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return float32 features ``(n, len(columns))`` of pixels ``(n, h, h)``, NaN if missing."""


@runtime_checkable
class Hub(Protocol):
    """A source of encoders that others trained.

    See Also
    --------
    HubSpec : Declares a hub.

    Examples
    --------
    >>> from sciarada.errors import WeightsError
    >>> class Nothing:
    ...     def load(self, model):
    ...         raise WeightsError(f"there is no model {model}")
    >>> isinstance(Nothing(), Hub)
    True
    """

    def load(self, model: str) -> tuple[Encoder, ModelCard]:
        """Return an encoder and its model card.

        The side of its images in pixels is ``npix`` of the card, and the hash of the card is that
        of the numbers. Weights are read as plain numbers, never as pickles.

        Raises
        ------
        WeightsError
            If there is no such model, or it cannot be used.
        """


class Losses(NamedTuple):
    """The loss of one step of a training, and its terms.

    Attributes
    ----------
    total : Tensor, shape ()
        The loss to minimise.
    terms : dict of str to Tensor
        Terms and other numbers for the log, without gradient.

    See Also
    --------
    Pretrainer : Returns it.

    Examples
    --------
    >>> import torch
    >>> losses = Losses(torch.tensor(2.5), {"contrast": torch.tensor(2.5)})
    >>> float(losses.total)
    2.5
    """

    total: Tensor
    terms: dict[str, Tensor]


UNLABELLED = -1
"""Stands for the label of a cutout that has none."""


class Pretrainer(Encoder, Protocol):
    """An encoder that can be trained on images, usually without labels.

    Its state dict holds everything that later steps depend on: parameters, slow networks and
    queues. With several processes each of them returns the loss of the batch of all of them.

    Attributes
    ----------
    views : int
        Number of views of each sample.
    labelled : bool, optional
        Whether it also learns from labels. The last element of the list given to `loss` is then
        the labels of the samples: int64 ``(n,)`` from 0, `UNLABELLED` where unknown.
    classes : int, optional
        Largest number of different labels that it can learn, set by an option ``classes``; any
        number by default.

    See Also
    --------
    Encoder : What is left of it after the training.
    Losses : What `loss` returns.

    Examples
    --------
    >>> import torch
    >>> from sciarada.hooks import Losses
    >>> class Alike(torch.nn.Module):
    ...     views = 2
    ...
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.backbone = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(4))
    ...         self.channels = torch.nn.Identity()
    ...
    ...     def loss(self, views):
    ...         first, second = map(self.backbone, views)
    ...         total = (first - second).square().mean()
    ...         return Losses(total, {"distance": total.detach()})
    ...
    ...     def after_step(self, progress):
    ...         pass
    >>> images = torch.rand(2, 1, 8, 8)
    >>> float(Alike().loss([images, images]).total.detach())
    0.0
    """

    views: int

    def loss(self, views: list[Tensor]) -> Losses:
        """Return the loss of a batch: one tensor ``(n, c, h, w)`` per view, with matching rows."""

    def after_step(self, progress: float) -> None:
        """Update the encoder after a step; ``progress`` is 0 at the first step and 1 at the end."""


class SkyInfo(NamedTuple):
    """Properties of the sky under each cutout of a batch, NaN where unknown.

    Attributes
    ----------
    pixel_scale : Tensor of float32, shape (n,)
        Side of a pixel in arcsec.
    beam_major : Tensor of float32, shape (n,)
        Major axis (FWHM) of the beam in arcsec.
    level, noise : Tensor of float32, shape (n,), or None
        Level of the sky around the cutout, and standard deviation of its noise, in the unit of
        the pixels and for pixels of that size; None if unknown for all.

    See Also
    --------
    SkyAugmentation : Is given it.

    Examples
    --------
    >>> import torch
    >>> sky = SkyInfo(torch.tensor([2.0, 2.0]), torch.tensor([10.0, torch.nan]))
    >>> sky.beam_in_pixels(otherwise=4.0).tolist()
    [5.0, 4.0]
    """

    pixel_scale: Tensor
    beam_major: Tensor
    level: Tensor | None = None
    noise: Tensor | None = None

    @classmethod
    def unknown(cls, pixels: Tensor) -> SkyInfo:
        """Return the properties of pixels ``(n, h, w)`` of which nothing is known."""
        nothing = pixels.new_full((len(pixels),), float("nan"))
        return cls(nothing, nothing)

    def of(self, rows: Tensor | np.ndarray | slice) -> SkyInfo:
        """Return the properties of some cutouts, given by numbers, a mask or a slice."""
        return self._changed(lambda values: values[rows])

    def to(self, device: torch.device | str) -> SkyInfo:
        """Return the properties on a device."""
        return self._changed(lambda values: values.to(device))

    def _changed(self, change: Callable[[Tensor], Tensor]) -> SkyInfo:
        around = (None if part is None else change(part) for part in (self.level, self.noise))
        return SkyInfo(change(self.pixel_scale), change(self.beam_major), *around)

    def beam_in_pixels(self, otherwise: float) -> Tensor:
        """Return the FWHM of each beam in pixels, ``otherwise`` where it is unknown."""
        beam = self.beam_major / self.pixel_scale
        return beam.where(beam > 0, beam.new_tensor(otherwise))


@runtime_checkable
class SkyAugmentation(Protocol):
    """Changes surface brightness; an augmentation of stage ``sky``.

    Like every augmentation it can be pickled, draws new values for each cutout, works on the
    device of its input and does not change its input. All randomness comes from the generator,
    which is on the same device.

    See Also
    --------
    AugmentationSpec : Declares an augmentation.
    SkyInfo : What is known of the sky.
    GeometryAugmentation, ChannelAugmentation, PartnerAugmentation : The other stages.

    Examples
    --------
    >>> import torch
    >>> class Fainter:
    ...     def apply(self, pixels, sky, generator):
    ...         return pixels * torch.rand(len(pixels), 1, 1, generator=generator)
    >>> isinstance(Fainter(), SkyAugmentation)
    True
    """

    def apply(self, pixels: Tensor, sky: SkyInfo, generator: Generator) -> Tensor:
        """Return changed float32 pixels ``(n, h, w)``, NaN where missing."""


@runtime_checkable
class GeometryAugmentation(Protocol):
    """Moves the sky relative to the pixels; an augmentation of stage ``geometry``.

    See Also
    --------
    AugmentationSpec : Declares an augmentation.
    SkyAugmentation, ChannelAugmentation, PartnerAugmentation : The other stages.

    Examples
    --------
    >>> import torch
    >>> class Mirror:
    ...     def matrices(self, n, generator):
    ...         return torch.tensor([[-1.0, 0, 0], [0, 1, 0]]).expand(n, 2, 3)
    >>> isinstance(Mirror(), GeometryAugmentation)
    True
    """

    def matrices(self, n: int, generator: Generator) -> Tensor:
        """Return float32 matrices ``(n, 2, 3)`` as `torch.nn.functional.affine_grid` takes them.

        The matrices of all geometric augmentations of a view are multiplied, and the pixels are
        resampled once.
        """


@runtime_checkable
class ChannelAugmentation(Protocol):
    """Changes the channels of images; an augmentation of stage ``channels``.

    See Also
    --------
    AugmentationSpec : Declares an augmentation.
    SkyAugmentation, GeometryAugmentation, PartnerAugmentation : The other stages.

    Examples
    --------
    >>> class Negative:
    ...     def apply(self, images, generator):
    ...         return 1 - images
    >>> isinstance(Negative(), ChannelAugmentation)
    True
    """

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """Return changed float32 images ``(n, c, h, w)`` with values from 0 to 1."""


@runtime_checkable
class PartnerAugmentation(Protocol):
    """Replaces the second view of a cutout by another cutout; an augmentation of stage ``partner``.

    See Also
    --------
    AugmentationSpec : Declares an augmentation.
    SkyAugmentation, GeometryAugmentation, ChannelAugmentation : The other stages.

    Examples
    --------
    >>> import numpy as np
    >>> class Next:
    ...     def prepare(self, cutouts):
    ...         return np.roll(np.arange(len(cutouts)), -1)[:, None]
    ...
    ...     def partners(self, rows, table, generator):
    ...         return table[rows, 0]
    >>> isinstance(Next(), PartnerAugmentation)
    True
    """

    def prepare(self, cutouts: CutoutSource) -> np.ndarray:
        """Return int64 ``(len(cutouts), k)``: rows that may replace each row, -1 for none.

        Called once per set. Its memory must grow with the number of cutouts, not of pixels.
        """

    def partners(self, rows: Tensor, table: Tensor, generator: Generator) -> Tensor:
        """Return the rows ``(n,)`` to use in place of ``rows``; they may be the same."""


@runtime_checkable
class Reader(Protocol):
    """Reads images of a format that SCIARADA does not know.

    See Also
    --------
    ReaderSpec : Declares a reader.
    TableReader : Reads tables.

    Examples
    --------
    >>> from sciarada.testing import small_sky
    >>> class Constant:
    ...     def read(self, path):
    ...         return small_sky()
    >>> isinstance(Constant(), Reader)
    True
    """

    def read(self, path: Path) -> SkyImage:
        """Return the image.

        Its pixels are read window by window, also by other processes, so their source must be
        picklable.

        Raises
        ------
        ImageError
            If the file cannot be read.
        """


@runtime_checkable
class TableReader(Protocol):
    """Reads tables of a format that SCIARADA does not know.

    See Also
    --------
    ReaderSpec : Declares a reader.
    Reader : Reads images.

    Examples
    --------
    >>> from astropy.table import Table
    >>> class Lines:
    ...     def read(self, path):
    ...         return Table({"name": path.read_text().splitlines()})
    >>> isinstance(Lines(), TableReader)
    True
    """

    def read(self, path: Path) -> Table | SourceCatalogue:
        """Return the table.

        A `SourceCatalogue` is used wherever a catalogue of SCIARADA is read, an
        `~astropy.table.Table` wherever a table of the user is read.

        Raises
        ------
        CatalogueError
            If the file cannot be read.
        """


@runtime_checkable
class Writer(Protocol):
    r"""Writes catalogues in a format that SCIARADA does not know.

    See Also
    --------
    WriterSpec : Declares a writer.

    Examples
    --------
    >>> class Names:
    ...     def write(self, catalogue, path):
    ...         path.write_text("\\n".join(catalogue.sources["source_name"]))
    >>> isinstance(Names(), Writer)
    True
    """

    def write(self, catalogue: SourceCatalogue, path: Path) -> None:
        """Write the whole file.

        Raises
        ------
        OutputError
            If it cannot be written; no file must be left then.
        """


@runtime_checkable
class Morphology(Protocol):
    """Draws sources of one shape for simulated skies.

    See Also
    --------
    SimulatorSpec : Declares a morphology.

    Examples
    --------
    >>> import numpy as np
    >>> from sciarada.core.shape import Shape
    >>> class Round:
    ...     def draw(self, size, rng):
    ...         return Shape.of([1.0], [0.0], [0.0], [size], [size], [0.0])
    >>> isinstance(Round(), Morphology)
    True
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return a source of largest angular size ``size`` (arcsec); all randomness is ``rng``."""

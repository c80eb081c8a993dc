"""Settings of the training of an encoder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sciarada.core.model_card import Crop
from sciarada.errors import OptionError
from sciarada.nn.training.run_folder import CONFIGURATION

Precision = Literal["32-true", "64-true", "16-true", "16-mixed", "bf16-true", "bf16-mixed"]
"""Precisions by the names of Lightning Fabric."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True)
class PretrainSettings:
    """Settings of the training of an encoder.

    Parameters
    ----------
    encoder : str
        Name of the encoder plugin.
    options : tuple of str
        Its options, ``name=value``.
    views : tuple of str
        Augmentations as `sciarada.nn.views.building.build_views` takes them; the usual ones
        where none is given.
    init : str or None
        Initial weights of the backbone: a path, a name, or ``default``.
    name : str
        Name of the weights.
    npix : int
        Side of the cutouts in pixels.
    crop : {'whole', 'source'}
        What the encoder sees of each cutout: all of it, or the square around the source at its
        centre, see `sciarada.cutouts.source_crop`.
    epochs, batch : int
        Number of passes through the set, and of cutouts per step.
    warmup : int
        Epochs in which the learning rate rises.
    optimiser : str
        ``adamw`` or ``lars``.
    learning_rate : float
        Learning rate for a batch of 256; it is scaled with the batch.
    weight_decay, clip : float
        Decay of weights, and longest gradient (0: any).
    precision : str
        Precision as named by Lightning Fabric: ``32-true``, ``bf16-mixed``, ``16-mixed``.
    device : str
        ``auto``, ``cpu``, ``cuda``, ``mps``, or one device such as ``cuda:1``.
    devices, nodes : int
        Number of devices per node, and of nodes.
    streams : int
        Streams of chance that a batch is split into, at least one per process: one process with as
        many streams sees the very views that several processes see.
    seed : int
        The same seed, set and settings give the same weights on the same machine.
    checkpoint : int
        Epochs between two checkpoints.
    simulated : bool
        Whether the sets are of simulated skies; their positions are then not stored, because no
        real test cutout can overlap with them.
    labels : str or None
        Label of each cutout: a column of the set, or a table with one row per file or cutout_id.
    column, key : str or None
        Of such a table: the column of labels, and the column that joins it to the set, or
        ``OF_SET=OF_TABLE``.
    cache : float
        GiB of cutouts kept in memory; a larger set is read again in each epoch.
    hdu : str or None
        Which HDU of each FITS file of a folder is read.
    """

    encoder: str = "simclr"
    options: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    init: str | None = None
    name: str = "encoder"
    npix: int = 64
    crop: Crop = "whole"
    epochs: int = 100
    batch: int = 256
    warmup: int = 10
    optimiser: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    clip: float = 1.0
    precision: Precision = "32-true"
    device: str = "auto"
    devices: int = 1
    nodes: int = 1
    streams: int = 1
    seed: int = 1
    checkpoint: int = 1
    simulated: bool = False
    labels: str | None = None
    column: str | None = None
    key: str | None = None
    cache: float = 4.0
    hdu: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or f"{self.name}.json" == CONFIGURATION:
            raise OptionError(
                f"weights cannot be called {self.name!r}, for files are named so: give --name "
                "letters, digits, '.', '_' and '-', but not that of another file of the folder"
            )
        if self.warmup >= self.epochs > 1:
            raise OptionError(
                f"a warm-up of {self.warmup} epochs needs more than the {self.epochs} asked for: "
                "give --warmup or --epochs"
            )
        if self.batch % (self.devices * self.nodes):
            raise OptionError(
                f"a batch of {self.batch} cannot be shared by {self.devices * self.nodes} "
                "processes alike: give --batch a multiple of them"
            )

    @property
    def scaled_learning_rate(self) -> float:
        """The highest learning rate, in proportion to the batch size."""
        return self.learning_rate * self.batch / 256

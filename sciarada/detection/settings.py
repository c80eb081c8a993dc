"""Settings of a detection run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

from sciarada.errors import OptionError
from sciarada.running.workers import usable_cores

MIN_TILE = 16
"""Smallest side of a tile in pixels: smaller ones are little more than their margins."""


@dataclass(frozen=True)
class DetectSettings:
    """Settings of a detection run: everything that can change its results or its speed.

    Parameters
    ----------
    detector : str
        Name of the detector plugin, ``owner:name`` where two offer the same.
    options : tuple of str
        Options of the detector, each ``name=value``.
    box : int or None
        Side in pixels of a mesh box of the background; chosen from the beam by default.
    scales : tuple of float
        Coarser looks for diffuse emission, in beams; none for an empty tuple.
    tile : int
        Side of a tile in pixels, `MIN_TILE` or more; 0 takes the whole image at once.
    workers : int
        Processes; 0: one per core.
    parquet : bool
        Also write the catalogue as Parquet.
    writers : tuple of str
        Writers of plugins with which the catalogue is written, too.

    Raises
    ------
    OptionError
        If tiles are too small.
    """

    detector: str = "islands"
    options: tuple[str, ...] = ()
    box: int | None = None
    scales: tuple[float, ...] = (4.0,)
    tile: int = 1024
    workers: int = 0
    parquet: bool = False
    writers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        scales = self.scales if isinstance(self.scales, Iterable) else (self.scales,)
        if not all(isinstance(scale, Real) and scale > 1 for scale in scales):
            raise OptionError(f"--scale is a number of beams above 1, not {self.scales!r}")
        object.__setattr__(self, "scales", tuple(map(float, scales)))
        for name in ("tile", "workers"):
            if not isinstance(getattr(self, name), Integral):
                raise OptionError(f"--{name} is a whole number, not {getattr(self, name)!r}")
        if 0 < self.tile < MIN_TILE:
            raise OptionError(
                f"tiles of {self.tile} pixels are little more than their margins: give "
                f"--tile {MIN_TILE} or more, or --tile 0 for the whole image at once"
            )

    def number_of_workers(self) -> int:
        """Return how many processes to use."""
        return self.workers or usable_cores()

    def science(self) -> dict[str, Any]:
        """Return the settings that can change the results."""
        chosen = asdict(self)
        del chosen["workers"], chosen["parquet"], chosen["writers"]
        return chosen

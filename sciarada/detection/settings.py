"""Settings of a detection run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sciarada.running.workers import usable_cores


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
        Side of a tile in pixels; 0 takes the whole image at once.
    workers : int
        Processes; 0 takes one a core.
    parquet : bool
        Also write the catalogue as Parquet.
    writers : tuple of str
        Writers of plugins with which the catalogue is written, too.
    """

    detector: str = "islands"
    options: tuple[str, ...] = ()
    box: int | None = None
    scales: tuple[float, ...] = (4.0,)
    tile: int = 1024
    workers: int = 0
    parquet: bool = False
    writers: tuple[str, ...] = ()

    def number_of_workers(self) -> int:
        """Return how many processes to use."""
        return self.workers or usable_cores()

    def science(self) -> dict[str, Any]:
        """Return the settings that can change the results."""
        chosen = asdict(self)
        del chosen["workers"], chosen["parquet"], chosen["writers"]
        return chosen

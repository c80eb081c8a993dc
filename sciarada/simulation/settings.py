"""Settings of the simulation of a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SimulateSettings:
    """Settings of the simulation of a field.

    Parameters
    ----------
    size : tuple of int
        Number of pixels along each axis, (ny, nx).
    seed : int
        Seed of the random numbers; the same seed gives the same files except ``run.json``, for
        any number of workers.
    options : sequence of str
        ``dotted.name=value``, replacing values of the survey.
    number : int or None
        Number of sources drawn from the counts; by default from their density.
    parquet : bool
        Also write the truth as Parquet.
    workers : int
        Number of processes; 0 is one per core.
    """

    size: tuple[int, int] = (1024, 1024)
    seed: int = 1
    options: Sequence[str] = ()
    number: int | None = None
    parquet: bool = False
    workers: int = 0

"""Cutouts that an encoder cannot tell apart, on every real set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.ssl.board.features import features_of
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.statistics import coinciding
from sciarada.core.cutout_source import CutoutSource
from sciarada.nn.probes.encoders import ProbedEncoder


def measured(
    contender: ProbedEncoder, sets: dict[str, CutoutSource], work: Path
) -> Iterator[Measurement]:
    """Give the number of cutouts of each set whose vector another one has, too."""
    for name, source in sets.items():
        number = coinciding(features_of(contender, source, work).astype(np.float32))
        yield Measurement(f"{name}, {len(source)} cutouts", "coinciding", np.array([number]), True)

"""LoTSS: do neighbours in features lie near on a self-organising map, and are outliers strange."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from astropy.table import Table
from sklearn.neighbors import NearestNeighbors

from benchmarks.ssl.board.features import features_of, principal_axes
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.ranking import DETECTORS
from benchmarks.ssl.board.statistics import area_under_curve, resampled
from benchmarks.ssl.tasks import DATA
from sciarada.cutouts.folder_set import FolderSet, read_folder
from sciarada.nn.probes.encoders import ProbedEncoder

NAME, NEAREST = "lotss_som", 5


@cache
def cutouts() -> tuple[FolderSet, np.ndarray]:
    """Return the set, and the cell ``(x, y)`` of each cutout on the map, -1 for outliers."""
    folder = DATA / NAME
    source = read_folder(folder / "dev")
    table = Table.read(folder / "cutouts_dev.csv")
    cells = {row["file"]: (row["som_x"], row["som_y"]) for row in table}
    return source, np.array([cells.get(name, (-1, -1)) for name in source.files.tolist()])


def measured(contender: ProbedEncoder, work: Path) -> Iterator[Measurement]:
    """Give the scores of an encoder."""
    source, cells = cutouts()
    features = features_of(contender, source, work)
    outlier = cells[:, 0] < 0
    for name, detect in DETECTORS.items():
        strange = detect(features)
        samples = resampled(
            lambda rows, of=strange: area_under_curve(of[rows], outlier[rows]), len(outlier)
        )
        yield Measurement(f"{NAME}, outliers", f"AUC, {name}", samples)
    axes, places = principal_axes(features)[~outlier], cells[~outlier]
    near = NearestNeighbors(n_neighbors=NEAREST + 1).fit(axes).kneighbors(axes)[1][:, 1:]
    steps = np.abs(places[near] - places[:, None]).max(axis=2)
    share = (steps <= 1).mean(axis=1)
    samples = resampled(lambda rows: share[rows].mean(), len(share))
    yield Measurement(f"{NAME}, {NEAREST} neighbours", "share within one cell", samples)

"""MeerKAT's extended sources: what one expert found interesting, without and with his scores."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from astropy.table import Table
from scipy.stats import rankdata, spearmanr

from benchmarks.ssl.board.features import features_of
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.ranking import DETECTORS, predicted_scores, regression
from benchmarks.ssl.board.statistics import area_under_curve, resampled
from benchmarks.ssl.tasks import DATA
from sciarada.cutouts.folder_set import FolderSet, read_folder
from sciarada.nn.probes.encoders import ProbedEncoder

NAME, SCORE, SIZE = "mgcls_protege", "evaluation_subset_author_ML_score", "obj_size_pixels"
INTERESTING = 4
FEW, DRAWS = (20, 50, 100), 20


@cache
def cutouts() -> tuple[FolderSet, np.ndarray, np.ndarray]:
    """Return the set, the expert's score of each cutout (-1 for none), and its size in pixels."""
    folder = DATA / NAME
    source = read_folder(folder / "dev")
    table = Table.read(folder / "catalogue_dev.csv")
    rows = {name: row for row, name in enumerate(table["file"].tolist())}
    order = [rows[name] for name in source.files.tolist()]
    return source, np.array(table[SCORE][order], float), np.array(table[SIZE][order], float)


def measured(contender: ProbedEncoder, work: Path) -> Iterator[Measurement]:
    """Give the scores of an encoder."""
    yield from scored(features_of(contender, cutouts()[0], work))


def by_size() -> Iterator[Measurement]:
    """Give those of the size that the catalogue has of each source, alone."""
    size = cutouts()[2]
    yield from _ranked("size", size)
    yield from _learned(np.log(size)[:, None])


def scored(features: np.ndarray) -> Iterator[Measurement]:
    """Give the scores of features ``(n, d)`` of all cutouts."""
    size = rankdata(cutouts()[2])
    for name, detect in DETECTORS.items():
        strange = detect(features)
        yield from _ranked(name, strange)
        yield from _ranked(f"{name} and size", rankdata(strange) + size)
    yield from _learned(features)


def _ranked(name: str, strange: np.ndarray) -> Iterator[Measurement]:
    scores = cutouts()[1]
    known = scores > 0
    positive, of_known = scores[known] >= INTERESTING, strange[known]
    samples = resampled(
        lambda rows: area_under_curve(of_known[rows], positive[rows]), len(positive)
    )
    yield Measurement(f"{NAME}, no labels", f"AUC, {name}", samples)


def _learned(features: np.ndarray) -> Iterator[Measurement]:
    scores = cutouts()[1]
    known = scores > 0
    scores, features = scores[known], features[known]
    positive = scores >= INTERESTING
    found = predicted_scores(features, scores)
    measures = {
        "AUC": lambda rows: area_under_curve(found[rows], positive[rows]),
        "Spearman": lambda rows: spearmanr(found[rows], scores[rows]).statistic,
    }
    for name, measure in measures.items():
        yield Measurement(f"{NAME}, ridge, 5 folds", name, resampled(measure, len(scores)))
    for number in FEW:
        aucs = [_from_few(features, scores, number, seed) for seed in range(DRAWS)]
        samples = np.array([np.mean(aucs), *aucs])
        yield Measurement(f"{NAME}, ridge, {number} scores", "AUC, over draws", samples)


def _from_few(features: np.ndarray, scores: np.ndarray, number: int, seed: int) -> float:
    """Return the AUC of all other rows after learning from some."""
    order = np.random.default_rng(seed).permutation(len(scores))
    train, test = order[:number], order[number:]
    found = regression(features, scores, train)
    return area_under_curve(found[test], scores[test] >= INTERESTING)

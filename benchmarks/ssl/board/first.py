"""VLA FIRST: four classes, FRI and FRII, and retrieval; from `benchmarks.ssl.tasks`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.ssl.board.features import features_of, standardised
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.statistics import average_precisions, neighbours, resampled
from benchmarks.ssl.predictions import Probed, Terms
from benchmarks.ssl.tasks import Task
from sciarada.nn.probes.encoders import ProbedEncoder

SHOWN = 10
AMOUNTS = ("all", "25 per class", "5 per class")


def probed(contender: ProbedEncoder, task: Task, terms: Terms, seeds: int) -> Iterator[Measurement]:
    """Give the score of logistic regression for each amount of labels."""
    for amount in task.amounts:
        if amount.name in AMOUNTS:
            score = Probed(contender, task, terms).score("linear", amount, range(1, seeds + 1))
            samples = score.score.samples[task.measure]
            yield Measurement(f"{task.name}, {amount.name}", task.measure, samples)


def retrieved(contender: ProbedEncoder, task: Task, terms: Terms) -> Iterator[Measurement]:
    """Give how well the neighbours of a cutout have its class, by cosine of standardised features.

    Precision at 10 and mean average precision are means over the classes.
    """
    features = standardised(features_of(contender, task.cutouts.source, terms.work))
    labels = task.cutouts.labels
    nearest = labels[neighbours(features, SHOWN)] == labels[:, None]
    by_row = {
        f"precision at {SHOWN}": nearest.mean(axis=1),
        "mean average precision": average_precisions(features, labels),
    }
    for measure, values in by_row.items():
        samples = resampled(partial(_class_mean, values, labels), len(labels))
        yield Measurement(f"{task.name}, retrieval", measure, samples)


def _class_mean(values: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> float:
    values, labels = values[rows], labels[rows]
    return float(np.mean([values[labels == name].mean() for name in np.unique(labels)]))

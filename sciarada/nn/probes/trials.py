"""All trainings of one contender: its cutouts are read and embedded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from sciarada.cutouts.cropped_source import cropped
from sciarada.hooks.manager import PluginManager
from sciarada.nn.embedding import embed
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.features import KINDS as FEATURE_KINDS
from sciarada.nn.probes.features import probe_features
from sciarada.nn.probes.fine_tuning import fine_tune
from sciarada.nn.probes.folds import Amount
from sciarada.nn.probes.labelled_set import LabelledSet
from sciarada.nn.probes.prediction import Prediction
from sciarada.nn.probes.protocol import ProbeProtocol, Training
from sciarada.nn.probes.settings import Kind, ProbeSettings
from sciarada.nn.sky import sky_reader
from sciarada.nn.training.view_loader import reader
from sciarada.running.executor import Serial, in_order
from sciarada.running.progress import Progress, silent

CACHE = 4.0  # largest size of cutouts kept in memory, GiB

Train = Callable[[Iterable[Training]], Iterable[Prediction]]


@dataclass(frozen=True, eq=False)
class ProbeTrial:
    """The predictions of one encoder for all test cutouts, in each of several trainings.

    Parameters
    ----------
    contender, kind : str
        Name of the encoder, and kind of the probe.
    amount : Amount
        How many labels were learned from.
    labels : int
        Their number, the mean over trainings.
    probabilities : ndarray, shape (r, n, k)
        For each seed, each row of `ProbeProtocol.test` and each class.
    chosen : tuple of str, length r
        What the search inside the training rows settled on, one per seed.
    indistinct : mapping of str to int
        Cutouts that the features do not tell apart, as
        `sciarada.nn.indistinct.IndistinctCount.record`; empty for a fine-tuned network.
    """

    contender: str
    kind: str
    amount: Amount
    labels: int
    probabilities: np.ndarray
    chosen: tuple[str, ...]
    indistinct: Mapping[str, int]


def run_probe_trials(
    contender: ProbedEncoder,
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
    settings: ProbeSettings,
    manager: PluginManager,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Iterator[ProbeTrial]:
    """Yield the outcome of each kind and each amount of labels.

    Parameters
    ----------
    contender : ProbedEncoder
    cutouts : LabelledSet
    protocol : ProbeProtocol
    settings : ProbeSettings
    manager : PluginManager
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts and trains the classifiers of features; this process by
        default. Networks are fine-tuned in this process, on their device.
    """
    embedded = None
    if set(settings.kinds) & set(FEATURE_KINDS):
        embedded = embed(
            cutouts.source,
            contender.trained,
            settings.batch,
            progress=progress,
            executor=executor,
        )
    cells = [(amount, seed) for amount in settings.amounts for seed in protocol.splits]
    vectors = None if embedded is None else embedded.vectors
    ways = _ways(vectors, contender, cutouts, protocol, settings, manager, progress, executor)
    for kind, train in ways:
        stage = f"{contender.name}, {kind}"
        done: dict[Amount, list[list[Prediction]]] = {}
        counts: dict[Amount, list[int]] = {}
        for amount, seed in progress(cells, stage, len(cells)):
            trainings = protocol.trainings(cutouts.labels, amount, seed)
            done.setdefault(amount, []).append(list(train(trainings)))
            counts.setdefault(amount, []).extend(len(t.labelled) for t in trainings)
        for amount, by_seed in done.items():
            yield ProbeTrial(
                contender.name,
                kind,
                amount,
                round(np.mean(counts[amount])),
                np.stack([_together(predictions, protocol) for predictions in by_seed]),
                tuple(_chosen(predictions) for predictions in by_seed),
                embedded.meta["counts"] if embedded and kind in FEATURE_KINDS else {},
            )


def _ways(
    vectors: np.ndarray | None,
    contender: ProbedEncoder,
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
    settings: ProbeSettings,
    manager: PluginManager,
    progress: Progress,
    executor: Executor | None,
) -> Iterator[tuple[str, Train]]:
    """Yield each kind, and what makes the predictions of trainings of this kind."""
    on_features: list[Kind] = [kind for kind in settings.kinds if kind != "finetune"]
    if vectors is not None:
        for kind in on_features:
            probe = partial(
                _probe, vectors, cutouts.labels, kind, protocol.classes, settings.balanced
            )
            yield kind, partial(in_order, executor or Serial(), probe)
    if "finetune" in settings.kinds:
        card = contender.card
        source = cropped(cutouts.source, card.crop)
        read = reader(source, card.npix, CACHE, executor)
        channels = contender.trained.encoder.channels
        sky = sky_reader(source, card.npix, channels, executor)

        def tune(training: Training) -> Prediction:
            return fine_tune(
                contender.network(training.seed),
                read,
                sky,
                cutouts.labels,
                training.labelled,
                training.split.test,
                settings.fine_tuning,
                npix=card.npix,
                classes=protocol.classes,
                balanced=settings.balanced,
                seed=training.seed,
                device=settings.device,
                manager=manager,
                progress=progress,
            )

        yield "finetune", partial(map, tune)


def _probe(
    vectors: np.ndarray,
    labels: np.ndarray,
    kind: Kind,
    classes: tuple[str, ...],
    balanced: bool,
    training: Training,
) -> Prediction:
    """Return the predictions of one training on features."""
    return probe_features(
        vectors,
        labels,
        training.labelled,
        training.split.test,
        kind,
        classes=classes,
        scale_rows=training.split.train,
        balanced=balanced,
        seed=training.seed,
    )


def _together(predictions: list[Prediction], protocol: ProbeProtocol) -> np.ndarray:
    """Return the probabilities of all tested rows, from the splits of a seed."""
    probabilities = np.full((len(protocol.test), len(protocol.classes)), np.nan)
    for prediction in predictions:
        probabilities[np.searchsorted(protocol.test, prediction.rows)] = prediction.probabilities
    return probabilities


def _chosen(predictions: list[Prediction]) -> str:
    """Return the chosen hyperparameters of each split, such as ``C = 0.01, 0.03``."""
    names = predictions[0].chosen
    return "; ".join(
        f"{name} = {', '.join(f'{prediction.chosen[name]:g}' for prediction in predictions)}"
        for name in names
    )

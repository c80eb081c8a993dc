"""What contenders say of tested cutouts; kept on disk, so that no training is done twice."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ssl.tasks import Task
from sciarada.cutouts.cropped_source import cropped
from sciarada.evaluation.probe_score import ProbeScore, score_probe
from sciarada.hooks.manager import PluginManager
from sciarada.nn.embedding import embed
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.features import probe_features
from sciarada.nn.probes.fine_tuning import fine_tune
from sciarada.nn.probes.folds import Amount, Split, draw_labelled
from sciarada.nn.probes.prediction import Prediction
from sciarada.nn.probes.settings import FineTuneSettings
from sciarada.nn.sky import ReadSky, sky_reader
from sciarada.nn.training.view_loader import reader

logger = logging.getLogger(__name__)

PROTOCOL = 1  # raised whenever an older prediction would no longer be made
CACHE = 4.0  # GiB of cutouts in memory


@dataclass(frozen=True)
class Terms:
    """The same for all contenders.

    Parameters
    ----------
    work : Path
        Where predictions and features are kept.
    manager : PluginManager
        Whose plugins offer views.
    tuning : FineTuneSettings
        The budget of fine-tuning, and of a network from scratch.
    balanced : bool
        Give every class the same weight while learning.
    """

    work: Path
    manager: PluginManager
    tuning: FineTuneSettings
    balanced: bool


@dataclass(frozen=True, eq=False)
class Probed:
    """A contender on one task.

    Parameters
    ----------
    contender : ProbedEncoder
    task : Task
    terms : Terms
    """

    contender: ProbedEncoder
    task: Task
    terms: Terms

    def score(self, kind: str, amount: Amount, seeds: Iterable[int]) -> ProbeScore:
        """Return the score over trainings with several seeds, each with labels of its own."""
        task = self.task
        by_seed, counts = [], []
        for seed in seeds:
            probabilities = np.full((len(task.tested), len(task.classes)), np.nan)
            for split in task.splits(seed):
                labelled = draw_labelled(task.cutouts.labels, split.train, amount, seed)
                made = self._kept(kind, labelled, split, seed)
                probabilities[np.searchsorted(task.tested, split.test)] = made
                counts.append(len(labelled))
            by_seed.append(probabilities)
        return score_probe(
            self.contender.name,
            kind,
            amount.name,
            round(np.mean(counts)),
            task.cutouts.labels[task.tested],
            np.stack(by_seed),
            task.classes,
        )

    def _kept(self, kind: str, labelled: np.ndarray, split: Split, seed: int) -> np.ndarray:
        """Return the probabilities of one training, made now unless they were before."""
        facts = {
            "protocol": PROTOCOL,
            "shown": self._shown,
            "kind": kind,
            "labelled": _digest(labelled),
            "train": _digest(split.train),
            "test": _digest(split.test),
            "seed": seed,
            "balanced": self.terms.balanced,
            "tuning": asdict(self.terms.tuning) if kind == "finetune" else None,
        }
        path = self.terms.work / "predictions" / f"{_digest_of(facts)}.npy"
        if path.is_file():
            return np.load(path)
        began = time.monotonic()
        made = self._train(kind, labelled, split, seed).probabilities
        took = f"{len(labelled)} labels, seed {seed}: {time.monotonic() - began:.0f} s"
        logger.info("%s: %s, %s, %s", self.task.name, self.contender.name, kind, took)
        _save(path, made)
        return made

    def _train(self, kind: str, labelled: np.ndarray, split: Split, seed: int) -> Prediction:
        """Return what it says of the tested rows after learning from the labelled ones."""
        cutouts, classes, terms = self.task.cutouts, self.task.classes, self.terms
        if kind == "finetune":
            return fine_tune(
                self.contender.network(seed),
                self._read,
                self._sky,
                cutouts.labels,
                labelled,
                split.test,
                terms.tuning,
                npix=self.contender.card.npix,
                classes=classes,
                balanced=terms.balanced,
                seed=seed,
                manager=terms.manager,
            )
        return probe_features(
            self._vectors,
            cutouts.labels,
            labelled,
            split.test,
            kind,
            classes=classes,
            scale_rows=split.train,
            balanced=terms.balanced,
            seed=seed,
        )

    @cached_property
    def _shown(self) -> dict[str, Any]:
        """What tells this contender and these cutouts from any others."""
        card = self.contender.card
        return {
            "random": self.contender.is_random,
            "sha256": card.sha256,
            "encoder": card.encoder,
            "options": dict(card.options),
            "npix": card.npix,
            "crop": card.crop,
            "set": self.task.cutouts.source.data_hash(),
            "labels": _digest(self.task.cutouts.labels),
        }

    @cached_property
    def _vectors(self) -> np.ndarray:
        """Features of all cutouts; they are kept on disk too."""
        path = self.terms.work / "features" / f"{_digest_of(self._shown)}.npy"
        if not path.is_file():
            _save(path, embed(self.task.cutouts.source, self.contender.trained).vectors)
        return np.load(path)

    @property
    def _source(self) -> Any:
        return cropped(self.task.cutouts.source, self.contender.card.crop)

    @cached_property
    def _read(self) -> Callable[[np.ndarray], np.ndarray]:
        """The pixels of rows, all of which are read once."""
        return reader(self._source, self.contender.card.npix, CACHE)

    @cached_property
    def _sky(self) -> ReadSky:
        """What is known of the sky under rows."""
        card, encoder = self.contender.card, self.contender.trained.encoder
        return sky_reader(self._source, card.npix, encoder.channels)


def _save(path: Path, array: np.ndarray) -> None:
    """Write an array so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, array)
    part.replace(path)


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def _digest_of(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

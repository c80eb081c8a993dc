"""Monitor a training: loss, collapse, nearest neighbours, checkpoints."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from sciarada.core.cutout_source import batches
from sciarada.errors import OptionError
from sciarada.hooks.protocols import Losses, SkyInfo
from sciarada.nn.indistinct import IndistinctCount, is_constant
from sciarada.nn.knn import knn_accuracy, spread
from sciarada.nn.modules import EncoderModule
from sciarada.nn.sky import ReadSky, channels_of
from sciarada.nn.training.batches import BatchPlan
from sciarada.nn.training.checkpoint import save_checkpoint
from sciarada.nn.training.run_folder import RunFolder

logger = logging.getLogger(__name__)

COLLAPSED = 0.1
MAX_LOOKED_AT = 2048
_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Sample:
    """A part of the set that is embedded after each epoch.

    Parameters
    ----------
    pixels : Tensor, shape (n, npix, npix)
        On the device that trains.
    labels : Tensor of int64 or None
        Of those cutouts.
    sky : SkyInfo
        What is known of the sky under them.
    """

    pixels: Tensor
    labels: Tensor | None
    sky: SkyInfo

    @classmethod
    def of(
        cls,
        read: Callable[[np.ndarray], np.ndarray],
        sky: ReadSky,
        labels: np.ndarray | None,
        length: int,
        device: torch.device,
        seed: int,
    ) -> Sample:
        """Draw the sample; where there are labels, among the cutouts that have one."""
        rows = np.arange(length) if labels is None else np.flatnonzero(labels != "")
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(rows, min(MAX_LOOKED_AT, len(rows)), replace=False))
        numbers = None
        if labels is not None:
            _, inverse = np.unique(labels[rows], return_inverse=True)
            numbers = torch.from_numpy(inverse.astype(np.int64)).to(device)
        return cls(torch.from_numpy(read(rows)).to(device), numbers, sky(rows).to(device))

    @torch.no_grad()
    def look(self, encoder: EncoderModule) -> dict[str, float]:
        """Return how the features of the sample are spread, and its kNN score with labels."""
        encoder.eval()
        parts = [encoder.backbone(images) for images in self._images(encoder)]
        encoder.train()
        features = torch.cat(parts)
        seen = {"spread": spread(features)}
        if self.labels is not None:
            seen["knn"] = knn_accuracy(features, self.labels)
        return seen

    @torch.no_grad()
    def count(self, encoder: EncoderModule) -> IndistinctCount:
        """Return the count of the cutouts of the sample that an encoder does not tell apart."""
        count = IndistinctCount()
        encoder.eval()
        for images in self._images(encoder):
            count.add(is_constant(images), encoder.backbone(images).float().cpu().numpy())
        encoder.train()
        return count

    def _images(self, encoder: EncoderModule) -> Iterator[Tensor]:
        for rows in batches(len(self.pixels), _AT_ONCE):
            yield channels_of(encoder.channels, self.pixels[rows], self.sky.of(rows))


class TrainingMonitor:
    """Logs each epoch, saves checkpoints, and warns of collapse.

    Parameters
    ----------
    folder : RunFolder
        Where the log and the checkpoint are kept.
    plan : BatchPlan
        Says where epochs end.
    sample : Sample
        What is embedded after each epoch.
    encoder, optimiser
        What a checkpoint holds.
    every : int
        Epochs between checkpoints.
    show : callable
        Called with the step and the latest numbers.
    keeps : bool
        Whether this process writes; with several, one does.

    Attributes
    ----------
    indistinct : dict of str to int
        Cutouts of the sample that the trained encoder does not tell apart, as
        `sciarada.nn.indistinct.IndistinctCount.record`; empty before the end.
    """

    def __init__(
        self,
        folder: RunFolder,
        plan: BatchPlan,
        sample: Sample,
        encoder: EncoderModule,
        optimiser: Optimizer,
        every: int,
        show: Callable[[int, dict[str, float]], None],
        keeps: bool,
    ) -> None:
        self._folder, self._plan, self._sample = folder, plan, sample
        self._encoder, self._optimiser = encoder, optimiser
        self._every, self._show, self._keeps = every, show, keeps
        self._sums: dict[str, Tensor] = {}
        self._seen: dict[str, float] = {}
        self._began = time.perf_counter()
        self.indistinct: dict[str, int] = {}

    def __call__(self, step: int, rate: float, losses: Losses) -> None:
        """Record the losses of a step."""
        for name, value in {"loss": losses.total, **losses.terms}.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.detach()  # stays on the device
        done = step + 1
        if done % self._plan.epoch_steps:
            self._show(done, self._seen)
            return
        numbers = {name: float(v) / self._plan.epoch_steps for name, v in self._sums.items()}
        self._sums = {}
        if not (math.isfinite(numbers["loss"]) and _is_finite(self._encoder)):
            raise OptionError(
                "the loss or the weights are no longer finite: give a lower --learning-rate or a "
                "--clip, and continue from the last checkpoint with --resume"
            )
        self._end_epoch(done, rate, numbers)

    def _end_epoch(self, done: int, rate: float, numbers: dict[str, float]) -> None:
        epoch = done // self._plan.epoch_steps
        if self._keeps:
            numbers = {**numbers, "rate": rate, **self._sample.look(self._encoder)}
            now = time.perf_counter()
            seconds, self._began = now - self._began, now
            self._folder.log({"step": done, "epoch": epoch, **numbers, "seconds": seconds})
            if numbers["spread"] < COLLAPSED:
                logger.warning(
                    "epoch %d: the features have collapsed to a spread of %.3f: all cutouts look "
                    "alike to the encoder",
                    epoch,
                    numbers["spread"],
                )
            if epoch % self._every == 0 or done == self._plan.steps:
                save_checkpoint(self._folder.checkpoint, self._encoder, self._optimiser, done)
            if done == self._plan.steps:
                self._count_indistinct()
        self._seen = numbers
        self._show(done, numbers)

    def _count_indistinct(self) -> None:
        count = self._sample.count(self._encoder)
        self.indistinct = count.record()
        if count.sentence:
            logger.warning("in a sample of the training set, %s", count.sentence)


def _is_finite(encoder: EncoderModule) -> bool:
    return all(bool(parameter.isfinite().all()) for parameter in encoder.parameters())

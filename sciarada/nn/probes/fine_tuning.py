"""Fine-tuning: an encoder's network learns classes from labels, in a fixed number of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from sciarada.core.cutout_source import batches
from sciarada.errors import OptionError
from sciarada.evaluation.classification import class_codes
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.protocols import SkyInfo
from sciarada.nn.devices import checked_device
from sciarada.nn.modules import EncoderModule
from sciarada.nn.probes.fine_tuned import FineTuned
from sciarada.nn.probes.prediction import Prediction
from sciarada.nn.probes.settings import FineTuneSettings
from sciarada.nn.sky import ReadSky
from sciarada.nn.training.batches import BatchPlan
from sciarada.nn.training.loop import StepPlan, train
from sciarada.nn.training.optimisers import build_optimiser
from sciarada.nn.training.view_loader import ViewLoader
from sciarada.nn.views.building import build_views
from sciarada.running.progress import Progress, silent

_WARMUP, _CLIP, _AT_ONCE = 0.1, 1.0, 256


def fine_tune(
    encoder: EncoderModule,
    read: Callable[[np.ndarray], np.ndarray],
    sky: ReadSky,
    labels: np.ndarray,
    train_rows: np.ndarray,
    test_rows: np.ndarray,
    settings: FineTuneSettings | None = None,
    *,
    npix: int,
    classes: tuple[str, ...],
    balanced: bool = False,
    seed: int = 0,
    device: str = "cpu",
    manager: PluginManager | None = None,
    progress: Progress = silent,
) -> Prediction:
    """Fine-tune a copy of the network of an encoder, and predict the classes of other cutouts.

    No choice is made during the training: the result is the network after the last step, with
    the statistics of batch normalisation of its training cutouts.

    Parameters
    ----------
    encoder : EncoderModule
        With trained or random weights; not changed.
    read : callable
        Gives the pixels of rows, NaN where missing.
    sky : callable
        Gives what is known of the sky under rows, see `sciarada.nn.sky.sky_reader`.
    labels : ndarray of str, shape (n,)
        Class of each cutout; those of test rows are not read.
    train_rows, test_rows : ndarray of int64
        Rows for training and for testing.
    settings : FineTuneSettings, optional
    npix : int
        Side of the cutouts in pixels.
    classes : tuple of str
        All classes in the wanted order.
    balanced : bool
        Give every class the same weight in the loss.
    seed : int
        Of the order of the cutouts and their views.
    device : str
        Where it is done.
    manager : PluginManager, optional
        Whose plugins offer the views.
    progress : Progress
        Shows the steps that are done.

    Returns
    -------
    Prediction
        Of the test rows.

    Raises
    ------
    OptionError
        If the device is unavailable, or a view cannot be used.
    PluginError
        If a view's plugin is not there.
    """
    settings = settings or FineTuneSettings()
    train_rows = np.asarray(train_rows)
    batch = min(settings.batch, len(train_rows))
    epochs = max(settings.epochs, math.ceil(settings.steps / (len(train_rows) // batch)))
    plan = BatchPlan(len(train_rows), batch, epochs, seed)
    fabric = _fabric(device)
    codes = class_codes(labels[train_rows], classes)
    torch.manual_seed(seed)
    tuned = FineTuned(encoder, len(classes), _weights(codes, len(classes)) if balanced else None)
    optimiser = build_optimiser("adamw", tuned, settings.learning_rate, settings.weight_decay)
    module, wrapped = fabric.setup(tuned, optimiser)
    module.mark_forward_method("loss")
    views = build_views(settings.views, tuned.channels, npix, manager or PluginManager.discover())
    if views.partner is not None:
        raise OptionError("a view that shows another cutout has another label: leave it out here")
    feed = ViewLoader(
        lambda rows: read(train_rows[rows]),
        lambda rows: sky(train_rows[rows]),
        plan,
        views,
        None,
        1,
        fabric.device,
    )
    steps = StepPlan(plan.steps, int(_WARMUP * plan.steps), settings.learning_rate, _CLIP, seed)
    targets = torch.from_numpy(codes).to(fabric.device)
    train(
        fabric,
        module,
        wrapped,
        progress(_labelled(feed, plan, targets), "fine-tuning", plan.steps),
        steps,
        lambda step, rate, losses: None,
    )
    parts = np.array_split(train_rows, math.ceil(len(train_rows) / batch))
    shown = partial(_shown, read, sky, fabric.device)
    tuned.settle(map(shown, parts))
    return Prediction(test_rows, classes, _predicted(tuned, shown, test_rows), {})


def _shown(
    read: Callable[[np.ndarray], np.ndarray], sky: ReadSky, device: torch.device, rows: np.ndarray
) -> tuple[Tensor, SkyInfo]:
    """Return pixels and sky of rows on a device."""
    return torch.from_numpy(read(rows)).to(device), sky(rows).to(device)


def _labelled(
    feed: ViewLoader, plan: BatchPlan, targets: Tensor
) -> Iterator[tuple[int, list[Tensor]]]:
    """Yield the views of each step, and their classes."""
    for step, views in feed():
        yield step, [*views, targets[torch.from_numpy(plan.rows(step)).to(targets.device)]]


@torch.inference_mode()
def _predicted(
    tuned: FineTuned, shown: Callable[[np.ndarray], tuple[Tensor, SkyInfo]], rows: np.ndarray
) -> np.ndarray:
    """Return class probabilities, without any augmentation."""
    tuned.eval()
    parts = [
        tuned.probabilities(*shown(rows[part])).double().cpu().numpy()
        for part in batches(len(rows), _AT_ONCE)
    ]
    return np.concatenate(parts)


def _weights(codes: np.ndarray, classes: int) -> list[float]:
    """Return weights under which all classes that occur count the same."""
    counts = np.bincount(codes, minlength=classes)
    occurring = np.count_nonzero(counts)
    return [len(codes) / occurring / count if count else 0.0 for count in counts.tolist()]


def _fabric(device: str) -> Fabric:
    """Return a Fabric of one process on a device such as ``cpu`` or ``cuda:1``."""
    wanted = checked_device(device)
    return Fabric(accelerator=wanted.type, devices=1 if wanted.index is None else [wanted.index])

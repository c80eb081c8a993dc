"""The training loop: from views to steps of the optimiser and their losses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule
from torch import Tensor
from torch.optim import Optimizer

from sciarada.hooks.protocols import Losses
from sciarada.hooks.specs import PluginSpec
from sciarada.nn.modules import LearningModule
from sciarada.nn.plugin_faults import faults_named
from sciarada.nn.training.schedules import warmup_cosine

Views = list[Tensor]
AfterStep = Callable[[int, float, Losses], None]


class WrappedModule(_FabricModule):
    """What `Fabric.setup` returns for a module that learns; for annotations only."""

    module: LearningModule
    loss: Callable[[Views], Losses]


@dataclass(frozen=True)
class StepPlan:
    """Settings common to the steps of a training.

    Parameters
    ----------
    steps, warmup : int
        Number of steps in all, and of those in which the learning rate rises.
    learning_rate : float
        Highest learning rate.
    clip : float
        Longest gradient; longer ones are shortened to it. 0 leaves them as they are.
    seed : int
        Seed of random numbers in modules.
    """

    steps: int
    warmup: int
    learning_rate: float
    clip: float
    seed: int


def train(
    fabric: Fabric,
    module: WrappedModule,
    optimiser: Optimizer,
    feed: Iterable[tuple[int, Views]],
    plan: StepPlan,
    after_step: AfterStep,
    spec: PluginSpec | None = None,
) -> None:
    """Train an encoder.

    Parameters
    ----------
    fabric : Fabric
        Knows devices, processes and precision.
    module, optimiser
        What `Fabric.setup` returned for a `~sciarada.hooks.protocols.Pretrainer`.
    feed : iterable of (int, list of Tensor)
        The number of each step, from 0, and the views that this process takes in it.
    plan : StepPlan
        Rates and lengths.
    after_step : callable
        Called after each step with its number, learning rate and losses.
    spec : PluginSpec, optional
        What made the module; errors that the module raises name its plugin.

    Raises
    ------
    PluginError
        If the module of a plugin raises an error.
    """
    module.train()
    for step, views in feed:
        learning_rate = warmup_cosine(step, plan.steps, plan.warmup, plan.learning_rate)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate
        torch.manual_seed(plan.seed + step)  # so that a resumed step is the same step
        with faults_named(spec, f"in step {step + 1} of the training"):
            losses = module.loss(views)
            optimiser.zero_grad(set_to_none=True)
            fabric.backward(losses.total)
        if plan.clip > 0:
            # Infinite gradients make weights that are not finite, which `after_step` detects.
            fabric.clip_gradients(module, optimiser, max_norm=plan.clip, error_if_nonfinite=False)
        optimiser.step()
        with faults_named(spec, f"after step {step + 1} of the training"):
            module.module.after_step((step + 1) / plan.steps)
        after_step(step, learning_rate, losses)

"""A training's steps: those of `sciarada pretrain`, and the bare model's."""

from __future__ import annotations

from itertools import islice

import torch
from lightning_fabric import Fabric

from sciarada.core.cutout_source import CutoutSource
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options
from sciarada.nn.sky import sky_reader
from sciarada.nn.training.batches import BatchPlan
from sciarada.nn.training.loop import StepPlan, train
from sciarada.nn.training.optimisers import build_optimiser
from sciarada.nn.training.view_loader import ViewLoader, reader
from sciarada.nn.views.building import USUAL, build_views

RATE, DECAY, CLIP, EPOCHS, CACHE = 1e-3, 1e-4, 1.0, 1000, 4.0


class Training:
    """A training that can be gone on with for some steps, with its data or without.

    Parameters
    ----------
    source : CutoutSource
        The set; it is read into memory first, as `sciarada pretrain` does.
    npix, batch : int
        Side of the cutouts, and cutouts per step.
    options : tuple of str
        Of SimCLR.
    """

    def __init__(
        self, source: CutoutSource, npix: int, batch: int, options: tuple[str, ...]
    ) -> None:
        manager = PluginManager.discover()
        spec = manager.find("encoder", "simclr")
        self._encoder = spec.build(parse_options(spec.options, options))
        optimiser = build_optimiser("adamw", self._encoder, RATE, DECAY)
        self._fabric = Fabric(accelerator="cpu", devices=1)
        self._module, self._optimiser = self._fabric.setup(self._encoder, optimiser)
        self._module.mark_forward_method("loss")
        plan = BatchPlan(len(source), batch, EPOCHS, 1)
        self._feed = ViewLoader(
            read=reader(source, npix, CACHE),
            sky=sky_reader(source, npix, self._encoder.channels),
            plan=plan,
            views=build_views(USUAL, self._encoder.channels, npix, manager),
            table=None,
            count=self._encoder.views,
            device=torch.device("cpu"),
        )
        self._steps = StepPlan(plan.steps, 0, RATE, CLIP, 1)
        channels = self._encoder.backbone.channels
        self._ready = [torch.rand(batch, channels, npix, npix) for _ in range(2)]
        self._done = 0

    def go_on(self, steps: int) -> None:
        """Take the next steps as `sciarada pretrain` does: cutouts, views, model."""
        train(
            self._fabric,
            self._module,
            self._optimiser,
            islice(self._feed(self._done), steps),
            self._steps,
            lambda step, rate, losses: None,
        )
        self._done += steps

    def go_on_bare(self, steps: int) -> None:
        """Take steps with views that are ready: forward, backward, optimiser, nothing else."""
        self._module.train()
        for _ in range(steps):
            losses = self._module.loss(self._ready)
            self._optimiser.zero_grad(set_to_none=True)
            self._fabric.backward(losses.total)
            self._optimiser.step()
            self._encoder.after_step(0.5)

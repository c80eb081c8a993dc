"""Pre-training: from a set of cutouts without labels to the weights of an encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import torch
from lightning_fabric import Fabric

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.model_card import ModelCard
from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.cropped_source import cropped
from sciarada.cutouts.thinning import thinned
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.hooks.specs import EncoderSpec
from sciarada.io.inputs import Inputs
from sciarada.io.weights import read_card, write_weights
from sciarada.nn.building import build_encoder
from sciarada.nn.extractors import check_trainable
from sciarada.nn.normalisation import synchronised
from sciarada.nn.sky import sky_reader
from sciarada.nn.store import weights_files
from sciarada.nn.threads import use_cores
from sciarada.nn.trained import backbone_state
from sciarada.nn.training.batches import BatchPlan
from sciarada.nn.training.card import training_card, training_versions
from sciarada.nn.training.checkpoint import load_checkpoint
from sciarada.nn.training.ending import ending_together
from sciarada.nn.training.initial_weights import InitialWeights
from sciarada.nn.training.labels import is_labelled, labels_of_set, training_labels
from sciarada.nn.training.launch import launched_fabric
from sciarada.nn.training.loop import StepPlan, train
from sciarada.nn.training.monitor import Sample, TrainingMonitor
from sciarada.nn.training.optimisers import build_optimiser
from sciarada.nn.training.place import current_folder, training_folder
from sciarada.nn.training.settings import PretrainSettings
from sciarada.nn.training.view_loader import ViewLoader, reader
from sciarada.nn.views.building import USUAL, build_views
from sciarada.pipelines.run import Run
from sciarada.running.invocation import invoked
from sciarada.running.progress import Progress, silent

Show = Callable[[int, int, dict[str, float]], None]


def show_nothing(step: int, steps: int, numbers: dict[str, float]) -> None:
    """Display no numbers."""


def run_pretrain(
    sets: Sequence[str | Path] | CutoutSource,
    out: Path,
    settings: PretrainSettings,
    *,
    spec: EncoderSpec | None = None,
    overwrite: bool = False,
    resume: bool = False,
    show: Show = show_nothing,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> ModelCard | None:
    """Train an encoder on sets of cutouts, and write its weights.

    Parameters
    ----------
    sets : sequence of path, or CutoutSource
        Outputs of `sciarada cutouts`, or folders of images; several are concatenated.
    out : Path
        Folder of the training: configuration, log, checkpoint, weights and their card.
    settings : PretrainSettings
    spec : EncoderSpec, optional
        The encoder, in place of that of a plugin with the name in ``settings``.
    overwrite : bool
        Replace an earlier training.
    resume : bool
        Continue from the checkpoint of a stopped training; its losses are then those of an
        uninterrupted one.
    show : callable
        Called with the step, the number of steps and the latest numbers.
    progress : Progress
        Displays the progress of the steps.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default. The steps follow
        each other on the devices of the training, as ``settings`` say.

    Returns
    -------
    ModelCard or None
        Card of the weights ``out/NAME.safetensors``; None in all processes but the first.

    Raises
    ------
    CutoutError, CatalogueError, ImageError
        A set cannot be read.
    OptionError, PluginError
        A setting cannot be used, or a plugin is missing.
    WeightsError
        The weights to start from are unavailable, or do not fit.
    OutputError
        The folder cannot be used.
    """
    fabric = launched_fabric(settings)
    with ending_together(fabric):
        return _train(
            fabric, sets, out, settings, spec, overwrite, resume, show, progress, executor
        )


def _train(
    fabric: Fabric,
    sets: Sequence[str | Path] | CutoutSource,
    out: Path,
    settings: PretrainSettings,
    spec: EncoderSpec | None,
    overwrite: bool,
    resume: bool,
    show: Show,
    progress: Progress,
    executor: Executor | None,
) -> ModelCard | None:
    began = time.monotonic()
    use_cores(settings.devices)
    manager = PluginManager.discover(quiet=not fabric.is_global_zero)
    if spec is not None:
        settings = replace(settings, encoder=spec.name)
    else:
        spec = manager.find(EncoderSpec, settings.encoder)
        if settings.encoder in spec.formerly:
            settings = replace(settings, encoder=spec.name)
    check_trainable(spec)
    paths = sets if isinstance(sets, Sequence) else ()
    start_files = weights_files(settings.init, manager) if settings.init else ()
    labels_file = settings.labels if settings.labels and Path(settings.labels).is_file() else None
    run = Run(Inputs.of(*paths, *start_files, labels_file), out)
    whole = run.read_sets(sets, settings.hdu)
    source = cropped(whole, settings.crop)
    plan = BatchPlan(len(source), settings.batch, settings.epochs, settings.seed)
    options = parse_options(spec.options, settings.options, plugin=spec.name)
    labels = labels_of_set(source, settings.labels, settings.column, settings.key)
    start = InitialWeights.of(settings.init, manager, resolved(options)) if settings.init else None
    torch.manual_seed(settings.seed)
    encoder = build_encoder(spec, options, to_train=True)
    # Labels are checked before a file is read, as the hash of the set does.
    names, codes = training_labels(labels, encoder) if is_labelled(encoder) else ((), None)
    configuration = {
        "settings": asdict(settings),
        "options": resolved(options),
        "sets": [str(Path(path).name) for path in paths] or ["cutouts in memory"],
        "cutouts": len(source),
        "set_hash": source.data_hash(),
        "start": start.model_id if start else None,
        "versions": training_versions(),
        **invoked(),
    }
    if start:
        start.give_to(encoder)
    synchronised(encoder, fabric.device)  # in place
    chosen = settings.views or USUAL
    views = build_views(chosen, encoder.channels, settings.npix, manager, encoder=spec)
    with ExitStack() as stack:
        if fabric.is_global_zero:
            how = {"overwrite": overwrite, "resume": resume}
            folder = stack.enter_context(training_folder(out, configuration, **how))
        fabric.barrier()
        if not fabric.is_global_zero:
            folder = current_folder(out, configuration)
        if resume and folder.has(settings.name):
            return read_card(folder.weights(settings.name)) if fabric.is_global_zero else None
        optimiser = build_optimiser(
            settings.optimiser, encoder, settings.scaled_learning_rate, settings.weight_decay
        )
        module, wrapped = fabric.setup(encoder, optimiser)
        module.mark_forward_method("loss")
        first = 0
        if resume and folder.checkpoint.is_file():
            first = load_checkpoint(folder.checkpoint, encoder, optimiser, plan.steps)
        if fabric.is_global_zero:
            folder.forget_after(first)
        read = reader(source, settings.npix, settings.cache, executor)
        sky = sky_reader(source, settings.npix, encoder.channels, executor)
        with views.pipeline.faults_of(views.partner):
            table = views.partner.prepare(source) if views.partner else None
        feed = ViewLoader(
            read,
            sky,
            plan,
            views,
            None if table is None else torch.from_numpy(table),
            encoder.views,
            fabric.device,
            fabric.global_rank,
            fabric.world_size,
            max(fabric.world_size, settings.streams),
            None if codes is None else codes.to(fabric.device),
        )
        steps = StepPlan(
            plan.steps,
            settings.warmup * plan.epoch_steps,
            settings.scaled_learning_rate,
            settings.clip,
            settings.seed,
        )
        watch = TrainingMonitor(
            folder,
            plan,
            Sample.of(read, sky, labels, len(source), fabric.device, settings.seed),
            encoder,
            optimiser,
            settings.checkpoint,
            lambda done, numbers: show(done, plan.steps, numbers),
            fabric.is_global_zero,
        )
        shown = progress if fabric.is_global_zero else silent
        batches = shown(feed(first), "training", plan.steps - first)
        train(fabric, module, wrapped, batches, steps, watch, spec)
        cover = SkyCover.of(whole)  # framed, they show no more
        cover = cover[cover.known & (not settings.simulated)]
        hours = (time.monotonic() - began) / 3600
        card = training_card(
            settings, encoder, configuration, len(cover), fabric, hours, names, watch.indistinct
        )
        if start:
            card, cover = start.recorded_in(card), start.joined(cover)
        if fabric.is_global_zero:
            path = folder.weights(settings.name)
            card = write_weights(
                backbone_state(encoder), card, path, overwrite=True, cover=thinned(cover)
            )
            folder.end(settings.name)
        fabric.barrier()
        return card if fabric.is_global_zero else None

"""The whole contract between SCIARADA and its plugins.

A plugin is a module named by an entry point in the group ``sciarada``.  It defines any of
these functions, marked ``@hookimpl``, and *returns* what it offers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pluggy import HookimplMarker, HookspecMarker

from sciarada.hooks import specs

if TYPE_CHECKING:
    from sciarada.hooks.finished_run import FinishedRun

hookspec = HookspecMarker("sciarada")
hookimpl = HookimplMarker("sciarada")


@hookspec
def sciarada_tasks() -> list[specs.TaskSpec]:
    """Offer steps of a pipeline, such as detectors."""


@hookspec
def sciarada_encoders() -> list[specs.EncoderSpec]:
    """Offer models that turn cutouts into feature vectors, and ways to train them."""


@hookspec
def sciarada_augmentations() -> list[specs.AugmentationSpec]:
    """Offer views of a cutout for self-supervised training."""


@hookspec
def sciarada_weights() -> list[specs.WeightsSpec]:
    """Offer trained weights for encoders."""


@hookspec
def sciarada_hubs() -> list[specs.HubSpec]:
    """Offer places that others' trained encoders come from."""


@hookspec
def sciarada_readers() -> list[specs.ReaderSpec]:
    """Offer image formats that can be read."""


@hookspec
def sciarada_writers() -> list[specs.WriterSpec]:
    """Offer catalogue formats that can be written."""


@hookspec
def sciarada_simulators() -> list[specs.SimulatorSpec]:
    """Offer morphologies of sources for simulated skies."""


@hookspec
def sciarada_commands() -> list[specs.CommandSpec]:
    """Offer commands added to ``sciarada``."""


@hookspec
def sciarada_run_finished(result: FinishedRun) -> None:
    """Look at a finished run; the one hook that returns nothing."""


#: The hooks that offer specs, and what each must return a list of.
OFFERING: dict[str, type[specs.PluginSpec]] = {
    "sciarada_tasks": specs.TaskSpec,
    "sciarada_encoders": specs.EncoderSpec,
    "sciarada_augmentations": specs.AugmentationSpec,
    "sciarada_weights": specs.WeightsSpec,
    "sciarada_hubs": specs.HubSpec,
    "sciarada_readers": specs.ReaderSpec,
    "sciarada_writers": specs.WriterSpec,
    "sciarada_simulators": specs.SimulatorSpec,
    "sciarada_commands": specs.CommandSpec,
}

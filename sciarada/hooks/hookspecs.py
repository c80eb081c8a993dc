"""The whole contract between SCIARADA and its plugins.

A plugin is a module named by an entry point in the group ``sciarada``.  It defines any of
these functions, marked ``@hookimpl``, and *returns* what it offers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pluggy import HookimplMarker, HookspecMarker

from sciarada.hooks.specs import (
    AugmentationSpec,
    CommandSpec,
    EncoderSpec,
    PluginSpec,
    ReaderSpec,
    SimulatorSpec,
    TaskSpec,
    WeightsSpec,
    WriterSpec,
)

if TYPE_CHECKING:
    from sciarada.pipelines.detect import DetectResult

hookspec = HookspecMarker("sciarada")
hookimpl = HookimplMarker("sciarada")


@hookspec
def sciarada_tasks() -> list[TaskSpec]:
    """Offer steps of a pipeline, such as detectors."""


@hookspec
def sciarada_encoders() -> list[EncoderSpec]:
    """Offer models that turn cutouts into embeddings."""


@hookspec
def sciarada_augmentations() -> list[AugmentationSpec]:
    """Offer views of a cutout for self-supervised training."""


@hookspec
def sciarada_weights() -> list[WeightsSpec]:
    """Offer trained weights for encoders."""


@hookspec
def sciarada_readers() -> list[ReaderSpec]:
    """Offer image formats that can be read."""


@hookspec
def sciarada_writers() -> list[WriterSpec]:
    """Offer catalogue formats that can be written."""


@hookspec
def sciarada_simulators() -> list[SimulatorSpec]:
    """Offer skies with known truth."""


@hookspec
def sciarada_commands() -> list[CommandSpec]:
    """Offer commands added to ``sciarada``."""


@hookspec
def sciarada_run_finished(result: DetectResult) -> None:
    """Look at a finished run; the one hook that returns nothing."""


#: The hooks that offer specs, and what each must return a list of.
OFFERING: dict[str, type[PluginSpec]] = {
    "sciarada_tasks": TaskSpec,
    "sciarada_encoders": EncoderSpec,
    "sciarada_augmentations": AugmentationSpec,
    "sciarada_weights": WeightsSpec,
    "sciarada_readers": ReaderSpec,
    "sciarada_writers": WriterSpec,
    "sciarada_simulators": SimulatorSpec,
    "sciarada_commands": CommandSpec,
}

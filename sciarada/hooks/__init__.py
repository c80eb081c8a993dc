"""The contract with plugins: what they declare, how they are found and how they are kept apart."""

from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.options import option
from sciarada.hooks.protocols import (
    Augmentation,
    Detector,
    Encoder,
    Losses,
    Morphology,
    Pretrainer,
    Reader,
    Writer,
)
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

__all__ = [
    "Augmentation",
    "AugmentationSpec",
    "CommandSpec",
    "Detector",
    "Encoder",
    "EncoderSpec",
    "Losses",
    "Morphology",
    "PluginSpec",
    "Pretrainer",
    "Reader",
    "ReaderSpec",
    "SimulatorSpec",
    "TaskSpec",
    "WeightsSpec",
    "Writer",
    "WriterSpec",
    "hookimpl",
    "option",
]

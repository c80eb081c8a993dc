"""The contract with plugins: what they declare, how they are found and how they are kept apart."""

from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.options import option
from sciarada.hooks.protocols import (
    ChannelAugmentation,
    Detector,
    Encoder,
    GeometryAugmentation,
    Hub,
    Losses,
    Morphology,
    PartnerAugmentation,
    Pretrainer,
    Reader,
    SkyAugmentation,
    SkyInfo,
    Writer,
)
from sciarada.hooks.specs import (
    AugmentationSpec,
    CommandSpec,
    EncoderSpec,
    HubSpec,
    PluginSpec,
    ReaderSpec,
    SimulatorSpec,
    TaskSpec,
    WeightsSpec,
    WriterSpec,
)

__all__ = [
    "AugmentationSpec",
    "ChannelAugmentation",
    "CommandSpec",
    "Detector",
    "Encoder",
    "EncoderSpec",
    "GeometryAugmentation",
    "Hub",
    "HubSpec",
    "Losses",
    "Morphology",
    "PartnerAugmentation",
    "PluginSpec",
    "Pretrainer",
    "Reader",
    "ReaderSpec",
    "SimulatorSpec",
    "SkyAugmentation",
    "SkyInfo",
    "TaskSpec",
    "WeightsSpec",
    "Writer",
    "WriterSpec",
    "hookimpl",
    "option",
]

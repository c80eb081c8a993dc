"""Networks and their training: losses, heads, optimisers. Only this package needs torch.

The names of `__all__` are public: plugins are made of them. Each is loaded when it is first used,
so that a plugin that only declares an encoder does not load torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sciarada.nn.centroids import Centroids
    from sciarada.nn.channels.recipes import RECIPES, Channels
    from sciarada.nn.channels.valid import PixelRows, clipped_median_and_sigma
    from sciarada.nn.encoder_components import backbone_and_channels
    from sciarada.nn.encoder_options import WIDEST, EncoderOptions
    from sciarada.nn.heads import LabelHead, projector
    from sciarada.nn.losses import cosine_distance, feature_contrast, info_nce, nt_xent
    from sciarada.nn.momentum import ema_update, frozen_copy
    from sciarada.nn.processes import gathered, process_count, summed
    from sciarada.nn.support_set import SupportSet
    from sciarada.nn.training.schedules import cosine_to_one, warmup_cosine

__all__ = [
    "RECIPES",
    "WIDEST",
    "Centroids",
    "Channels",
    "EncoderOptions",
    "LabelHead",
    "PixelRows",
    "SupportSet",
    "backbone_and_channels",
    "clipped_median_and_sigma",
    "cosine_distance",
    "cosine_to_one",
    "ema_update",
    "feature_contrast",
    "frozen_copy",
    "gathered",
    "info_nce",
    "nt_xent",
    "process_count",
    "projector",
    "summed",
    "warmup_cosine",
]

_MODULES = {
    "centroids": ("Centroids",),
    "channels.recipes": ("RECIPES", "Channels"),
    "channels.valid": ("PixelRows", "clipped_median_and_sigma"),
    "encoder_components": ("backbone_and_channels",),
    "encoder_options": ("WIDEST", "EncoderOptions"),
    "heads": ("LabelHead", "projector"),
    "losses": ("cosine_distance", "feature_contrast", "info_nce", "nt_xent"),
    "momentum": ("ema_update", "frozen_copy"),
    "processes": ("gathered", "process_count", "summed"),
    "support_set": ("SupportSet",),
    "training.schedules": ("cosine_to_one", "warmup_cosine"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)

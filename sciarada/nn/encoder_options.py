"""Options that the bundled encoders share. It imports no torch: plugins are listed without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sciarada.hooks.options import option

WIDEST = 65_536
"""Longest vector between the layers of a head."""


@dataclass(frozen=True)
class EncoderOptions:
    """Options of the network of an encoder."""

    backbone: Literal["resnet18", "resnet50", "regnet_y_400mf", "efficientnet_lite0"] = option(
        "resnet18", help="network that makes the features"
    )
    stem: Literal["standard", "half", "full"] = option(
        "half", help="resolution that the first layers keep; full is for the smallest images"
    )
    channels: str = option("sclip3", help="recipe that turns pixels into channels")

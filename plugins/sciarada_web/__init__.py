"""Encoders that others trained on photographs, from timm, transformers and torchvision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sciarada.hooks import HubSpec, hookimpl, option

EXTRA = ("sciarada[web]",)


@dataclass(frozen=True)
class WebOptions:
    """Options of the encoders of hubs."""

    npix: int | None = option(
        None, help="side of the cutouts; none: that of the network", unit="pixels", min=8
    )
    side: int | None = option(
        None,
        help="side to which the channels are resized for the network; none: its own",
        unit="pixels",
        min=8,
    )
    crop: Literal["whole", "source"] = option(
        "whole",
        help="what is used of each cutout: all of it, or the square around the central source",
        formerly=("frame",),
    )
    channels: str = option("sclip3", help="recipe that turns pixels into channels, 3 or 1")


@hookimpl
def sciarada_hubs() -> list[HubSpec]:
    """Offer the hubs."""
    return [
        HubSpec(
            name="timm",
            summary="Image models of timm, by name, or from a folder or a file",
            factory="sciarada_web.timm_hub:TimmHub",
            options=WebOptions,
            requires=EXTRA,
            citation="Wightman 2019, PyTorch Image Models, doi:10.5281/zenodo.4414861",
        ),
        HubSpec(
            name="transformers",
            summary="Image models of transformers: SigLIP, DINOv2, CLIP and others, or a folder",
            factory="sciarada_web.transformers_hub:TransformersHub",
            options=WebOptions,
            requires=EXTRA,
            citation="Wolf et al. 2020, EMNLP, doi:10.18653/v1/2020.emnlp-demos.6",
        ),
        HubSpec(
            name="torchvision",
            summary="Image classifiers of torchvision without their last layer, or from a file",
            factory="sciarada_web.torchvision_hub:TorchvisionHub",
            options=WebOptions,
        ),
    ]

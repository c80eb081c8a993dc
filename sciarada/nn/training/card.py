"""The card of newly trained weights."""

from __future__ import annotations

import platform
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import torch
from lightning_fabric import Fabric

import sciarada
from sciarada.core.model_card import ModelCard
from sciarada.nn.modules import EncoderModule
from sciarada.nn.training.settings import PretrainSettings


def training_versions() -> dict[str, str]:
    """Return the versions of the libraries that a training depends on."""
    packages = ("torch", "torchvision", "lightning-fabric", "numpy", "astropy")
    return {"sciarada": sciarada.__version__} | {name: version(name) for name in packages}


def training_card(
    settings: PretrainSettings,
    encoder: EncoderModule,
    configuration: dict[str, Any],
    placed: int,
    fabric: Fabric,
    hours: float,
    names: tuple[str, ...],
    indistinct: dict[str, int],
) -> ModelCard:
    """Return the card of trained weights, but for their hash.

    Parameters
    ----------
    settings : PretrainSettings
    encoder : EncoderModule
        The trained encoder.
    configuration : dict
        Of the training, as its folder keeps it.
    placed : int
        Number of cutouts with known positions.
    fabric : Fabric
    hours : float
        Wall-clock time of the training.
    names : tuple of str
        Names of the labels that were learned.
    indistinct : dict
        Numbers of cutouts that the encoder does not tell apart.
    """
    sets = ", ".join(configuration["sets"])
    return ModelCard(
        name=settings.name,
        version="1",
        encoder=settings.encoder,
        options=configuration["options"],
        npix=settings.npix,
        crop=settings.crop,
        dimension=encoder.backbone.dimension,
        sha256="",
        trained_on=(
            {
                "sets": sets,
                "cutouts": configuration["cutouts"],
                "hash": configuration["set_hash"],
                "placed": configuration["cutouts"] if settings.simulated else placed,
            }
            | ({"simulated": True} if settings.simulated else {})
            | ({"labels": names} if names else {})
            | ({"indistinct": indistinct} if indistinct else {}),
        ),
        recipe=configuration["settings"],
        machine=_machine(fabric),
        hours=round(hours, 3),
        versions=configuration["versions"],
        created=datetime.now(UTC).date().isoformat(),
    )


def _machine(fabric: Fabric) -> str:
    kind = f"{fabric.world_size} x {fabric.device.type.upper()}"
    with suppress(AssertionError, RuntimeError):
        if fabric.device.type == "cuda":
            return f"{fabric.world_size} x {torch.cuda.get_device_name(fabric.device)}"
    return f"{kind}, {platform.machine()}, {torch.get_num_threads()} threads per process"

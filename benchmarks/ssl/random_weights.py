"""Weights that were never trained: for what a network costs, and what one from scratch learns."""

from __future__ import annotations

from pathlib import Path

import torch

from sciarada.core.model_card import ModelCard
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.io.weights import write_weights
from sciarada.nn.trained import backbone_state


def write_random_weights(path: Path, npix: int) -> None:
    """Write random weights of torchvision's ResNet18, shown whole cutouts in the usual channels."""
    spec = PluginManager.discover().find("encoder", "simclr")
    options = parse_options(spec.options, ("stem=standard",))
    torch.manual_seed(1)
    encoder = spec.build(options)
    dimension = encoder.backbone.dimension
    card = ModelCard("random", "1", "simclr", resolved(options), npix, dimension, "")
    write_weights(backbone_state(encoder), card, path, overwrite=True)

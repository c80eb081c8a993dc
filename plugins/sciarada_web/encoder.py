"""Networks that others trained as encoders, with their model cards."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from sciarada.core.model_card import ModelCard
from sciarada.errors import OptionError, WeightsError
from sciarada.hooks import resolved
from sciarada.nn import RECIPES, Channels
from sciarada_web import WebOptions

COLOURS = 3


@dataclass(frozen=True)
class Origin:
    """The origin of weights.

    Parameters
    ----------
    name, version : str
        What they are called; which of their versions they are.
    licence : str
        Licence of the weights; empty if unknown.
    notes : str
        Where they were found.
    """

    name: str
    version: str = "local"
    licence: str = ""
    notes: str = ""


@dataclass(frozen=True, eq=False)
class Network:
    """A pretrained network, ready to compute features.

    Parameters
    ----------
    body : Module
        Makes features ``(n, d)`` of images ``(n, 3, side, side)``, in evaluation.
    side : int
        Of the images that it is shown.
    mean, std : sequence of float
        What is taken away from each colour (0 to 1) first, and what the rest is divided by.
    origin : Origin
        Of its weights.
    """

    body: nn.Module
    side: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    origin: Origin


class WebBackbone(nn.Module):
    """A network of others behind its own normalisation.

    Parameters
    ----------
    network : Network
        Images are resized and normalised for it.
    channels : int
        Channels of the images: 3, or 1 that is shown as grey.
    dimension : int
        Length of a feature vector.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: Network, channels: int, dimension: int) -> None:
        super().__init__()
        self.body = network.body
        self.side = network.side
        self.channels = channels
        self.dimension = dimension
        self.register_buffer("mean", torch.tensor(network.mean).view(1, COLOURS, 1, 1))
        self.register_buffer("std", torch.tensor(network.std).view(1, COLOURS, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return features ``(n, dimension)`` of images ``(n, channels, h, w)`` from 0 to 1."""
        if not len(images):  # many networks, and the resampling, refuse an empty batch
            return images.new_zeros(0, self.dimension)
        if images.shape[2:] != (self.side, self.side):
            size = (self.side, self.side)
            images = interpolate(images, size, mode="bilinear", antialias=True)
        return self.body((images.expand(-1, COLOURS, -1, -1) - self.mean) / self.std)


class WebEncoder(nn.Module):
    """A network of others as an encoder.

    Parameters
    ----------
    backbone : WebBackbone
    channels : Channels
        What turns pixels into channels.
    """

    def __init__(self, backbone: WebBackbone, channels: Channels) -> None:
        super().__init__()
        self.backbone = backbone
        self.channels = channels


@dataclass(frozen=True)
class WebHub(ABC):
    """A hub with networks that are used as encoders.

    Parameters
    ----------
    options : WebOptions
        What the encoders are shown.
    """

    hub: ClassVar[str]
    options: WebOptions

    def load(self, model: str) -> tuple[WebEncoder, ModelCard]:
        """Return a model as an encoder.

        Parameters
        ----------
        model : str
            As described for the hub.

        Raises
        ------
        WeightsError
            If it is unavailable.
        """
        return as_encoder(self.hub, self.network(model), self.options)

    @abstractmethod
    def network(self, model: str) -> Network:
        """Return a network with its weights and what its images are like.

        Raises
        ------
        WeightsError
            If it is unavailable.
        """


def as_encoder(hub: str, network: Network, options: WebOptions) -> tuple[WebEncoder, ModelCard]:
    """Return a network as an encoder, with its card.

    Parameters
    ----------
    hub : str
        Where it comes from.
    network : Network
    options : WebOptions

    Raises
    ------
    WeightsError
        If the network cannot work at its side.
    """
    channels = recipe(options)
    dimension = _dimension(hub, network)
    npix = options.npix or network.side
    card = ModelCard(
        name=network.origin.name,
        version=network.origin.version,
        encoder=hub,
        options=resolved(options) | {"npix": npix, "side": network.side},
        npix=npix,
        crop=options.crop,
        dimension=dimension,
        sha256=tensors_sha256(network.body.state_dict()),
        licence=network.origin.licence,
        notes=network.origin.notes,
    )
    backbone = WebBackbone(network, len(channels), dimension)
    return WebEncoder(backbone, channels).eval(), card


def recipe(options: WebOptions) -> Channels:
    """Return the recipe of channels that the options name.

    Raises
    ------
    OptionError
        If there is none, or it does not make as many channels as photographs have, or one.
    """
    fitting = [name for name, channels in RECIPES.items() if len(channels) in (1, COLOURS)]
    if options.channels not in fitting:
        raise OptionError(
            f"channels={options.channels} cannot be used: there is no such recipe of 1 or "
            f"{COLOURS} channels, give one of {', '.join(fitting)}"
        )
    return RECIPES[options.channels]


def tensors_sha256(tensors: Mapping[str, Tensor]) -> str:
    """Return a hex digest of tensors: of their names, types, shapes and numbers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        array = tensor.detach().cpu().contiguous()
        digest.update(f"{name} {array.dtype} {tuple(array.shape)}\n".encode())
        digest.update(array.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


@torch.inference_mode()
def _dimension(hub: str, network: Network) -> int:
    """Return the length of the features, by making some."""
    blank = torch.zeros(1, COLOURS, network.side, network.side)
    what = f"{hub}:{network.origin.name}"
    try:
        features = network.body.eval()(blank)
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{what} cannot make features of images of {network.side} pixels, give another side "
            f"as an option or choose another model: {' '.join(str(error).split())}"
        ) from error
    if features.ndim != 2:
        raise WeightsError(
            f"{what} makes features of shape {tuple(features.shape[1:])} of an image, not a "
            "vector: choose a model that pools them"
        )
    return features.shape[1]

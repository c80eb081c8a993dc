"""Encoders to and from trained weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sciarada.core.model_card import ModelCard
from sciarada.errors import OptionError, WeightsError
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import options_of_record
from sciarada.hooks.protocols import FeatureColumn, SkyInfo
from sciarada.hooks.specs import EncoderSpec
from sciarada.io.weights import read_weights
from sciarada.nn.building import build_encoder
from sciarada.nn.devices import AUTO, checked_device
from sciarada.nn.modules import EncoderModule
from sciarada.nn.sky import channels_of, uses_sky
from sciarada.nn.store import find_weights
from sciarada.nn.unstored import unstored_model

CPU = torch.device("cpu")
ALWAYS_ALLOWED, HEADS_AT_MOST = 1 << 27, 16
"""Largest number of parameters of an encoder: a constant, plus a multiple of those in its file."""


@dataclass(frozen=True, eq=False, repr=False)
class TrainedEncoder:
    """A backbone with its weights, and the channels that it was trained on.

    Parameters
    ----------
    encoder : EncoderModule
        As a plugin makes it, in evaluation mode.
    card : ModelCard
        What is known about its weights.
    """

    encoder: EncoderModule
    card: ModelCard

    def __repr__(self) -> str:
        about = f"{self.card.dimension} features of {self.card.npix} px cutouts"
        return f"<TrainedEncoder {self.card.name!r}: {about}>"

    @property
    def has_weights(self) -> bool:
        """Whether it is a network, not a rule without anything to train."""
        return next(self.encoder.parameters(), None) is not None

    @property
    def columns(self) -> tuple[FeatureColumn, ...]:
        """Name and meaning of each feature; none for those of a network."""
        return getattr(self.encoder, "columns", ())

    @property
    def uses_sky(self) -> bool:
        """Whether its channels depend on the level of the sky and its noise."""
        return uses_sky(self.encoder.channels)

    @property
    def device(self) -> torch.device:
        """Where it works: the CPU if it has no weights."""
        return next((weights.device for weights in self.encoder.parameters()), CPU)

    def __call__(self, pixels: np.ndarray | Tensor) -> np.ndarray:
        """Return the features of cutouts, as `features`, of an array or a tensor."""
        if isinstance(pixels, Tensor):
            pixels = pixels.detach().cpu().numpy()
        return self.features(np.asarray(pixels, np.float32))

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the features of cutouts.

        Channels that depend on the level of the sky and its noise estimate them from the pixels.
        `sciarada.nn.embedding.embed` measures them around the cutouts of images.

        Parameters
        ----------
        pixels : ndarray of float32, shape (n, npix, npix)
            Surface brightness in any unit, NaN where missing; `ModelCard.npix` pixels wide.

        Returns
        -------
        ndarray of float32, shape (n, dimension)
        """
        return self.features_of_images(self.images(pixels))

    @torch.inference_mode()
    def images(
        self, pixels: np.ndarray, level: Tensor | None = None, noise: Tensor | None = None
    ) -> Tensor:
        """Return the channels of cutouts on the device of the encoder: (n, channels, npix, npix).

        Where level and noise of the sky ``(n,)`` are not given or NaN, channels that depend on
        them estimate them from the pixels.

        This and `features_of_images` are the two halves of `features`; this one can be run for
        the next cutouts in another thread.
        """
        tensor = torch.from_numpy(np.ascontiguousarray(pixels, dtype=np.float32)).to(self.device)
        sky = SkyInfo.unknown(tensor)._replace(level=level, noise=noise).to(self.device)
        return channels_of(self.encoder.channels, tensor, sky)

    @torch.inference_mode()
    def features_of_images(self, images: Tensor) -> np.ndarray:
        """Return the features of channels, as `features` does of pixels."""
        return self.encoder.backbone(images).float().cpu().numpy()

    def to(self, device: str | torch.device) -> TrainedEncoder:
        """Return it with its weights on a device."""
        return TrainedEncoder(self.encoder.to(device), self.card)


def backbone_state(encoder: EncoderModule, *, half: bool = True) -> dict[str, np.ndarray]:
    """Return the weights of an encoder's backbone, by name.

    Parameters
    ----------
    encoder : EncoderModule
        Its heads and slow networks are omitted: they serve the training only.
    half : bool
        Round to float16; whole numbers stay as they are.
    """
    return {name: _as_array(tensor, half) for name, tensor in encoder.backbone.state_dict().items()}


def load_encoder(
    name: str, manager: PluginManager | None = None, device: str = AUTO
) -> TrainedEncoder:
    """Return an encoder with trained weights.

    Parameters
    ----------
    name : str
        A path, a name, or ``default`` (see `sciarada.nn.store.find_weights`), ``HUB:MODEL`` (see
        `sciarada.nn.hubs.hub_model`), or an encoder without weights such as ``shape`` (see
        `sciarada.nn.extractors.extractor_model`).
    manager : PluginManager, optional
        Whose plugins offer weights, encoders and hubs; those that are installed by default.
    device : str
        Device of the encoder, such as ``cpu`` or ``cuda:1``; ``auto`` is a GPU if there is one,
        else the CPU.

    Raises
    ------
    WeightsError
        If there are no such weights, they are not those of an encoder, or they do not fit the
        encoder that they name.
    PluginError
        If the plugin of the encoder or the hub is not there.
    OptionError
        If the device is unavailable.
    """
    place = checked_device(device)
    manager = manager or PluginManager.discover()
    model = unstored_model(name, manager)
    encoder, card = model.load() if model else _stored_encoder(name, manager)
    card.check_kind("encoder", name)
    return TrainedEncoder(encoder.eval().requires_grad_(False).to(place), card)


def _stored_encoder(name: str, manager: PluginManager) -> tuple[EncoderModule, ModelCard]:
    """Return the encoder that a file of weights belongs to, with these weights, and their card."""
    found = find_weights(name, manager)
    found.card.check_kind("encoder", found.path)
    tensors, card = read_weights(found.path, found.sha256)
    spec = manager.find(EncoderSpec, card.encoder)
    encoder = _built(found.path, card, spec, tensors)
    return _with_weights(encoder, tensors, found.path, card, spec), card


def encoder_with_weights(spec: EncoderSpec, path: Path) -> TrainedEncoder:
    """Return an encoder that no plugin needs to offer, with trained weights.

    Parameters
    ----------
    spec : EncoderSpec
        Its declaration.
    path : Path
        File of the weights.

    Raises
    ------
    WeightsError
        If they cannot be read, or do not fit.
    """
    tensors, card = read_weights(path)
    encoder = _with_weights(build_encoder(spec, None), tensors, path, card, spec)
    return TrainedEncoder(encoder.eval().requires_grad_(False).to("cpu"), card)


def _with_weights(
    encoder: EncoderModule,
    tensors: Mapping[str, np.ndarray],
    path: Path,
    card: ModelCard,
    spec: EncoderSpec,
) -> EncoderModule:
    """Return an encoder with the given weights in its backbone."""
    try:
        encoder.backbone.load_state_dict(_as_tensors(tensors), strict=True)
    except RuntimeError as error:
        raise WeightsError(
            f"{path} does not fit the encoder {card.encoder!r} of {spec.owner} with the "
            "options of its card: its weights are those of another network, so get it again with "
            "its card"
        ) from error
    if encoder.backbone.dimension != card.dimension:
        raise WeightsError(
            f"the card of {path} states {card.dimension} numbers per cutout, but its encoder "
            f"makes {encoder.backbone.dimension}"
        )
    return encoder


def _built(
    path: Path, card: ModelCard, spec: EncoderSpec, tensors: Mapping[str, np.ndarray]
) -> EncoderModule:
    """Return the encoder that a card asks for, with heads not much larger than the weights."""
    most = ALWAYS_ALLOWED + HEADS_AT_MOST * sum(tensor.size for tensor in tensors.values())
    try:
        options = options_of_record(spec.options, card.options, plugin=spec.name)
        return build_encoder(spec, options, most)
    except OptionError as error:
        raise WeightsError(f"the card of {path} cannot be used: {error}") from error


def _as_array(tensor: Tensor, half: bool) -> np.ndarray:
    tensor = tensor.detach().cpu()
    return (tensor.half() if half and tensor.is_floating_point() else tensor).numpy()


def _as_tensors(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    return {name: t.float() if t.is_floating_point() else t for name, t in tensors.items()}

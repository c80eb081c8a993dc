"""Hub ``torchvision``: its image classifiers, without their last layer.

torchvision publishes its weights as PyTorch archives. They are fetched by torch's own hub, must
have the hash that their name says, and are read as tensors alone (``weights_only``).
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn
from torchvision import models
from torchvision.models import WeightsEnum

from sciarada.errors import WeightsError, did_you_mean
from sciarada_web.encoder import Network, Origin, WebHub
from sciarada_web.files import chosen_file

UNLIKE = ("googlenet", "inception_v3")  # they change what they are shown, if weights came with them


class TorchvisionHub(WebHub):
    """Image classifiers of torchvision.

    A model is ``NAME`` (``resnet18``), ``NAME.WEIGHTS`` (``resnet50.IMAGENET1K_V1``), or
    ``NAME@FILE.safetensors``.
    """

    hub = "torchvision"

    def network(self, model: str) -> Network:
        """Return a network with its weights, and what its images are like."""
        file = chosen_file(model)
        name, _, chosen = (file.architecture if file else model).partition(".")
        weights = _weights(name, chosen or "DEFAULT")
        if file:
            origin, tensors = file.origin, file.tensors()
        else:
            origin = Origin(name, weights.name, weights.meta.get("license", ""), weights.url)
            tensors = _archive(weights)
        body = _network(name, weights, tensors)
        shown = weights.transforms()
        side = self.options.side or shown.crop_size[0]
        return Network(body, side, tuple(shown.mean), tuple(shown.std), origin)


def _weights(name: str, chosen: str) -> WeightsEnum:
    """Return the metadata of torchvision for the weights of a model."""
    known = [known for known in models.list_models(models) if known not in UNLIKE]
    if name not in known:
        hint = did_you_mean(name, known, f"there are {', '.join(known)}", most=3)
        raise WeightsError(f"no model of torchvision is called {name!r}{hint}")
    there = models.get_model_weights(name)
    if chosen not in there.__members__:
        names = ", ".join(weights.name for weights in there)
        raise WeightsError(f"{name} of torchvision has no weights {chosen!r}: there are {names}")
    return there[chosen]


def _network(name: str, weights: WeightsEnum, tensors: dict[str, Tensor]) -> nn.Module:
    """Return a network with weights, without its last layer."""
    settings = {"image_size": weights.meta["min_size"][0]} if name.startswith("vit_") else {}
    body = models.get_model(name, weights=None, **settings)
    try:
        body.load_state_dict(tensors)
    except RuntimeError as error:
        cause = " ".join(str(error).split())
        raise WeightsError(
            f"the weights do not fit {name} of torchvision: {cause[:300]}"
        ) from error
    classes = len(weights.meta["categories"])
    last = [
        path
        for path, layer in body.named_modules()
        if isinstance(layer, nn.Linear) and layer.out_features == classes
    ]
    if not last:
        raise WeightsError(f"{name} of torchvision has no last layer to leave out: choose another")
    body.set_submodule(last[-1], nn.Identity())
    return body


def _archive(weights: WeightsEnum) -> dict[str, Tensor]:
    """Return the tensors of weights as published, fetched unless the cache has them."""
    name = weights.url.rpartition("/")[2]
    path = Path(torch.hub.get_dir(), "checkpoints", name)
    hashed = torch.hub.HASH_REGEX.search(name)
    if hashed is None:
        raise WeightsError(
            f"{weights.url} has no hash in its name that its content could be "
            "checked against: choose other weights"
        )
    start = hashed[1]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(weights.url, str(path), start, sys.stderr.isatty())
        except (OSError, RuntimeError) as error:
            raise WeightsError(
                f"{weights.url} cannot be downloaded ({error}): try again, or download it "
                f"elsewhere and put it at {path}"
            ) from error
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if not found.startswith(start):
        raise WeightsError(f"{path} was changed or damaged: remove it, and it is downloaded again")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise WeightsError(f"{path} holds more than tensors, so it is not read") from error

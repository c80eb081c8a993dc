"""Hub ``timm``: the image models of timm, without their classifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import timm
from safetensors import SafetensorError
from timm.data import resolve_model_data_config
from torch import nn

from sciarada.errors import WeightsError, did_you_mean
from sciarada_web.encoder import COLOURS, Network, Origin, WebHub
from sciarada_web.files import chosen_file
from sciarada_web.hugging_face import WEIGHTS, fetched_folder, local_folder


class TimmHub(WebHub):
    """Models of timm.

    A model is a name of timm's own (``resnet18.a1_in1k``) or of the Hugging Face hub
    (``OWNER/NAME``), ``@REVISION`` after it if wanted; a folder as timm saves it; or
    ``ARCHITECTURE@FILE.safetensors``.
    """

    hub = "timm"

    def network(self, model: str) -> Network:
        """Return a network with its weights, and what its images are like."""
        body, origin = _network(model)
        config = resolve_model_data_config(body)
        own = config["input_size"][-1]
        side = self.options.side or own
        if config["input_size"][0] != COLOURS:
            raise WeightsError(f"timm:{model} is not for images of {COLOURS} colours")
        if side != own and body.pretrained_cfg.get("fixed_input_size"):
            _resize(body, side, model)
        body.reset_classifier(0)
        return Network(body, side, config["mean"], config["std"], origin)


class TimmModel(nn.Module):
    """Attributes of timm models in addition to those of modules; for annotations only."""

    pretrained_cfg: Mapping[str, Any]
    reset_classifier: Callable[[int], None]
    set_input_size: Callable[..., None]


def _network(model: str) -> tuple[TimmModel, Origin]:
    """Return a network with all its weights, classifier included, and where they are from."""
    file = chosen_file(model)
    if file:
        _check_name(file.architecture)
        overlay = {"file": str(file.path), "custom_load": False}
        return _created(model, file.architecture, pretrained_cfg_overlay=overlay), file.origin
    place = Path(model).expanduser()
    folder = local_folder(place) if place.is_dir() else fetched_folder(_repository(model))
    if not (folder.path / WEIGHTS).is_file():
        raise WeightsError(
            f"timm reads no weights in parts, nor pickles, and {model} has no {WEIGHTS}: choose "
            "another model"
        )
    body = _created(model, f"local-dir:{folder.path}")
    licence = folder.origin.licence or body.pretrained_cfg.get("license") or ""
    return body, replace(folder.origin, licence=licence)


def _created(model: str, name: str, **settings: Any) -> TimmModel:
    """Have timm make a network; with its own classifier it takes no other weights than all."""
    try:
        made = timm.create_model(name, pretrained=True, **settings)
    except (AssertionError, KeyError, RuntimeError, SafetensorError, ValueError) as error:
        cause = " ".join(str(error).split())
        raise WeightsError(f"timm cannot make a network of {model}: {cause[:300]}") from error
    return cast(TimmModel, made)  # annotated as a plain module there


def _repository(model: str) -> str:
    """Return the place on the Hugging Face hub of a model that timm knows."""
    if "/" in model:
        return model
    name, at, revision = model.partition("@")
    _check_name(name)
    known = timm.get_pretrained_cfg(name)
    place = known.hf_hub_id if known else None
    if not place:
        raise WeightsError(f"timm has no weights for {name}: give {name}@FILE.safetensors")
    return f"{place}{at}{revision}"


def _check_name(name: str) -> None:
    """Raise WeightsError unless timm knows a model."""
    known = timm.list_models() + timm.list_pretrained()
    if name not in known:
        hint = did_you_mean(name, known, "give OWNER/NAME or a folder", most=3)
        raise WeightsError(f"no model of timm is called {name!r}{hint}")


def _resize(body: TimmModel, side: int, model: str) -> None:
    """Make a network that knows one size of images know another one."""
    try:
        body.set_input_size(img_size=(side, side))
    except (AssertionError, AttributeError, RuntimeError, ValueError) as error:
        raise WeightsError(
            f"timm:{model} cannot work on images of {side} pixels, leave the option side out: "
            f"{' '.join(str(error).split())}"
        ) from error

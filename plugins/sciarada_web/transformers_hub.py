"""Hub ``transformers``: its models of images; of those of images and text, the part for images."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import AutoConfig, AutoImageProcessor, AutoModel
from transformers.utils import logging as messages

from sciarada.errors import WeightsError
from sciarada_web.encoder import Network, WebHub
from sciarada_web.hugging_face import fetched_folder, local_folder

PROCESSOR = "preprocessor_config.json"
LARGEST = 255  # of the values that a model's own files speak of


class TransformersHub(WebHub):
    """Models of transformers.

    A model is a name of the Hugging Face hub (``google/siglip-base-patch16-224``),
    ``@REVISION`` after it if wanted, or a folder as transformers saves it.
    """

    hub = "transformers"

    def network(self, model: str) -> Network:
        """Return a network with its weights, and what its images are like."""
        place = Path(model).expanduser()
        folder = local_folder(place) if place.is_dir() else fetched_folder(model, PROCESSOR)
        if not (folder.path / PROCESSOR).is_file():
            raise WeightsError(
                f"{model} has no {PROCESSOR}, so the normalisation of its images is unknown: save "
                "its image processor there, too"
            )
        with _quiet():
            processor = AutoImageProcessor.from_pretrained(folder.path, trust_remote_code=False)
            own, mean, std = _shown(processor, model)
            side = self.options.side or own
            body = _network(model, folder.path, resized=side != own)
        return Network(body, side, mean, std, folder.origin)


class Pooled(nn.Module):
    """The pooled output of a model of transformers.

    Parameters
    ----------
    model : Module
        Of transformers.
    pooler : bool
        Take what the model itself pools; otherwise its first token, the one for the whole image.
    resized : bool
        Whether images are not of the model's own size, so that its positions are interpolated.
    """

    def __init__(self, model: nn.Module, pooler: bool, resized: bool) -> None:
        super().__init__()
        self.model = model
        self.pooler = pooler
        self.resized = resized

    def forward(self, images: Tensor) -> Tensor:
        """Return features ``(n, d)`` of normalised images ``(n, 3, h, w)``."""
        settings = {"interpolate_pos_encoding": True} if self.resized else {}
        made = self.model(pixel_values=images, **settings)
        if self.pooler:
            return made.pooler_output.flatten(1)
        return made.last_hidden_state[:, 0]


def _network(model: str, folder: Path, *, resized: bool) -> nn.Module:
    """Return the part of a model that looks at images, with all its weights."""
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        network, report = AutoModel.from_pretrained(
            folder,
            config=getattr(config, "vision_config", config),
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (OSError, KeyError, RuntimeError, SafetensorError, ValueError) as error:
        cause = " ".join(str(error).split())
        raise WeightsError(
            f"transformers cannot make a network of {model}: {cause[:300]}"
        ) from error
    if network.main_input_name != "pixel_values":
        raise WeightsError(f"{model} is not a model of images: choose another")
    absent = sorted(report["missing_keys"])
    without_pooler = bool(absent) and all(key.startswith("pooler.") for key in absent)
    if absent and not without_pooler:
        raise WeightsError(
            f"{model} lacks weights of its network, {absent[0]} and {len(absent) - 1} others: "
            "choose a model that is whole"
        )
    return Pooled(network, not without_pooler, resized)


def _shown(processor: Any, model: str) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    """Return the side of the input images of a model, and the scaling of values from 0 to 1."""
    size = getattr(processor, "crop_size", None) if processor.do_center_crop else None
    size = dict(size or processor.size)
    side = size.get("height") or size.get("shortest_edge")
    if not side:
        raise WeightsError(f"{PROCESSOR} of {model} does not give the side of its images")
    scale = LARGEST * (processor.rescale_factor if processor.do_rescale else 1)
    mean = processor.image_mean if processor.do_normalize else (0.0, 0.0, 0.0)
    std = processor.image_std if processor.do_normalize else (1.0, 1.0, 1.0)
    return side, tuple(value / scale for value in mean), tuple(value / scale for value in std)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from telling of weights that it leaves aside, and from showing bars."""
    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity_error()
    messages.disable_progress_bar()
    try:
        yield
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()

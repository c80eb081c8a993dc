"""Trained weights to and from files: tensors as safetensors, and a card as JSON beside them.

``NAME.safetensors`` holds numbers only, so reading it runs nothing; ``NAME.json`` is the card.
Pickles are never read. The header of the file may contain the positions of the training set.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from sciarada.core.model_card import ModelCard
from sciarada.core.sky_cover import SkyCover
from sciarada.errors import CutoutError, WeightsError
from sciarada.io.atomic import atomic_path
from sciarada.io.kinds import Kind
from sciarada.tabular.json_text import JsonError, parse_json

SUFFIX = ".safetensors"
LARGEST_CARD = 10_000_000  # bytes
_COVER = "sciarada_training_positions"


def card_path(path: str | Path) -> Path:
    """Return the path of the card of a file of weights."""
    return Path(path).with_suffix(".json")


def write_weights(
    tensors: Mapping[str, np.ndarray],
    card: ModelCard,
    path: str | Path,
    overwrite: bool = False,
    *,
    cover: SkyCover | None = None,
) -> ModelCard:
    """Write weights and their card; each file appears whole or not at all.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        Numbers of any type; those of a network's state.
    card : ModelCard
        Its ``sha256`` is set here.
    path : str or Path
        File to make, ``NAME.safetensors``.
    overwrite : bool
        Replace files that exist.
    cover : SkyCover, optional
        Where the training set lies on the sky; kept with the weights, so that nobody need test
        on what they were trained on.

    Returns
    -------
    ModelCard
        The card as written.

    Raises
    ------
    WeightsError
        If the name of the file does not end in ``.safetensors``.
    OutputError
        If a file exists or cannot be written.
    """
    path = Path(path)
    if path.suffix != SUFFIX:
        raise WeightsError(f"{path}: weights are kept in a file NAME{SUFFIX}")
    header = None
    if cover is not None:
        header = {_COVER: base64.b64encode(cover.to_bytes()).decode("ascii")}
    data = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, header)
    card = replace(card, sha256=hashlib.sha256(data).hexdigest())
    with (
        atomic_path(path, overwrite, WEIGHTS) as part,
        # left first: weights without a card cannot be used
        atomic_path(card_path(path), overwrite, CARD) as part_card,
    ):
        part.write_bytes(data)
        part_card.write_text(json.dumps(card.as_json(), indent=2) + "\n", encoding="utf-8")
    return card


def _is_card(path: Path) -> bool:
    try:
        read_card(path)
    except WeightsError:
        return False
    return True


def _holds_tensors(path: Path) -> bool:
    try:
        with safe_open(path, framework="numpy"):
            return True
    except (OSError, SafetensorError):
        return False


def _is_weights(path: Path) -> bool:
    return _holds_tensors(path) and _is_card(path)


CARD = Kind("model card", _is_card)
TENSORS = Kind("file of weights", _holds_tensors)
WEIGHTS = Kind("file of weights with a model card beside it", _is_weights)


def read_card(path: str | Path) -> ModelCard:
    """Read the card of a file of weights; the weights themselves are left alone.

    Raises
    ------
    WeightsError
        If it is not there, or no card.
    """
    place = card_path(path)
    try:
        if place.stat().st_size > LARGEST_CARD:
            raise WeightsError(f"it has more than {LARGEST_CARD:,} bytes")
        return ModelCard.from_json(parse_json(place.read_bytes()))
    except OSError as error:
        raise WeightsError(
            f"{path} has no model card {place.name} beside it: `sciarada weights list` shows the "
            "weights there are"
        ) from error
    except JsonError as error:
        raise WeightsError(f"{place} {error}, so it is not a model card: get it again") from error
    except WeightsError as error:
        raise WeightsError(f"{place} cannot be used: {error}") from error


def read_weights(
    path: str | Path, sha256: str | None = None
) -> tuple[dict[str, np.ndarray], ModelCard]:
    """Read weights and their card, and check them.

    Parameters
    ----------
    path : str or Path
        ``NAME.safetensors``.
    sha256 : str, optional
        Hex digest that the file must have, beside that of its card.

    Raises
    ------
    WeightsError
        If a file is missing, or the weights are not those that the card and the digest are of.
    """
    path = Path(path)
    if path.suffix != SUFFIX:
        raise WeightsError(
            f"{path} is not a file NAME{SUFFIX}: pickled weights (.pt, .pth, .ckpt) are never "
            "read, because reading them can run code"
        )
    card = read_card(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(data).hexdigest()
    for wanted in {card.sha256, sha256 or card.sha256}:
        if found != wanted:
            raise WeightsError(
                f"{path} is not what it should be: its SHA-256 is {found[:12]}..., not "
                f"{wanted[:12]}...; it was changed or damaged, so get it again"
            )
    tensors = _tensors(data, path)
    odd = next((name for name, tensor in tensors.items() if not np.isfinite(tensor).all()), None)
    if odd is not None:
        raise WeightsError(f"{path} has weights that are not finite numbers, in {odd}: get others")
    return tensors, card


def _tensors(data: bytes, path: Path) -> dict[str, np.ndarray]:
    try:
        return load(data)
    except KeyError as error:
        raise WeightsError(f"{path} has numbers of the kind {error}, which is not read") from error
    except (SafetensorError, ValueError, TypeError, MemoryError) as error:
        raise WeightsError(
            f"{path} holds no safetensors, or damaged ones: its header does not fit its "
            f"{len(data)} bytes; get it again"
        ) from error


def read_cover(path: str | Path) -> SkyCover | None:
    """Read the sky coverage of the training set of weights; None if it was not stored.

    Raises
    ------
    WeightsError
        If the file is not there, or damaged.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
        return SkyCover.from_bytes(base64.b64decode(header[_COVER])) if _COVER in header else None
    except (OSError, SafetensorError, ValueError, CutoutError) as error:
        raise WeightsError(
            f"{path} does not say where it was trained, or its header is damaged: get it again"
        ) from error

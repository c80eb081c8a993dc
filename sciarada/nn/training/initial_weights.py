"""The initial weights of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from sciarada.core.model_card import ModelCard
from sciarada.core.sky_cover import SkyCover
from sciarada.errors import WeightsError
from sciarada.hooks.manager import PluginManager
from sciarada.io.weights import read_cover
from sciarada.nn.encoder_options import EncoderOptions
from sciarada.nn.modules import EncoderModule
from sciarada.nn.store import find_weights
from sciarada.nn.trained import TrainedEncoder, load_encoder

SHARED = tuple(item.name for item in fields(EncoderOptions))


@dataclass(frozen=True, eq=False)
class InitialWeights:
    """Initial weights of a training.

    Parameters
    ----------
    trained : TrainedEncoder
        Its backbone is taken, its heads are not.
    cover : SkyCover or None
        Where it was trained; None if unknown.
    """

    trained: TrainedEncoder
    cover: SkyCover | None

    @classmethod
    def of(cls, name: str, manager: PluginManager, options: Mapping[str, Any]) -> InitialWeights:
        """Read weights to continue from.

        Parameters
        ----------
        name : str
            A path, a name or ``default``.
        manager : PluginManager
        options : mapping
            Resolved options of the new training's encoder.

        Raises
        ------
        WeightsError
            If there are no such weights, or they were trained on other channels or another
            network: with another stem the numbers may fit, but not what they mean.
        """
        path = find_weights(name, manager).path
        trained = load_encoder(name, manager, "cpu")
        for key in SHARED:
            theirs, ours = (of.get(key) for of in (trained.card.options, options))
            if None not in (theirs, ours) and theirs != ours:
                raise WeightsError(
                    f"{path} was trained with {key}={theirs}, and cannot start a training with "
                    f"{key}={ours}: give -O {key}={theirs}, or other weights with --init"
                )
        return cls(trained, read_cover(path))

    @property
    def model_id(self) -> str:
        """The name of the initial weights in the card of the new ones."""
        return self.trained.card.model_id

    def give_to(self, encoder: EncoderModule) -> None:
        """Load the weights into the backbone of a new encoder, and into its copies.

        Raises
        ------
        WeightsError
            If they do not fit.
        """
        copies = [part for part in encoder.modules() if _is_copy(part, encoder.backbone)]
        state = self.trained.encoder.backbone.state_dict()
        try:
            for part in copies:
                part.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise WeightsError(
                f"{self.model_id} cannot start this training: its backbone is another network than "
                "that of the encoder; choose other weights with --init"
            ) from error

    def recorded_in(self, card: ModelCard) -> ModelCard:
        """Return the card of the new training with the sets of the old one."""
        return replace(
            card,
            trained_on=(*card.trained_on, *self.trained.card.trained_on),
            recipe={**card.recipe, "start": self.model_id},
            notes=f"Started from {self.model_id}; hours and recipe are those from there on.",
        )

    def joined(self, cover: SkyCover) -> SkyCover:
        """Return the sky coverage of both trainings."""
        if self.cover is None:
            return cover
        pairs = (
            (getattr(cover, name), getattr(self.cover, name)) for name in ("ra", "dec", "size")
        )
        return SkyCover(*map(np.concatenate, pairs))


def _is_copy(part: nn.Module, backbone: nn.Module) -> bool:
    """Return whether a part of an encoder is its backbone, or a slow network with its weights."""
    if part is backbone:
        return True
    one, other = part.state_dict(), backbone.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in other)

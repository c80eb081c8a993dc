"""Contenders: the encoders that are probed, and the same networks with random weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from sciarada.core.model_card import ModelCard
from sciarada.cutouts.concatenated import distinct_names
from sciarada.errors import OptionError
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import options_of_record
from sciarada.hooks.specs import EncoderSpec
from sciarada.nn.building import build_encoder
from sciarada.nn.devices import checked_device
from sciarada.nn.modules import EncoderModule
from sciarada.nn.probes.settings import OWN, ProbeSettings
from sciarada.nn.store import find_weights
from sciarada.nn.trained import TrainedEncoder, load_encoder
from sciarada.nn.unstored import unstored_model

SCRATCH = "scratch"


@dataclass(frozen=True, eq=False)
class ProbedEncoder:
    """An encoder that is compared with others.

    Parameters
    ----------
    name : str
        Its name in tables and figures.
    trained : TrainedEncoder
        Its weights; random ones of seed 1 where it is a network without training.
    path : Path or None
        File of its weights; None where they come from a hub, or are random.
    manager : PluginManager or None
        Whose plugins build its network anew; None where it has been trained.
    """

    name: str
    trained: TrainedEncoder
    path: Path | None
    manager: PluginManager | None = None

    @property
    def is_random(self) -> bool:
        """Whether it has never been trained."""
        return self.manager is not None

    @property
    def card(self) -> ModelCard:
        """Its model card."""
        return self.trained.card

    def network(self, seed: int) -> EncoderModule:
        """Return the encoder that a training of this seed begins with."""
        if self.manager is None:
            return self.trained.encoder
        return _random(self.card, self.manager, seed)


def load_probed_encoders(
    settings: ProbeSettings, manager: PluginManager
) -> tuple[ProbedEncoder, ...]:
    """Return the contenders, all of them shown cutouts of the same size in pixels.

    Raises
    ------
    OptionError
        If ``scratch`` stands alone, contenders were trained on different sizes and none is
        specified, or one without weights is to be fine-tuned.
    WeightsError, PluginError
        If weights are unavailable.
    """
    named = [_named(text) for text in settings.weights]
    plain = next((weights for _, weights in named if weights != SCRATCH), None)
    if plain is None:
        raise OptionError(
            f"{SCRATCH} takes the network of other weights: give some beside it, or "
            f"--weights {SCRATCH}:NAME"
        )
    plain = plain.removeprefix(f"{SCRATCH}:")
    made = [
        _contender(name, f"{SCRATCH}:{plain}" if text == SCRATCH else text, settings, manager)
        for name, text in named
    ]
    names = distinct_names([contender.name for contender in made])
    return tuple(
        replace(contender, name=name, trained=_shown(contender.trained, made, settings))
        for contender, name in zip(made, names, strict=True)
    )


def _named(text: str) -> tuple[str, str]:
    """Return the name that was given, or none, and the weights."""
    name, sign, weights = text.partition("=")
    return (name.strip(), weights) if sign and not {"/", ":"} & set(name) else ("", text)


def _contender(
    name: str, text: str, settings: ProbeSettings, manager: PluginManager
) -> ProbedEncoder:
    scratch, sign, weights = text.partition(":")
    if scratch == SCRATCH and sign:
        trained = load_encoder(weights, manager, "cpu")
        encoder = _random(trained.card, manager, 1).to(checked_device(settings.device))
        trained = TrainedEncoder(encoder, replace(trained.card, name=SCRATCH, sha256=""))
        return ProbedEncoder(name or SCRATCH, trained, None, manager)
    trained = load_encoder(text, manager, settings.device)
    if "finetune" in settings.kinds and not trained.has_weights:
        raise OptionError(
            f"{trained.card.name} has no weights that could be fine-tuned: probe it with --kind "
            "linear,knn only"
        )
    path = None if unstored_model(text, manager) else find_weights(text, manager).path
    return ProbedEncoder(name or trained.card.name, trained, path)


def _random(card: ModelCard, manager: PluginManager, seed: int) -> EncoderModule:
    """Return an encoder as its plugin builds it, before any training."""
    spec = manager.find(EncoderSpec, card.encoder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = build_encoder(
            spec, options_of_record(spec.options, card.options, plugin=spec.name)
        )
    return encoder.eval().requires_grad_(False)


def _shown(
    trained: TrainedEncoder, made: list[ProbedEncoder], settings: ProbeSettings
) -> TrainedEncoder:
    """Return the encoder with the common input size in pixels."""
    sizes = sorted({contender.card.npix for contender in made})
    if settings.npix is None and len(sizes) > 1:
        raise OptionError(
            f"the contenders were trained on cutouts of {' and '.join(map(str, sizes))} pixels: "
            f"give --npix {sizes[0]} to show all of them the same, or --npix {OWN} to show each "
            "what it knows"
        )
    if not isinstance(settings.npix, int):
        return trained
    return TrainedEncoder(trained.encoder, replace(trained.card, npix=settings.npix))

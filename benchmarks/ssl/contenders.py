"""Who is compared: weights, the same network from scratch, and features of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sciarada.hooks.manager import PluginManager
from sciarada.nn.trained import TrainedEncoder
from sciarada.pipelines.probing.contenders import Contender, load_contenders
from sciarada.pipelines.probing.settings import OWN, ProbeSettings

SCRATCH = "scratch"
AT_BEST = 224


def load_named(weights: Sequence[str], manager: PluginManager) -> tuple[Contender, ...]:
    """Return contenders given as ``NAME=WEIGHTS``, each shown what its card says."""
    return load_contenders(ProbeSettings("", tuple(weights), npix=OWN), manager)


def from_scratch(first: Contender, weights: str, manager: PluginManager) -> Contender:
    """Return the network of some weights with random ones, shown the same."""
    (made,) = load_named([f"{SCRATCH}={SCRATCH}:{weights.partition('=')[2] or weights}"], manager)
    return _shown_as(made, first)


def of_photographs(
    model: str, first: Contender, manager: PluginManager
) -> tuple[Contender, Contender]:
    """Return a timm model shown what ``first`` is shown, and at 224 pixels.

    Parameters
    ----------
    model : str
        ``ARCHITECTURE@FILE.safetensors``.
    first : Contender
        Its channels and its frame are those of all.
    manager : PluginManager
    """
    npix, channels = first.card.npix, first.card.options["channels"]
    name = f"ImageNet {model.partition('@')[0]}"
    made = load_named(
        [
            f"{name} {side} px=timm:{model}:npix={side},side={side},channels={channels}"
            for side in (npix, AT_BEST)
        ],
        manager,
    )
    same, best = (_shown_as(contender, first) for contender in made)
    return same, best


def _shown_as(contender: Contender, first: Contender) -> Contender:
    """Return it with cutouts in the same frame as another."""
    card = replace(contender.card, frame=first.card.frame)
    return replace(contender, trained=TrainedEncoder(contender.trained.encoder, card))

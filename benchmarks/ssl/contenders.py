"""Who is compared: weights, the same network from scratch, and features of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.ssl.random_weights import write_random_weights
from sciarada.hooks.manager import PluginManager
from sciarada.nn.probes.encoders import ProbedEncoder, load_probed_encoders
from sciarada.nn.probes.settings import OWN, ProbeSettings

SCRATCH = "scratch"
PLAIN_NPIX = 64
PLAIN = f"plain scratch {PLAIN_NPIX} px"
AT_BEST = 224


def load_named(weights: Sequence[str], manager: PluginManager) -> tuple[ProbedEncoder, ...]:
    """Return contenders given as ``NAME=WEIGHTS``, each shown what its card says."""
    return load_probed_encoders(ProbeSettings("", tuple(weights), npix=OWN), manager)


def from_scratch(weights: str, manager: PluginManager) -> ProbedEncoder:
    """Return the network of some weights, given alike, with random ones; it is shown the same."""
    (made,) = load_named([f"{SCRATCH}={SCRATCH}:{weights.partition('=')[2] or weights}"], manager)
    return made


def plain_from_scratch(work: Path, manager: PluginManager) -> ProbedEncoder:
    """Return what one would train without this toolkit: a ResNet18 that sees whole cutouts."""
    path = work / "plain.safetensors"
    write_random_weights(path, PLAIN_NPIX)
    (made,) = load_named([f"{PLAIN}={SCRATCH}:{path}"], manager)
    return made


def of_photographs(
    model: str, first: ProbedEncoder, manager: PluginManager
) -> tuple[ProbedEncoder, ...]:
    """Return a timm model shown what ``first`` is shown, and at 224 pixels.

    Parameters
    ----------
    model : str
        ``ARCHITECTURE@FILE.safetensors``.
    first : ProbedEncoder
        Its channels and its crop are those of all.
    manager : PluginManager
    """
    npix, channels = first.card.npix, first.card.options["channels"]
    shown = f"channels={channels},crop={first.card.crop}"
    name = f"ImageNet {model.partition('@')[0]}"
    return load_named(
        [
            f"{name} {side} px=timm:{model}:npix={side},side={side},{shown}"
            for side in (npix, AT_BEST)
        ],
        manager,
    )

"""The parts that an object made by a factory must have: methods, or attributes of attributes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sciarada.errors import PluginError

if TYPE_CHECKING:
    from sciarada.hooks.specs import PluginSpec

_ESTIMATOR = ("fit", "state", "restore")
PARTS_OF_TASK = {
    "detector": ("halo", "detect"),
    "classifier": (*_ESTIMATOR, "predict_proba"),
    "anomaly": (*_ESTIMATOR, "anomaly_score"),
    "clusterer": (*_ESTIMATOR, "predict"),
    "index": (*_ESTIMATOR, "query"),
    "selector": ("select",),
}
ENCODER = ("channels", "backbone", "backbone.dimension", "backbone.channels")
PRETRAINER = ("views", "loss", "after_step")
PARTS_OF_STAGE = {
    "partner": ("prepare", "partners"),
    "sky": ("apply",),
    "geometry": ("matrices",),
    "channels": ("apply",),
}
ATTRIBUTES = ("views", "backbone", "backbone.dimension", "backbone.channels")


def check_parts(built: Any, parts: Sequence[str], spec: PluginSpec, needed_by: str = "") -> None:
    """Raise PluginError if an object lacks a part, or has a method that cannot be called.

    Parameters
    ----------
    built : object
        What a factory has made.
    parts : sequence of str
        Names of methods, or attributes with dots between.
    spec : PluginSpec
        What it was made of.
    needed_by : str, optional
        What needs the parts; by default everything of this kind does.
    """
    for part in parts:
        try:
            found = attrgetter(part)(built)
        except Exception as error:  # a property may raise whatever it likes
            noun = "attribute" if part in ATTRIBUTES else "method"
            raise PluginError(
                f"{spec.title} has no {noun} {part}, which {needed_by or f'every {spec.kind}'} "
                f"needs; see `sciarada plugins check {spec.name}`"
            ) from error
        if part not in ATTRIBUTES and not callable(found):
            raise PluginError(f"{spec.title} has a {part} that is not a method")

"""The methods and attributes that the object made by a factory must have."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sciarada.errors import PluginError

if TYPE_CHECKING:
    from sciarada.hooks.specs import PluginSpec

_ESTIMATOR = ("fit", "state", "restore")
INTERFACE_OF_TASK = {
    "detector": ("halo", "detect"),
    "classifier": (*_ESTIMATOR, "predict_proba"),
    "anomaly": (*_ESTIMATOR, "anomaly_score"),
    "clusterer": (*_ESTIMATOR, "predict"),
    "index": (*_ESTIMATOR, "query"),
    "selector": ("select",),
}
ENCODER = ("channels", "backbone", "backbone.dimension", "backbone.channels")
EXTRACTOR = ("features", "columns", "npix", "crop", "version")
PRETRAINER = ("views", "loss", "after_step")
INTERFACE_OF_STAGE = {
    "partner": ("prepare", "partners"),
    "sky": ("apply",),
    "geometry": ("matrices",),
    "channels": ("apply",),
}
ATTRIBUTES = (
    *("views", "backbone", "backbone.dimension", "backbone.channels"),
    *("columns", "npix", "crop", "version"),
)


def check_interface(
    built: Any, members: Sequence[str], spec: PluginSpec, needed_by: str = ""
) -> None:
    """Raise PluginError if an object lacks a member, or has a method that cannot be called.

    Parameters
    ----------
    built : object
        The object that a factory returned.
    members : sequence of str
        Names of methods and attributes; dots separate attributes of attributes.
    spec : PluginSpec
        The spec of the factory.
    needed_by : str, optional
        What needs the members; by default, every object of this kind.
    """
    for member in members:
        try:
            found = attrgetter(member)(built)
        except Exception as error:  # a property may raise anything
            noun = "attribute" if member in ATTRIBUTES else "method"
            raise PluginError(
                f"{spec.title} has no {noun} {member}, which {needed_by or f'every {spec.kind}'} "
                f"needs; see `sciarada plugins check {spec.name}`"
            ) from error
        if member not in ATTRIBUTES and not callable(found):
            raise PluginError(f"{spec.title} has a {member} that is not a method")

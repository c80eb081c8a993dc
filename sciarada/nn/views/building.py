"""View pipelines from the names of augmentations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from torch import Tensor

from sciarada.errors import OptionError
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import name_and_options, parse_options
from sciarada.hooks.protocols import PartnerAugmentation
from sciarada.hooks.specs import STAGES, AugmentationSpec, PluginSpec
from sciarada.nn.views.geometry import Outside
from sciarada.nn.views.pipeline import ViewPipeline

USUAL = ("resized_crop", "rotation", "flip", "blur", "jitter", "threshold")
"""Of Riggi et al. (2024, PASA 41, e085), with rotations by any angle."""


class Views(NamedTuple):
    """The pipeline of views of a training.

    Attributes
    ----------
    pipeline : ViewPipeline
        Makes a view of pixels.
    partner : PartnerAugmentation or None
        Says which cutouts the pixels of the second view are taken from.
    """

    pipeline: ViewPipeline
    partner: PartnerAugmentation | None


def build_views(
    chosen: Iterable[str],
    channels: Callable[[Tensor], Tensor],
    npix: int,
    manager: PluginManager,
    outside: Outside = "reflect",
    encoder: PluginSpec | None = None,
) -> Views:
    """Return the views that a user chose.

    Parameters
    ----------
    chosen : iterable of str
        Names of augmentations, ``owner:name`` where several offer one, each with options if
        wanted: ``"blur:probability=0.3,sigma=1,2"``. Those of a stage are applied in this order,
        the stages in theirs.
    channels : callable
        As in `ViewPipeline`.
    npix : int
        Side of the views.
    manager : PluginManager
        Whose plugins offer them.
    outside : {'reflect', 'missing'}
        As in `ViewPipeline`.
    encoder : PluginSpec, optional
        What made the channels; their errors name its plugin.

    Raises
    ------
    PluginError
        If an augmentation is unknown, ambiguous, or lacks a requirement.
    OptionError
        If an option is unknown or does not fit, or two augmentations choose partners.
    """
    built: dict[str, list[Any]] = {stage: [] for stage in STAGES}
    made_by: list[tuple[object, PluginSpec]] = [] if encoder is None else [(channels, encoder)]
    for text in chosen:
        name, assignments = name_and_options(text)
        spec = manager.find(AugmentationSpec, name)
        options = parse_options(spec.options, assignments, plugin=spec.name)
        built[spec.stage].append(spec.build(options))
        made_by.append((built[spec.stage][-1], spec))
    if len(built["partner"]) > 1:
        raise OptionError("two of the views choose partners of cutouts: leave one of them out")
    pipeline = ViewPipeline(
        channels,
        npix,
        tuple(built["sky"]),
        tuple(built["geometry"]),
        tuple(built["channels"]),
        outside,
        tuple(made_by),
    )
    return Views(pipeline, next(iter(built["partner"]), None))

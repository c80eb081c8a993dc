"""Parts of all bundled encoders: a backbone, and its input channels."""

from __future__ import annotations

from sciarada.errors import OptionError
from sciarada.nn.backbones import Backbone, build_backbone
from sciarada.nn.channels.recipes import RECIPES, Channels
from sciarada.nn.encoder_options import EncoderOptions


def backbone_and_channels(options: EncoderOptions) -> tuple[Backbone, Channels]:
    """Return a new backbone and the recipe of its channels.

    Raises
    ------
    OptionError
        If there is no such recipe.
    """
    if options.channels not in RECIPES:
        raise OptionError(
            f"there is no recipe of channels {options.channels!r}, give the option channels as "
            f"one of {', '.join(RECIPES)}"
        )
    channels = RECIPES[options.channels]
    return build_backbone(options.backbone, len(channels), options.stem), channels

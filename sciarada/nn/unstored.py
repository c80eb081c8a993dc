"""Encoders whose weights are in no file of ours: those of hubs, and those without weights."""

from __future__ import annotations

from pathlib import Path

from sciarada.hooks.manager import PluginManager
from sciarada.nn.extractors import ExtractorModel, extractor_model
from sciarada.nn.hubs import HubModel, hub_model


def unstored_model(text: str | Path, manager: PluginManager) -> HubModel | ExtractorModel | None:
    """Return the model that a text names if it is not a file of weights; otherwise None.

    Parameters
    ----------
    text : str or Path
        As in `hub_model` or `extractor_model`.
    manager : PluginManager
        Whose plugins offer hubs and encoders.

    Raises
    ------
    PluginError, OptionError
        As those do.
    """
    return hub_model(text, manager) or extractor_model(text, manager)

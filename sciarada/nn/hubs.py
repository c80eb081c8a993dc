"""Encoders that others trained, by ``HUB:MODEL``.

Nothing here needs torch, until a model is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciarada.core.model_card import ModelCard
from sciarada.hooks.describing import describe_value
from sciarada.hooks.interface import ENCODER, check_interface
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import name_and_options, parse_options
from sciarada.hooks.protocols import Encoder, Hub
from sciarada.hooks.specs import HubSpec

if TYPE_CHECKING:  # torch is slow to import
    from sciarada.nn.modules import EncoderModule


@dataclass(frozen=True)
class HubModel:
    """A model of a hub that was chosen.

    Parameters
    ----------
    spec : HubSpec
        The hub.
    name : str
        What the hub calls the model.
    options : object
        Those of the hub.
    """

    spec: HubSpec
    name: str
    options: Any

    def load(self) -> tuple[EncoderModule, ModelCard]:
        """Fetch the model if need be; return it as an encoder with its card.

        Raises
        ------
        WeightsError
            If the model is unavailable.
        PluginError
            If the hub fails in another way.
        """
        hub = self.spec.build(self.options)
        failed = f"cannot make an encoder of {self.name!r}"
        return self.spec.ask(lambda: self._loaded(hub), failed)

    def _loaded(self, hub: Hub) -> tuple[Encoder, ModelCard]:
        encoder, card = hub.load(self.name)
        check_interface(encoder, ENCODER, self.spec)
        if not isinstance(card, ModelCard):
            raise TypeError(f"load() gave no card but {describe_value(card)}")
        return encoder, card


def hub_model(text: str | Path, manager: PluginManager) -> HubModel | None:
    """Return the model of a hub that a text means, or None where it means none.

    Parameters
    ----------
    text : str or Path
        ``HUB:MODEL`` or ``OWNER:HUB:MODEL``, and options of the hub if wanted:
        ``"timm:resnet18.a1_in1k:npix=96,channels=zscale3"``. A path is never split.
    manager : PluginManager
        Whose plugins offer hubs.

    Raises
    ------
    PluginError
        If the hub is ambiguous, or lacks a requirement.
    OptionError
        If an option is unknown or does not fit.
    """
    if isinstance(text, Path):
        return None
    hub, _, rest = text.partition(":")
    second, _, further = rest.partition(":")
    if further and any(
        spec.name == second and hub in spec.owner.labels for spec in manager.offered(HubSpec)
    ):
        hub, rest = f"{hub}:{second}", further
    if not rest or hub.rpartition(":")[2] not in hub_names(manager):
        return None
    spec = manager.find(HubSpec, hub)
    name, assignments = (rest, []) if Path(rest).exists() else name_and_options(rest)
    return HubModel(spec, name, parse_options(spec.options, assignments, plugin=spec.name))


def hub_names(manager: PluginManager) -> list[str]:
    """Return the names of all hubs, whether or not they could be used now."""
    return sorted({spec.name for spec in manager.offered(HubSpec)})

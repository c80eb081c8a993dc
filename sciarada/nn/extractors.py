"""Feature extractors of plugins as encoders, for the code that works with networks.

Nothing here needs torch, until an extractor is loaded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciarada.core.model_card import ModelCard
from sciarada.errors import OptionError
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import name_and_options, parse_options, resolved
from sciarada.hooks.protocols import FeatureExtractor
from sciarada.hooks.specs import EncoderSpec

if TYPE_CHECKING:  # torch is slow to import
    from sciarada.nn.modules import EncoderModule


@dataclass(frozen=True)
class ExtractorModel:
    """An encoder without weights that was chosen.

    Parameters
    ----------
    spec : EncoderSpec
        Its declaration.
    options : object
        Its options.
    """

    spec: EncoderSpec
    options: Any

    def load(self) -> tuple[EncoderModule, ModelCard]:
        """Return it as an encoder, with a card.

        Raises
        ------
        PluginError
            If the plugin cannot make it.
        """
        from sciarada.nn.extractor_module import ExtractorModule

        extractor: FeatureExtractor = self.spec.build(self.options)
        return ExtractorModule(extractor, self.spec), self.card(extractor)

    def card(self, extractor: FeatureExtractor) -> ModelCard:
        """Return the card of an extractor; its hash is that of its rule and its options."""
        options = resolved(self.options)
        columns = [list(column) for column in extractor.columns]
        rule = json.dumps([self.spec.name, extractor.version, options, columns], sort_keys=True)
        return ModelCard(
            name=self.spec.name,
            version=extractor.version,
            encoder=self.spec.name,
            options=options,
            npix=extractor.npix,
            crop=extractor.crop,
            dimension=len(columns),
            sha256=hashlib.sha256(rule.encode()).hexdigest(),
            notes="Computed by a fixed rule, without trained weights.",
        )


def extractor_model(text: str | Path, manager: PluginManager) -> ExtractorModel | None:
    """Return the encoder without weights that a text names, or None where it names none.

    Parameters
    ----------
    text : str or Path
        ``ENCODER`` or ``OWNER:ENCODER``, and options if wanted: ``"shape:npix=128,crop=whole"``.
        A path is never split.
    manager : PluginManager
        Whose plugins offer encoders.

    Raises
    ------
    PluginError
        If the encoder is ambiguous, or lacks a requirement.
    OptionError
        If an option is unknown or does not fit.
    """
    if isinstance(text, Path):
        return None
    offered = [spec for spec in manager.offered(EncoderSpec) if not spec.needs_weights]
    name, assignments = name_and_options(text)
    owner, _, last = name.rpartition(":")
    if not any(spec.name == last and (not owner or owner in spec.owner.labels) for spec in offered):
        return None
    spec = manager.find(EncoderSpec, name)
    return ExtractorModel(spec, parse_options(spec.options, assignments, plugin=spec.name))


def extractor_names(manager: PluginManager) -> list[str]:
    """Return the names of all encoders without weights."""
    return sorted({spec.name for spec in manager.offered(EncoderSpec) if not spec.needs_weights})


def check_trainable(spec: EncoderSpec) -> None:
    """Raise OptionError if an encoder has no weights that could be trained."""
    if not spec.needs_weights:
        raise OptionError(
            f"the encoder {spec.name!r} has no weights, so it cannot be trained: use it at once, "
            f"with `sciarada embed SET --encoder {spec.name}`"
        )

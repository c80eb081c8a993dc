"""The model card of trained weights: identity, training data and scores."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sciarada.errors import WeightsError
from sciarada.tabular.plain_values import PlainValueError, plain_value

Crop = Literal["whole", "source"]
CROPS: tuple[Crop, ...] = ("whole", "source")
ModelKind = Literal["encoder", "detector", "classifier", "describer"]
MODEL_KINDS: tuple[ModelKind, ...] = ("encoder", "detector", "classifier", "describer")
"""What trained weights may belong to."""
_FORMER_CROP = "frame"  # the name of this entry in the first cards

FORMAT = 1
LARGEST_NPIX, LARGEST_DIMENSION = 4096, 1 << 20
"""What no card may exceed: it need not come from whom one trusts."""


@dataclass(frozen=True)
class ModelCard:
    """The model card of trained weights, stored as JSON beside them.

    Parameters
    ----------
    name, version : str
        Name and version of the weights.
    encoder : str
        Name of the encoder plugin that they belong to, or of the hub that they come from; for
        weights of another kind, the name of what they belong to.
    options : mapping
        Its resolved options, with which the network can be built again.
    npix : int
        Side of its cutouts in pixels.
    dimension : int
        Length of a feature vector.
    sha256 : str
        Hash of the file of weights, or of the numbers if they are from a hub.
    crop : {'whole', 'source'}
        What the encoder sees of each cutout: all of it, or the square around its source.
    kind : {'encoder', 'detector', 'classifier', 'describer'}
        What the weights belong to. Cards without this entry are those of encoders.
    trained_on : tuple of mapping
        The sets: name, number of cutouts, hash, licence; ``placed`` is the number of cutouts
        whose position is known, kept with the weights.
    recipe : mapping
        The resolved configuration of the training, seeds included.
    command : str
        Command that trains them again.
    machine : str
        Machine of the training.
    hours : float
        Duration of the training.
    metrics : tuple of mapping
        Scores: measure, value, low, high (95 %), data.
    versions : mapping
        Versions of the packages.
    licence, created : str
        Licence of the weights, and the day they were made.
    notes : str
        Further remarks for users.
    """

    name: str
    version: str
    encoder: str
    options: Mapping[str, Any]
    npix: int
    dimension: int
    sha256: str
    crop: Crop = "whole"
    kind: ModelKind = "encoder"
    trained_on: tuple[Mapping[str, Any], ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    machine: str = ""
    hours: float = 0.0
    metrics: tuple[Mapping[str, Any], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    created: str = ""
    notes: str = ""

    @property
    def model_id(self) -> str:
        """The ``model_id`` of catalogues: name, version and the start of the hash."""
        return f"{self.name}@{self.version}+{self.sha256[:12]}"

    def check_kind(self, wanted: ModelKind, place: object) -> None:
        """Raise WeightsError if the weights at a place are of another kind than is wanted."""
        if self.kind != wanted:
            raise WeightsError(
                f"{place} has the weights of {_with_article(self.kind)}, not of "
                f"{_with_article(wanted)}: `sciarada weights list` shows the kind of all weights"
            )

    def as_json(self) -> dict[str, Any]:
        """Return plain values, the format's number first."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, values: Any) -> ModelCard:
        """Return the card of plain values.

        Raises
        ------
        WeightsError
            If the format differs, or an entry is missing, unknown or of another type.
        """
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise WeightsError(f"it is not a model card of format {FORMAT}")
        given = {key: value for key, value in values.items() if key != "format"}
        if _FORMER_CROP in given:
            given.setdefault("crop", _former_crop(given.pop(_FORMER_CROP)))
        unknown = sorted(set(given) - {item.name for item in dataclasses.fields(cls)})
        if unknown:
            raise WeightsError(f"the model card has an unknown entry {unknown[0]}")
        try:
            card = plain_value(given, cls, "")
        except PlainValueError as error:
            raise WeightsError(f"in the model card {error}") from error
        _check_range("npix", card.npix, LARGEST_NPIX)
        _check_range("dimension", card.dimension, LARGEST_DIMENSION)
        return card


def _with_article(kind: ModelKind) -> str:
    return f"an {kind}" if kind == "encoder" else f"a {kind}"


def _former_crop(value: Any) -> Any:
    """Return the crop of a card that was written when this entry was called ``frame``."""
    if value not in CROPS:
        raise WeightsError(
            f"in the model card {_FORMER_CROP} must be one of {', '.join(CROPS)}, not {value!r}"
        )
    return value


def _check_range(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise WeightsError(f"in the model card {name} must be from 1 to {most}, not {value}")

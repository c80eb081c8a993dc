"""Groups of features: their names, their meanings, and what measures them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sciarada.hooks import FeatureColumn
from sciarada_shape.picture import Picture


class Group(NamedTuple):
    """Features that are measured together.

    Attributes
    ----------
    columns : tuple of FeatureColumn
        Name and meaning of each.
    measure : callable
        Returns their values for a picture.
    """

    columns: tuple[FeatureColumn, ...]
    measure: Callable[[Picture], Sequence[float]]

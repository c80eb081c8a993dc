"""The predictions of a probe for its test cutouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Prediction:
    """Class probabilities of test cutouts.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Which cutouts of the set.
    classes : tuple of str, length k
        Names of the classes.
    probabilities : ndarray, shape (n, k)
        Of each class; 0 for one that had no label to be learned from.
    chosen : mapping
        What the search inside the training rows settled on.
    """

    rows: np.ndarray
    classes: tuple[str, ...]
    probabilities: np.ndarray
    chosen: Mapping[str, float] = field(default_factory=dict)

    @property
    def given(self) -> np.ndarray:
        """The most probable class of each cutout."""
        return np.asarray(self.classes)[self.probabilities.argmax(axis=1)]

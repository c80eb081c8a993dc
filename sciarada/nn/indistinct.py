"""Count the cutouts that an encoder cannot tell apart."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor


@dataclass
class IndistinctCount:
    """Cutouts whose channels are constant, and cutouts with the same vector as another one.

    Parts of a set are added one after the other; only a digest of each vector is kept.

    Attributes
    ----------
    cutouts : int
        Number of cutouts.
    constant : int
        Number of cutouts all of whose channels are constant.
    """

    cutouts: int = 0
    constant: int = 0
    _digests: Counter[bytes] = field(default_factory=Counter)

    def add(self, constant: np.ndarray, vectors: np.ndarray) -> None:
        """Add cutouts.

        Parameters
        ----------
        constant : ndarray of bool, shape (n,)
            As of `is_constant`.
        vectors : ndarray of float32, shape (n, d)
        """
        self.cutouts += len(vectors)
        self.constant += int(constant.sum())
        rows = np.ascontiguousarray(vectors) + np.float32(0)  # so that -0 is 0
        self._digests.update(hashlib.blake2b(row, digest_size=12).digest() for row in rows)

    @property
    def coinciding(self) -> int:
        """Number of cutouts whose vector is exactly that of another cutout."""
        return sum(number for number in self._digests.values() if number > 1)

    def record(self) -> dict[str, int]:
        """Return the counts for metadata."""
        return {
            "cutouts": self.cutouts,
            "constant_channels": self.constant,
            "coinciding_vectors": self.coinciding,
        }

    @property
    def sentence(self) -> str:
        """What the user has to know; empty if all cutouts differ."""
        return indistinct_sentence(self.record())


def indistinct_sentence(counts: Mapping[str, int]) -> str:
    """Return the counts of `IndistinctCount.record` in words; empty if all cutouts differ."""
    constant, coinciding = counts["constant_channels"], counts["coinciding_vectors"]
    facts = []
    if constant:
        verb = "has" if constant == 1 else "have"
        facts.append(f"{constant} {verb} constant channels, in which the encoder sees nothing")
    if coinciding:
        facts.append(f"{coinciding} have the same vector as another cutout")
    if not facts:
        return ""
    return f"of {counts['cutouts']} cutouts, {', and '.join(facts)}"


def is_constant(images: Tensor) -> np.ndarray:
    """Return whether all channels of each image ``(n, channels, h, w)`` are constant."""
    flat = images.flatten(2)
    return (flat.amax(dim=2) == flat.amin(dim=2)).all(dim=1).cpu().numpy()

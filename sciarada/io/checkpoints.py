"""Results of finished steps as plain arrays, so that a stopped run can go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sciarada.core.windows import Window

Arrays = dict[str, np.ndarray]
Region = tuple[Window, np.ndarray]


class Storable(Protocol):
    """A result that can be turned into arrays and back."""

    def to_arrays(self) -> Arrays:
        """Return the result as arrays by name, without objects."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Storable:
        """Return the result that `to_arrays` stored."""


@dataclass(frozen=True)
class Remembered:
    """A step whose results are kept, and not computed again where they are.

    Parameters
    ----------
    step : callable
        Pure function of an item that returns a ``kind``.
    kind : type
        A `Storable`.
    folder : `~pathlib.Path`
        Where the results are kept, one file an item.
    name : callable
        Returns the file name of an item.
    """

    step: Callable[[Any], Storable]
    kind: type[Storable]
    folder: Path
    name: Callable[[Any], str]

    def __call__(self, item: Any) -> Storable:
        """Return the step's result for an item."""
        path = self.folder / f"{self.name(item)}.npz"
        if path.is_file():
            with np.load(path, allow_pickle=False) as arrays:
                return self.kind.from_arrays(arrays)
        result = self.step(item)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as stream:
            np.savez(stream, **result.to_arrays())
        unfinished.replace(path)
        return result


def pack_regions(regions: Sequence[Region]) -> Arrays:
    """Return windows and masks as two small arrays."""
    windows = np.array([(w.y0, w.y1, w.x0, w.x1) for w, _ in regions], int).reshape(-1, 4)
    bits = np.concatenate([np.empty(0, bool), *(mask.ravel() for _, mask in regions)])
    return {"windows": windows, "bits": np.packbits(bits)}


def unpack_regions(arrays: Mapping[str, np.ndarray]) -> list[Region]:
    """Return what `pack_regions` packed."""
    windows = [Window(*map(int, row)) for row in arrays["windows"]]
    sizes = [window.size for window in windows]
    bits = np.unpackbits(arrays["bits"], count=sum(sizes)).astype(bool)
    parts = np.split(bits, np.cumsum(sizes)[:-1]) if windows else []
    return [(w, part.reshape(w.shape)) for w, part in zip(windows, parts, strict=True)]

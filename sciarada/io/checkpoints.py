"""Results of finished steps as plain arrays, so that a stopped run can be resumed."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sciarada.geometry.windows import Window

Arrays = dict[str, np.ndarray]
Region = tuple[Window, np.ndarray]

UNFINISHED = ".unfinished"  # suffix of a result that is being written
SEAL = hashlib.sha256().digest_size  # bytes


class Storable(Protocol):
    """A result that can be turned into arrays and back."""

    def to_arrays(self) -> Arrays:
        """Return the result as arrays by name, without objects."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Storable:
        """Return the result that `to_arrays` stored."""


@dataclass(frozen=True)
class Remembered:
    """A step with stored results, recomputed only if they are missing or damaged.

    A result is kept as an NPZ file with a hash of its content and of its name at the end, so
    that a file that was cut off, changed, or copied from another item is known as damaged.

    Parameters
    ----------
    step : callable
        Pure function of an item that returns a ``kind``.
    kind : type
        A `Storable`.
    folder : `~pathlib.Path`
        Where the results are kept, one file per item.
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
        arrays = _unsealed(path)
        if arrays is not None:
            return self.kind.from_arrays(arrays)
        result = self.step(item)
        if path.is_dir():  # it can only be damage
            shutil.rmtree(path)
        _write(path, _sealed(result.to_arrays(), path.name))
        return result


def _write(path: Path, content: bytes) -> None:
    """Write a file completely or not at all; a failed write leaves nothing on the disk."""
    unfinished = path.with_suffix(UNFINISHED)
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _sealed(arrays: Arrays, name: str) -> bytes:
    """Return arrays as an NPZ file followed by its hash."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # no array is called allow_pickle
    content = buffer.getvalue()
    return content + _seal(content, name)


def _unsealed(path: Path) -> Arrays | None:
    """Return the arrays of a file that `_sealed` made; None where it is missing or damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content, seal = data[:-SEAL], data[-SEAL:]
    if seal != _seal(content, path.name):
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _seal(content: bytes, name: str) -> bytes:
    return hashlib.sha256(name.encode() + content).digest()


def pack_regions(regions: Sequence[Region]) -> Arrays:
    """Return windows and masks as two small arrays."""
    windows = np.array([(w.y0, w.y1, w.x0, w.x1) for w, _ in regions], int).reshape(-1, 4)
    bits = np.concatenate([np.empty(0, bool), *(mask.ravel() for _, mask in regions)])
    return {"windows": windows, "bits": np.packbits(bits)}


def unpack_regions(arrays: Mapping[str, np.ndarray]) -> list[Region]:
    """Return the regions packed by `pack_regions`."""
    windows = [Window(*map(int, row)) for row in arrays["windows"]]
    sizes = [window.size for window in windows]
    bits = np.unpackbits(arrays["bits"], count=sum(sizes)).astype(bool)
    parts = np.split(bits, np.cumsum(sizes)[:-1]) if windows else []
    return [(w, part.reshape(w.shape)) for w, part in zip(windows, parts, strict=True)]

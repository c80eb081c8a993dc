"""Feature vectors that wait in a temporary file until all are known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np


class VectorFile:
    """Arrays of float32 ``(m, d)`` in an open file.

    Parameters
    ----------
    file : binary file
        Empty, for reading and writing.
    arrays : iterable of ndarray
        The arrays, at least one; read once.
    """

    def __init__(self, file: IO[bytes], arrays: Iterable[np.ndarray]) -> None:
        self._file = file
        self._shapes: list[tuple[int, ...]] = []
        for array in arrays:
            self._shapes.append(array.shape)
            file.write(np.ascontiguousarray(array, np.float32).data)

    def __len__(self) -> int:
        return sum(shape[0] for shape in self._shapes)

    def arrays(self) -> Iterator[np.ndarray]:
        """Yield the arrays again, as they came."""
        self._file.seek(0)
        for shape in self._shapes:
            data = self._file.read(np.dtype(np.float32).itemsize * int(np.prod(shape)))
            yield np.frombuffer(data, np.float32).reshape(shape)


@contextmanager
def kept_on_disk(folder: Path, arrays: Iterable[np.ndarray]) -> Iterator[VectorFile]:
    """Yield arrays in a file without a name, which vanishes with its process.

    Parameters
    ----------
    folder : `~pathlib.Path`
        Folder on whose disk it lies.
    arrays : iterable of ndarray
        As of `VectorFile`.

    Raises
    ------
    OSError
        If the system refuses to write it, such as for lack of space.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        yield VectorFile(file, arrays)

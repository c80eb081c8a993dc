"""Pixels of FITS files, read window by window."""

from __future__ import annotations

import errno
import mmap
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from sciarada.core.pixels import arrays_for
from sciarada.core.stamp import Stamp
from sciarada.errors import ChangedInputError, ImageError
from sciarada.geometry.windows import Window
from sciarada.io.fits_damage import BROKEN, explain
from sciarada.io.temporary import TemporaryCopy

_AHEAD = 8 * mmap.PAGESIZE  # bytes of a row from which on reading ahead reads mostly other rows
_CAN_ADVISE = hasattr(mmap, "MADV_RANDOM")
BYTES_PER_MAP = 1 << 27  # of the file, from the first row to the last that one map reads


@dataclass(frozen=True, eq=False)
class FitsPixels:
    """One plane of an uncompressed FITS array, memory-mapped for each read and dropped after it.

    Parameters
    ----------
    path : `~pathlib.Path`
        The file.
    offset : int
        Byte at which the array starts.
    dtype : str
        Type on disk, such as ``>f4``.
    array_shape : tuple of int
        Shape of the whole array, in numpy's order.
    selection : tuple of int or None
        Place along each array axis, None for y and x.
    scale, zero : float
        Physical value = zero + scale * value on disk.
    blank : int or None
        Integer on disk that means missing.
    copy : TemporaryCopy or None
        What keeps an unpacked temporary file alive.
    stamp : Stamp or None
        State of the file when its header was read; it must still be the same.
    """

    path: Path
    offset: int
    dtype: str
    array_shape: tuple[int, ...]
    selection: tuple[int | None, ...]
    scale: float = 1.0
    zero: float = 0.0
    blank: int | None = None
    copy: TemporaryCopy | None = None
    stamp: Stamp | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return _plane_shape(self.array_shape, self.selection)

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing.

        Raises
        ------
        ImageError
            If the file went away or shrank since it was opened.
        """
        return next(self.read_many([window]))

    def read_many(
        self, windows: Iterable[Window], into: Iterable[np.ndarray] | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the result of ``read`` for each window, with one memory map for many windows."""
        plane, low, high = None, 0, 0
        for window, array in zip(windows, arrays_for(into), strict=False):
            low, high = min(low, window.y0), max(high, window.y1)
            if plane is None or (high - low) * plane.strides[0] > BYTES_PER_MAP:
                # pages once read stay in memory as long as their map
                plane, low, high = self._map(window.shape[1]), window.y0, window.y1
            yield _physical(plane[window.slices], self.scale, self.zero, self.blank, array)

    def _map(self, width: int) -> np.ndarray:
        """Return the plane as a view of a new memory map, for windows of about such a width."""
        _check_unchanged(self.path, self.stamp)
        try:
            mapped = np.memmap(self.path, self.dtype, "r", self.offset, self.array_shape)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        except ValueError as error:  # the file has become shorter
            raise ChangedInputError(
                f"{self.path} changed while it was read: run it again"
            ) from error
        row = mapped.shape[-1] * mapped.itemsize
        if width * mapped.itemsize <= mmap.PAGESIZE and row >= _AHEAD and _CAN_ADVISE:
            # else the system reads on after each row: for one column, the whole file
            mapped._mmap.madvise(mmap.MADV_RANDOM)  # type: ignore[attr-defined] # not in stubs
        return mapped.view(np.ndarray)[
            tuple(slice(None) if place is None else place for place in self.selection)
        ]


@dataclass(frozen=True, eq=False)
class CompressedPixels:
    """One plane of a tile-compressed FITS image, unpacked window by window.

    Parameters
    ----------
    path : `~pathlib.Path`
        The file.
    hdu : int
        Number of the extension.
    array_shape : tuple of int
        Shape of the whole array, in numpy's order.
    selection : tuple of int or None
        Place along each array axis, None for y and x.
    copy : TemporaryCopy or None
        What keeps an unpacked temporary file alive.
    stamp : Stamp or None
        State of the file when its header was read; it must still be the same.
    """

    path: Path
    hdu: int
    array_shape: tuple[int, ...]
    selection: tuple[int | None, ...]
    copy: TemporaryCopy | None = None
    stamp: Stamp | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return _plane_shape(self.array_shape, self.selection)

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing.

        Raises
        ------
        ImageError
            If the file went away, or its tiles cannot be unpacked.
        """
        return next(self.read_many([window]))

    def read_many(
        self, windows: Iterable[Window], into: Iterable[np.ndarray] | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the result of ``read`` for each window, keeping the file open."""
        _check_unchanged(self.path, self.stamp)
        with ExitStack() as stack:
            try:
                with _quiet_astropy():
                    stream = stack.enter_context(self.path.open("rb"))
                    hdus = stack.enter_context(fits.open(stream, ignore_missing_end=True))
            except BROKEN as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise _unreadable(self.path, error) from error
                raise ChangedInputError(
                    f"{self.path} changed while it was read: run it again"
                ) from error
            for window, array in zip(windows, arrays_for(into), strict=False):
                cut = self._unpack(hdus, window)
                yield _physical(cut, 1.0, 0.0, None, array)

    def _unpack(self, hdus: fits.HDUList, window: Window) -> np.ndarray:
        """Return a window as astropy unpacks and scales it."""
        if not window.size:
            return np.empty(window.shape, np.float32)
        try:
            with _quiet_astropy():
                return hdus[self.hdu].section[_plane_index(self.selection, window)]
        except MemoryError:
            raise
        except Exception as error:  # damaged tiles raise a private exception of astropy's
            raise ImageError(f"{self.path} {explain(error)}") from error


def _unreadable(path: Path, error: OSError) -> Exception:
    """Return the exception for a file that could be read before."""
    if error.errno == errno.ENOMEM:
        return MemoryError(f"{path} cannot be mapped")
    if error.errno in (errno.ENOENT, errno.ESTALE):
        return ChangedInputError(f"{path} went away while it was read: {error.strerror}")
    return ImageError(f"{path} cannot be read: {error.strerror}")


def _check_unchanged(path: Path, stamp: Stamp | None) -> None:
    """Refuse a file that was written after its header was read."""
    try:
        changed = stamp is not None and stamp.is_rewritten(Stamp.of(path, follow=True))
    except OSError as error:
        raise ChangedInputError(f"{path} went away while it was read: {error.strerror}") from error
    if changed:
        raise ChangedInputError(
            f"{path} changed while it was read: run the command again when it is complete"
        )


@contextmanager
def _quiet_astropy() -> Iterator[None]:
    """Silence warnings that astropy already gave when the header was read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        yield


def _plane_shape(
    array_shape: tuple[int, ...], selection: tuple[int | None, ...]
) -> tuple[int, int]:
    ny, nx = (n for n, place in zip(array_shape, selection, strict=True) if place is None)
    return (ny, nx)


def _plane_index(selection: tuple[int | None, ...], window: Window) -> tuple[int | slice, ...]:
    slices = iter(window.slices)
    return tuple(next(slices) if place is None else place for place in selection)


def _physical(
    cut: np.ndarray, scale: float, zero: float, blank: int | None, result: np.ndarray | None
) -> np.ndarray:
    """Return float32 physical values, in ``result`` if given; blank and infinite become NaN."""
    if result is None:
        result = np.empty(cut.shape, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        if cut.dtype.itemsize > 4 or (cut.dtype.kind in "iu" and cut.dtype.itemsize == 4):
            values = np.array(cut, dtype=np.float64)  # float32 holds 24 bits only
            values = values * scale + zero if (scale, zero) != (1.0, 0.0) else values
            result[...] = values
        else:
            result[...] = cut
            if scale != 1.0:
                result *= np.float32(scale)
            if zero != 0.0:
                result += np.float32(zero)
    if blank is not None:
        result[cut == blank] = np.nan
    infinite = np.isinf(result)
    if infinite.any():
        result[infinite] = np.nan
    return result

"""Damage to the bytes of a file, whatever its format."""

from __future__ import annotations

from pathlib import Path

import numpy as np

Random = np.random.Generator


def truncated(path: Path, random: Random) -> None:
    """Cut the file short."""
    data = path.read_bytes()
    path.write_bytes(data[: int(random.integers(len(data) or 1))])


def emptied(path: Path, random: Random) -> None:
    """Leave nothing of the file."""
    path.write_bytes(b"")


def flipped(path: Path, random: Random) -> None:
    """Change single bits."""
    data = bytearray(path.read_bytes())
    for place in random.integers(len(data) or 1, size=int(2 ** random.integers(6))):
        data[place : place + 1] = bytes(
            byte ^ (1 << int(random.integers(8))) for byte in data[place : place + 1]
        )
    path.write_bytes(data)


def overwritten(path: Path, random: Random) -> None:
    """Put random bytes over a part."""
    data = bytearray(path.read_bytes())
    place, size = int(random.integers(len(data) or 1)), int(2 ** random.integers(10))
    data[place : place + size] = random.bytes(len(data[place : place + size]))
    path.write_bytes(data)


def zeroed(path: Path, random: Random) -> None:
    """Put zeros over a part, as a disk does that was full."""
    data = bytearray(path.read_bytes())
    place, size = int(random.integers(len(data) or 1)), int(2 ** random.integers(12))
    data[place : place + size] = bytes(len(data[place : place + size]))
    path.write_bytes(data)


def removed(path: Path, random: Random) -> None:
    """Take a part out."""
    data = path.read_bytes()
    place, size = int(random.integers(len(data) or 1)), int(2 ** random.integers(10))
    path.write_bytes(data[:place] + data[place + size :])


def repeated(path: Path, random: Random) -> None:
    """Write a part twice."""
    data = path.read_bytes()
    place, size = int(random.integers(len(data) or 1)), int(2 ** random.integers(10))
    path.write_bytes(data[: place + size] + data[place:])


def random_bytes(path: Path, random: Random) -> None:
    """Replace the whole content."""
    path.write_bytes(random.bytes(int(2 ** random.integers(14))))


def other_format(path: Path, random: Random) -> None:
    """Replace the content by the start of a file of another format."""
    starts = (
        b"SIMPLE  =                    T", b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n",
        b"PAR1", b"\x1f\x8b\x08", b"<html></html>", b"{}", b"[]", b"null", b"\xff\xfe",
        b"\x80\x04N.",
        b"version https://git-lfs.github.com/spec/v1\n",
    )  # fmt: skip
    path.write_bytes(starts[int(random.integers(len(starts)))])


def made_folder(path: Path, random: Random) -> None:
    """Put a folder in place of the file."""
    path.unlink()
    path.mkdir()


def taken_away(path: Path, random: Random) -> None:
    """Remove the file."""
    path.unlink()


OF_BYTES = (truncated, emptied, flipped, overwritten, zeroed, removed, repeated, random_bytes,
            other_format)  # fmt: skip
OF_FILES = (*OF_BYTES, made_folder, taken_away)

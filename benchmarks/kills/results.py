"""What lies in a folder, in a form in which two runs can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from astropy.io import fits

_COMPARED = {".reg", ".safetensors", ".zarr", ".csv"}
_PRESENT = "present"

Contents = dict[str, str]


def every_byte(folder: Path) -> Contents:
    """Return the hash of every file in a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def results(path: Path) -> Contents:
    """Return the results in a product: pixels, rows, regions and weights, but no times.

    Of files that tell when and how long a run went on only the name counts.
    """
    if not path.is_dir():
        return {path.name: _result(path, path.name)}
    return {
        name: _result(path / name, name)
        for name in sorted(str(each.relative_to(path)) for each in path.rglob("*"))
        if (path / name).is_file()
    }


def _result(path: Path, name: str) -> str:
    if path.suffix == ".fits":
        return _data_of_fits(path)
    is_chunk = "/c/" in f"/{name}" and path.suffix == ""
    if (path.suffix in _COMPARED and path.name != "log.csv") or is_chunk:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return _PRESENT


def _data_of_fits(path: Path) -> str:
    digest = hashlib.sha256()
    with fits.open(path) as hdus:
        for hdu in hdus:
            if hdu.data is not None:
                digest.update(str(hdu.data.dtype).encode() + hdu.data.tobytes())
    return digest.hexdigest()

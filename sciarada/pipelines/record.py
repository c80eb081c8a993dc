"""Facts that runs record: versions, hashes, and which image was read."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

from sciarada import __version__
from sciarada.core.fingerprint import combined, file_fingerprint, files_in
from sciarada.core.image import SkyImage
from sciarada.io.manifest import facts_of
from sciarada.io.staging import MARK
from sciarada.running.invocation import invoked

PAGE = "report.html"
LIBRARIES = ("numpy", "scipy", "astropy")


def configuration_hash(configuration: dict[str, Any]) -> str:
    """Return the SHA-256 of a configuration, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest()


def input_record(image: SkyImage, digest: str) -> dict[str, Any]:
    """Return the file of an image, its SHA-256 and the options to read it again."""
    record = {"image": str(image.path or image.name), "sha256": digest}
    read_with = image.read_with.record()
    return {**record, "read_with": read_with} if read_with else record


def image_record(image: SkyImage) -> dict[str, Any]:
    """Return the record of an image."""
    beam = image.beam
    return {
        "name": image.name,
        "shape": list(image.shape),
        "pixel_scale_arcsec": image.pixel_scale,
        "unit": None if image.unit is None else image.unit.to_string().replace(" ", ""),
        "beam": None
        if beam is None
        else {"maj_arcsec": beam.major, "min_arcsec": beam.minor, "pa_deg": beam.pa},
        "frequency_hz": image.frequency,
        "notes": list(image.notes),
    }


def versions(plugins: dict[str, str]) -> dict[str, Any]:
    """Return the versions of everything that took part; ``plugins`` by their distribution."""
    return {
        "sciarada": __version__,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "plugins": plugins,
    }


def write_record(folder: Path, run: dict[str, Any]) -> None:
    """Write ``run.json``: the run and, where a command of the command line made it, its call."""
    text = json.dumps({**run, **invoked()}, indent=2)
    (folder / MARK).write_text(f"{text}\n")


def products_fingerprint(folder: Path) -> str:
    """Return the identity of a folder of products, or an empty text if it is no such folder.

    It omits the report, to which a later evaluation may add its scores, and the list of files
    in the record, which changes with the report.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    facts = facts_of(folder / MARK)
    if facts is None:
        return ""
    names = [name for name in files_in(folder) if name not in (PAGE, MARK)]
    files = (f"{name} {file_fingerprint(folder / name)}" for name in names)
    return combined([configuration_hash(facts), *files])


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

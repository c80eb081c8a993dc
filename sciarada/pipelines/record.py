"""The record of a run."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import numpy as np

from sciarada import __version__
from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import PluginSpec
from sciarada.io.staging import stream_key
from sciarada.measure.background import BackgroundModel
from sciarada.measure.correlation import NoiseCorrelation
from sciarada.running.invocation import invoked
from sciarada.running.progress import Stopwatch

LIBRARIES = ("numpy", "scipy", "astropy", "photutils")


def run_key(image: SkyImage, configuration: dict[str, Any], spec: PluginSpec) -> str:
    """Return the identity of input, configuration and code by which a stopped run is known."""
    source = stream_key(image.path) if image.path is not None else image.sha256()
    facts = {
        "image": source,
        "header": image.map_header().tostring(),
        "read as": dict(image.provenance),  # --plane and --unit
        "configuration": configuration,
        "version": __version__,
        "detector": [str(spec.owner), spec.owner.version],
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
    }
    return configuration_hash(facts)


def configuration_hash(configuration: dict[str, Any]) -> str:
    """Return the SHA-256 of a configuration, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest()


def input_record(image: SkyImage, digest: str) -> dict[str, Any]:
    """Return which file an image came from, its SHA-256 and how the file is read again."""
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
    (folder / "run.json").write_text(f"{text}\n")


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def catalogue_facts(
    image: SkyImage,
    digest: str,
    configuration: dict[str, Any],
    spec: PluginSpec,
    manager: PluginManager,
    model: BackgroundModel,
    correlation: NoiseCorrelation,
    resumed: bool,
) -> dict[str, Any]:
    """Return the metadata of a catalogue about its origin."""
    known = np.isfinite(model.scale).any()
    return {
        "inputs": [input_record(image, digest)],
        "image": image_record(image),
        "configuration": configuration,
        "configuration_hash": configuration_hash(configuration),
        "thresholds": {
            name: value
            for name, value in configuration["options"].items()
            if name.endswith("_sigma")
        },
        "detector": {
            "name": spec.name,
            "owner": str(spec.owner),
            "version": spec.owner.version,
            "citation": spec.citation,
        },
        "versions": versions({spec.owner.distribution: manager.versions[spec.owner.distribution]}),
        "rms": {
            "median": float(np.median(model.scale)) if known else None,
            "min": float(model.scale.min()) if known else None,
            "max": float(model.scale.max()) if known else None,
        },
        "background_box_pixels": model.box,
        "noise_correlation": None if correlation.shape is None else correlation.shape.tolist(),
        "resumed": resumed,
        "created": now(),
    }


def run_record(
    facts: dict[str, Any], catalogue: SourceCatalogue, islands: int, watch: Stopwatch
) -> dict[str, Any]:
    """Return the content of ``run.json``; timings continue while products are written."""
    flags = np.asarray(catalogue.sources["flags"].filled(0), int)
    return {
        **facts,
        "counts": {
            "sources": len(catalogue),
            "components": len(catalogue.components),
            "islands": islands,
            "flags": {flag.name: int((flags & flag.value > 0).sum()) for flag in Flag},
        },
        "timings": watch.seconds,
        "warnings": list(facts["image"]["notes"]),
    }

"""What a detection run records about itself, in its catalogue and in ``run.json``."""

from __future__ import annotations

import importlib.metadata
from dataclasses import asdict
from typing import Any

import numpy as np

from sciarada import __version__
from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import PluginSpec
from sciarada.hooks.thresholds import Thresholds
from sciarada.io.staging import stream_key
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.correlation import NoiseCorrelation
from sciarada.pipelines.record import (
    LIBRARIES,
    configuration_hash,
    image_record,
    input_record,
    now,
    versions,
)


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


def catalogue_facts(
    image: SkyImage,
    digest: str,
    configuration: dict[str, Any],
    spec: PluginSpec,
    thresholds: Thresholds,
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
        "thresholds": asdict(thresholds),
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


def catalogue_counts(catalogue: SourceCatalogue, islands: int) -> dict[str, Any]:
    """Return the numbers of sources, components and islands, and of sources with each flag."""
    flags = np.asarray(catalogue.sources["flags"].filled(0), int)
    return {
        "sources": len(catalogue),
        "components": len(catalogue.components),
        "islands": islands,
        "flags": {flag.name: int((flags & flag.value > 0).sum()) for flag in Flag},
    }

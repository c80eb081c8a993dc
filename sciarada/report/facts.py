"""Values of a run for the report, with labels and units."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.report.outlines import column
from sciarada.report.sexagesimal import format_angle
from sciarada.report.units import brightness_scale, format_frequency, group_thousands

FLAG_MEANINGS = {
    Flag.EDGE: "touches the edge of the image",
    Flag.NEAR_NAN: "touches blank pixels",
    Flag.BLENDED: "shares its island with a neighbour",
    Flag.TILE_SEAM: "tiles do not agree on it",
    Flag.NO_BEAM: "no beam known: no flux in Jy, no deconvolved size",
    Flag.BKG_FAIL: "background or noise uncertain here",
    Flag.FIT_FAIL: "Gaussians do not describe it: values are sums and moments of the mask",
    Flag.ARTEFACT: "likely an imaging artefact",
    Flag.DIFFUSE: "diffuse, too extended to be fitted: values are sums and moments of the mask",
    Flag.BELOW_THRESHOLD: "its measured snr is below the threshold of a detected pixel",
}


@dataclass(frozen=True)
class FlagCount:
    """The number of sources with a flag, and its meaning."""

    name: str
    bit: int
    count: str
    meaning: str


@dataclass(frozen=True)
class Timing:
    """One stage of the run: seconds and share (0 to 1) of the longest stage."""

    stage: str
    seconds: str
    share: float


def headline(
    catalogue: SourceCatalogue, image: SkyImage, run: dict[str, Any]
) -> list[tuple[str, str]]:
    """Return the figures at the head of the page: label and value."""
    counts = run.get("counts", {})
    figures = [("Sources", group_thousands(len(catalogue)))]
    for label, key in (("Components", "components"), ("Islands", "islands")):
        if key in counts:
            figures.append((label, group_thousands(counts[key])))
    rms = run.get("rms", {}).get("median")
    if rms is not None and math.isfinite(rms):
        figures.append(("Median rms", brightness_scale(rms, image.unit).write(rms)))
    if image.beam is not None:
        axes = (image.beam.major, image.beam.minor)
        figures.append(("Beam", " × ".join(format_angle(axis / 3600.0) for axis in axes)))
    if image.frequency is not None:
        figures.append(("Frequency", format_frequency(image.frequency)))
    ny, nx = image.shape
    figures.append(("Image", f"{nx} × {ny} px"))
    side = image.pixel_scale / 3600.0
    if math.isfinite(side):
        figures.append(("Sky", f"{format_angle(nx * side)} × {format_angle(ny * side)}"))
    return figures


def flag_counts(catalogue: SourceCatalogue) -> list[FlagCount]:
    """Return the flags that occur, most frequent first."""
    flags = np.nan_to_num(column(catalogue, "flags")).astype(int)
    counts = {flag: int(((flags & flag.value) > 0).sum()) for flag in Flag}
    found = sorted((flag for flag in Flag if counts[flag]), key=lambda flag: -counts[flag])
    return [
        FlagCount(_name(flag), flag.value, group_thousands(counts[flag]), FLAG_MEANINGS[flag])
        for flag in found
    ]


def flags_in_words(flags: int) -> list[tuple[str, str]]:
    """Return the flags of a source as words, such as ``below threshold``, with their meanings."""
    return [
        (_name(flag).replace("_", " ").lower(), meaning)
        for flag, meaning in FLAG_MEANINGS.items()
        if flags & flag
    ]


def _name(flag: Flag) -> str:
    return flag.name or str(flag.value)


def timing_bars(run: dict[str, Any]) -> list[Timing]:
    """Return the stages in the order in which they ran."""
    seconds = {stage: float(value) for stage, value in run.get("timings", {}).items()}
    longest = max(seconds.values(), default=0.0) or 1.0
    return [Timing(stage, f"{value:.2f} s", value / longest) for stage, value in seconds.items()]


def run_facts(run: dict[str, Any]) -> list[tuple[str, str]]:
    """Return labels and values that identify the run."""
    return list(_run_facts(run))


def _run_facts(run: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "created" in run:
        yield "Made", str(run["created"])
    for source in run.get("inputs", []):
        yield "Image", str(source.get("image", ""))
        yield "SHA-256 of the image", str(source.get("sha256", ""))
    detector = run.get("detector")
    if detector:
        yield "Detector", f"{detector.get('name')} ({detector.get('owner')})"
        if detector.get("citation"):
            yield "To cite", str(detector["citation"])
    thresholds = run.get("thresholds", {})
    if thresholds:
        yield "Thresholds", ", ".join(f"{name} = {value:g}" for name, value in thresholds.items())
    if "configuration_hash" in run:
        yield "Hash of the configuration", str(run["configuration_hash"])
    versions = run.get("versions", {})
    if versions:
        yield "Versions", ", ".join(_versions(versions))


def _versions(versions: dict[str, Any]) -> Iterator[str]:
    for name, version in versions.items():
        if isinstance(version, dict):
            yield from (f"plugin {part}" for part in _versions(version))
        else:
            yield f"{name} {version}"


def configuration_text(run: dict[str, Any]) -> str:
    """Return the configuration as indented JSON."""
    return json.dumps(run.get("configuration", {}), indent=2, ensure_ascii=False)

"""Damaged headers of FITS images of many layouts."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz.damage import OF_BYTES
from benchmarks.fuzz.header_edits import OF_HEADERS
from benchmarks.fuzz.header_samples import WRITERS, write_cube
from benchmarks.fuzz.odd_values import any_of
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.io.fits_image",
    "sciarada.measure.pixel_statistics",
    "sciarada.pipelines.cutouts",
    "sciarada.pipelines.detect",
    "sciarada.pipelines.simulate",
    "sciarada.report.image_facts",
    "sciarada_islands.detector",
)
OUTPUTS = ("out", "out.fits", "out.reg")
IMAGE = "image.fits"
_CUTOUTS = (
    "cutouts",
    IMAGE,
    "-o",
    "out.fits",
    "--sampler",
    "random",
    "--number",
    "3",
    "--size",
    "8",
)
_INJECT = ("simulate", "--out", "out", "--into", IMAGE, "--number", "2", "--workers", "1")
COMMANDS = (
    *(("info", IMAGE),) * 12,
    *(("info", IMAGE, "--json"), ("info", f"{IMAGE}[1]"), ("info", IMAGE, "--hdu", "SCI")) * 2,
    *(_CUTOUTS,) * 2,
    ("detect", IMAGE, "--out", "out", "--workers", "1"),
    _INJECT,
)


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one damaged image."""
    write = any_of(WRITERS, steps.random)
    command = any_of(COMMANDS, steps.random)
    path = folder / IMAGE
    write(path)
    for damage, random in steps.choose(OF_BYTES + 6 * OF_HEADERS, most=3):
        if path.is_file():
            damage(path, random)
    plane = ("--plane", "1") if write is write_cube else ()
    return Trial((*command, *plane), (IMAGE,), tuple(steps.done), OUTPUTS)

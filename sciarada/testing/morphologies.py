"""Conformance checks of morphologies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from sciarada.core.shape import Shape
from sciarada.hooks.protocols import Morphology
from sciarada.testing.pickling import pickled_and_back

SIZES = (1.0, 30.0, 900.0)  # arcsec
SEEDS = range(4)
MAX_GAUSSIANS = 100
LIMITS = (0.8, 1.05)  # of the extent, in units of the size that was asked for


def morphology_checks(morphology: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks of a morphology."""
    yield "has draw(size, rng)", lambda: _check_protocol(morphology)
    yield "can be sent to another process", lambda: pickled_and_back(morphology)
    yield "draws finite Gaussians with shares that add up to 1", lambda: _check_shapes(morphology)
    yield "has the size that it was asked for, or none", lambda: _check_extent(morphology)
    yield "draws the same source for the same seed", lambda: _check_seeds(morphology)
    yield "draws another source for another seed", lambda: _check_chance(morphology)
    yield f"draws at most {MAX_GAUSSIANS} Gaussians", lambda: _check_number(morphology)


def _check_protocol(morphology: Any) -> None:
    assert isinstance(morphology, Morphology), f"{morphology!r} is not a Morphology"


def _drawn(morphology: Morphology) -> Iterator[tuple[float, Shape]]:
    """Yield sources of several sizes."""
    for size in SIZES:
        for seed in SEEDS:
            shape = morphology.draw(size, np.random.default_rng(seed))
            assert isinstance(shape, Shape), f"it drew a {type(shape).__name__}"
            yield size, shape


def _check_shapes(morphology: Morphology) -> None:
    for _, shape in _drawn(morphology):
        for field in fields(shape):
            assert np.isfinite(getattr(shape, field.name)).all(), f"{field.name} is not finite"
        total = float(shape.share.sum())
        assert abs(total - 1) < 1e-6, f"the shares add up to {total:g}"
        assert shape.share.min() >= 0, "a share is negative"
        assert shape.minor.min() >= 0, "an axis is negative"
        assert (shape.major >= shape.minor).all(), "a minor axis is longer than the major one"


def _check_extent(morphology: Morphology) -> None:
    low, high = LIMITS
    for size, shape in _drawn(morphology):
        extent = shape.extent
        fits = extent == 0 or low * size <= extent <= high * size
        assert fits, f"asked for {size:g} arcsec, it drew {extent:.4g}"


def _check_seeds(morphology: Morphology) -> None:
    first, second = (morphology.draw(30.0, np.random.default_rng(7)) for _ in range(2))
    changed = _differing(first, second)
    assert not changed, f"one seed gave two sources: {', '.join(changed)} differ"


def _check_chance(morphology: Morphology) -> None:
    first, second = (morphology.draw(30.0, np.random.default_rng(seed)) for seed in (7, 8))
    unresolved = len(first) == len(second) == 1 and first.major[0] == second.major[0] == 0
    assert unresolved or _differing(first, second), "two seeds gave one and the same source"


def _differing(first: Shape, second: Shape) -> list[str]:
    """Return the names of the fields in which two shapes differ."""
    return [
        field.name
        for field in fields(Shape)
        if not np.array_equal(getattr(first, field.name), getattr(second, field.name))
    ]


def _check_number(morphology: Morphology) -> None:
    most = max(len(shape) for _, shape in _drawn(morphology))
    assert most <= MAX_GAUSSIANS, f"it drew {most}"

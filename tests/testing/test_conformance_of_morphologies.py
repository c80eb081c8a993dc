"""The conformance kit on morphologies: who passes, and who fails which check."""

from dataclasses import replace

import numpy as np
import pytest

from sciarada.core.shape import Shape
from sciarada.hooks import SimulatorSpec
from sciarada.hooks.manager import PluginManager
from sciarada.testing import conformance

SHAPES = "draws finite Gaussians with shares that add up to 1"
SIZE = "has the size that it was asked for, or none"
SAME = "draws the same source for the same seed"
OTHER = "draws another source for another seed"
NUMBER = "draws at most 100 Gaussians"
PICKLE = "can be sent to another process"
BUNDLED = PluginManager.discover(quiet=True).offered("morphology")


class Pair:
    """Two round Gaussians, the flux of one of them by chance, then changed."""

    def __init__(self, change=None):
        self.change = change

    def draw(self, size, rng):
        shape = Shape.of([1.0, rng.uniform(0.5, 1)], [-1.0, 1.0], 0.0, 1.0, 1.0, 0.0).scaled(size)
        return self.change(shape) if self.change else shape


class Careless(Pair):
    """Takes its chance from elsewhere."""

    rng = np.random.default_rng(1)

    def draw(self, size, rng):
        return super().draw(size, self.rng)


class Fixed(Pair):
    def draw(self, size, rng):
        return super().draw(size, np.random.default_rng(1))


class Fixed3(Fixed):
    """A point source is allowed to be always the same."""

    def draw(self, size, rng):
        return Shape.of(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Many:
    def draw(self, size, rng):
        north = rng.uniform(-0.4, 0.4, 101) * size
        return Shape.of(np.ones(101), 0.0, north, 0.0, 0.0, 0.0).scaled(size)


def double(shape):
    return replace(shape, share=2 * shape.share)


def negative(shape):
    return replace(shape, share=np.array([1.5, -0.5]))


def without_number(shape):
    return replace(shape, major=shape.major * np.nan)


def swapped(shape):
    return replace(shape, minor=2 * shape.major)


def as_tuple(shape):
    return (1.0, 2.0)


def failures(built) -> dict[str, str]:
    spec = SimulatorSpec(name="x", summary="An x", factory=lambda: built)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


@pytest.mark.parametrize("built", [Pair(), Fixed3()])
def test_good_ones_pass(built):
    assert failures(built) == {}


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has draw(size, rng)", "is not a Morphology"),
        (Pair(lambda shape: shape), PICKLE, "pickle"),
        (Pair(double), SHAPES, "the shares add up to 2"),
        (Pair(negative), SHAPES, "a share is negative"),
        (Pair(without_number), SHAPES, "major is not finite"),
        (Pair(swapped), SHAPES, "longer than the major"),
        (Pair(as_tuple), SHAPES, "it drew a tuple"),
        (Pair(lambda shape: shape.scaled(2 * shape.extent)), SIZE, "asked for 1 arcsec, it drew 2"),
        (Pair(lambda shape: shape.scaled(0.5 * shape.extent)), SIZE, "it drew 0.5"),
        (Careless(), SAME, "one seed gave two sources: share"),
        (Fixed(), OTHER, "one and the same source"),
        (Many(), NUMBER, "it drew 101"),
    ],
)
def test_bad_ones_fail(built, name, detail):
    assert detail in failures(built)[name]


@pytest.mark.parametrize("spec", BUNDLED, ids=lambda spec: spec.name)
def test_every_bundled_morphology_conforms(spec):
    assert [str(check) for check in conformance(spec) if not check.passed] == []


@pytest.mark.parametrize(
    "wrong", [{"fr_class": "FR2"}, {"structure": "double"}], ids=lambda wrong: next(iter(wrong))
)
def test_a_class_that_is_none(wrong):
    with pytest.raises(ValueError, match="is None or one of"):
        SimulatorSpec(name="x", summary="An x", factory=list, **wrong)

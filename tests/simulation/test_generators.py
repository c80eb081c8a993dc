"""Morphologies found among the plugins."""

import pickle

import numpy as np
import pytest

from sciarada.errors import OptionError, PluginError
from sciarada.simulation.generators import generator_names, generators


def test_generators_come_by_name_with_their_classes():
    found = generators(["fr2", "point", "fr2"])
    assert list(found) == ["fr2", "point"]
    assert (found["fr2"].fr_class, found["fr2"].structure) == ("FRII", "edge_bright")
    assert (found["point"].fr_class, found["point"].structure) == (None, None)
    assert len(found["fr2"].draw(30.0, np.random.default_rng(1))) > 5


def test_the_owner_may_be_named():
    (found,) = generators(["sciarada/morphologies:halo"]).values()
    assert found.name == "sciarada/morphologies:halo"


def test_every_name_can_be_had():
    names = generator_names()
    assert len(names) == len(set(names)) >= 24
    assert list(generators(names)) == names


def test_a_generator_can_be_sent_to_another_process():
    fr2 = generators(["fr2"])["fr2"]
    copy = pickle.loads(pickle.dumps(fr2))
    first, second = (it.draw(30.0, np.random.default_rng(1)) for it in (fr2, copy))
    np.testing.assert_array_equal(first.east, second.east)


def test_options_are_given_as_typed():
    bright = generators(["fr2"], {"fr2": ["core=0.3,0.3"]})["fr2"]
    assert bright.draw(30.0, np.random.default_rng(1)).share[0] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [("cores=0.1,0.2", "core"), ("core=0.5,0.6", "0.3"), ("core=0.2,0.1", "must come second")],
)
def test_options_that_do_not_fit(assignment, message):
    with pytest.raises(OptionError, match=message):
        generators(["fr2"], {"fr2": [assignment]})


def test_an_unknown_morphology():
    with pytest.raises(PluginError, match=r"no morphology is called 'fr3'.*did you mean 'fr"):
        generators(["fr3"])


def test_a_third_partys_morphology_is_drawn_like_any_other(install_plugin):
    install_plugin(
        "rings",
        """
        from sciarada.core.shape import Shape
        from sciarada.hooks import SimulatorSpec, hookimpl

        class Pair:
            def draw(self, size, rng):
                return Shape.of([1, 1], [-1, 1], 0, 1, 1, rng.uniform(0, 180)).scaled(size)

        @hookimpl
        def sciarada_simulators():
            return [SimulatorSpec(name="pair", summary="A pair", factory=Pair, fr_class="FRII")]
        """,
    )
    pair = generators(["dist-rings:pair"])["dist-rings:pair"]
    assert pair.fr_class == "FRII"
    assert pair.draw(30.0, np.random.default_rng(1)).extent == pytest.approx(30)
    assert "pair" in generator_names()

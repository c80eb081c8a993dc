"""How morphologies share the sources of one flux."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.simulation.populations import Diffuse, Mix, Population, chances
from sciarada.simulation.sizes import LogUniform, Windhorst1990

MIX = Mix(equal=0.2e-3, slope=1.4)
KINDS = st.builds(
    Population,
    morphology=st.just("fr2"),
    share=st.floats(0, 10),
    size=st.tuples(st.floats(0, 100), st.floats(100, 1000)),
    above=st.floats(0, 100),
    host=st.sampled_from(["any", "active", "star_forming"]),
)


@pytest.mark.parametrize(
    ("flux", "share"), [(0.2e-3, 0.5), (0.05e-3, 0.8745), (1e-3, 0.0951), (0.1, 0.00016648)]
)
def test_star_forming_galaxies_are_the_faint_ones(flux, share):
    assert MIX.star_forming(flux) == pytest.approx(share, rel=2e-3)


@given(
    kinds=st.lists(KINDS, max_size=5),
    flux=st.floats(1e-6, 1),
    snr=st.floats(0, 1000),
    mix=st.sampled_from([None, MIX]),
    sizes=st.sampled_from([Windhorst1990(), LogUniform()]),
)
def test_chances_are_those_of_a_slow_reckoning(kinds, flux, snr, mix, sizes):
    kinds = (Population("point", 1.0, (0.0, 5.0)), *kinds)
    found = chances(kinds, mix, sizes, np.array([flux]), np.array([snr]))[0]
    for i, kind in enumerate(kinds):
        expected = 0.0
        for host in ("active", "star_forming"):
            share = 0.5 if mix is None else mix.star_forming(flux)
            share = share if host == "star_forming" else 1 - share
            weights = [
                other.share * sizes.fraction(flux, *other.size) * (snr >= other.above)
                for other in kinds
                if mix is None or other.host in (host, "any")
            ]
            if mix is None or kind.host in (host, "any"):
                own = kind.share * sizes.fraction(flux, *kind.size) * (snr >= kind.above)
                expected += share * own / sum(weights)
        assert found[i] == pytest.approx(expected, abs=1e-12)
    assert found.sum() == pytest.approx(1)


@given(kind=KINDS, beam=st.floats(0.1, 300))
def test_without_limits_in_beams_sizes_stay(kind, beam):
    assert kind.seen_with(beam) == kind


def test_limits_in_beams_narrow_the_sizes():
    kind = Population("fr1", 1.0, (10.0, 100.0), beams=(2.0, 8.0))
    assert kind.seen_with(1.0).size == (8.0, 8.0)
    assert kind.seen_with(6.0).size == (12.0, 48.0)
    assert kind.seen_with(30.0).size == (60.0, 100.0)
    assert kind.seen_with(80.0).size == (100.0, 100.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Mix(0.0, 1.0),
        lambda: Mix(1e-3, -1.0),
        lambda: Population("point", -1.0),
        lambda: Population("point", 1.0, (2.0, 1.0)),
        lambda: Population("point", 1.0, above=-1.0),
        lambda: Diffuse("halo", -1.0, (1.0, 2.0), (1.0, 2.0)),
        lambda: Diffuse("halo", 1.0, (0.0, 2.0), (1.0, 2.0)),
        lambda: Diffuse("halo", 1.0, (1.0, 2.0), (0.0, 2.0)),
    ],
)
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError, match=r"need|must"):
        make()

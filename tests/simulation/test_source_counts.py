"""Fluxes follow the published counts."""

import numpy as np
import pytest
from scipy.integrate import cumulative_simpson
from scipy.stats import kstest

from sciarada.simulation.counts import (
    Hopkins2003,
    PowerLaw,
    draw_fluxes,
    number_per_square_degree,
)

SQUARE_DEGREES = (180 / np.pi) ** 2


@pytest.mark.parametrize(
    ("mjy", "normalised"),
    # log10 of the counts over Euclidean ones: the polynomial's own sums at 0.1, 1, 10, 100 mJy
    [
        (0.1, 0.859 - 0.508 + 0.376 + 0.049 - 0.121 - 0.057 - 0.008),
        (1, 0.859),
        (10, 1.622),
        (100, 2.363),
    ],
)
def test_hopkins_counts_at_their_own_frequency(mjy, normalised):
    flux = mjy * 1e-3
    counts = Hopkins2003().differential(flux) * SQUARE_DEGREES * flux**2.5
    assert np.log10(counts) == pytest.approx(normalised, abs=1e-9)


def test_counts_at_another_frequency_are_those_of_the_scaled_fluxes():
    low = Hopkins2003(frequency=144e6, spectral_index=-0.7)
    brighter = (144e6 / 1.4e9) ** -0.7
    assert brighter > 4
    for faint, bright in ((1e-4, 1e-3), (1e-3, 0.5)):
        assert number_per_square_degree(low, faint * brighter, bright * brighter) == pytest.approx(
            number_per_square_degree(Hopkins2003(), faint, bright), rel=1e-6
        )


@pytest.mark.parametrize("edge", [0.05e-3, 1.0])
def test_counts_have_no_step_at_the_ends_of_the_published_range(edge):
    below, above = Hopkins2003().differential(edge * np.array([1 - 1e-9, 1 + 1e-9]))
    assert below == pytest.approx(above, rel=1e-6)


@pytest.mark.parametrize(("flux", "slope"), [(10e-6, -1.7), (2e-6, -1.7), (2.0, -2.7)])
def test_counts_go_on_as_a_power_law_outside(flux, slope):
    one, ten = np.log10(Hopkins2003().differential(flux * np.array([1, 1.1])))
    assert (ten - one) / np.log10(1.1) == pytest.approx(slope, abs=0.03)


def test_the_sky_has_about_the_known_number_of_sources():
    """Windhorst et al. (1993) and FIRST: some 90 sources per square degree above 1 mJy."""
    assert 60 < number_per_square_degree(Hopkins2003(), 1e-3, 10.0) < 110


@pytest.mark.parametrize("counts", [Hopkins2003(943.5e6), PowerLaw(1.8, 2e4), PowerLaw(1.0, 2e4)])
def test_drawn_fluxes_follow_the_counts(counts):
    faintest, brightest = 5e-5, 0.2
    fluxes = draw_fluxes(counts, 4000, faintest, brightest, np.random.default_rng(3))
    assert fluxes.min() >= faintest
    assert fluxes.max() <= brightest

    grid = np.geomspace(faintest, brightest, 20001)
    number = cumulative_simpson(counts.differential(grid), x=grid, initial=0)
    assert number_per_square_degree(counts, faintest, brightest) == pytest.approx(
        number[-1], rel=1e-4
    )
    assert kstest(fluxes, lambda flux: np.interp(flux, grid, number / number[-1])).pvalue > 0.01


def test_a_power_law_is_normalised_at_one_mjy():
    assert PowerLaw(2.2, 5e4).differential(1e-3) == pytest.approx(5e4)
    assert PowerLaw(2.2, 5e4).differential(1e-2) == pytest.approx(5e4 * 10**-2.2)


@pytest.mark.parametrize("limits", [(0.0, 1.0), (2.0, 1.0), (-1.0, 1.0)])
def test_limits_that_make_no_sense(limits):
    with pytest.raises(ValueError, match="faintest < brightest"):
        number_per_square_degree(Hopkins2003(), *limits)

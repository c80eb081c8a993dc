from argparse import Namespace

import numpy as np
import pytest
from astropy.table import Table

from benchmarks.sdc1_quality import judge, sky_cell

OPTIONS = Namespace(limit=3.0, faint=1.0, radius=1.5)


def sky(dec_arcsec, flux, names):
    """Repeat a row of sources over ten right ascensions on both sides of 0."""
    ra = np.linspace(-0.25, 0.25, 10)
    dec = -30 + np.array(dec_arcsec) / 3600
    grid = [ra.repeat(len(dec)), np.tile(dec, 10), np.tile(flux, 10) * 1e-6]
    return Table(grid, names=names)


def test_detections_of_fainter_sources_are_told_from_false_ones():
    truth = sky([0, 100, 200, 300, 400], [10, 5, 2, 0.5, 4], ["ra_cent", "dec_cent", "flux_jy"])
    found = sky([0.5, 201, 300, 1.2, 99], [10, 2, 2, 2, 4], ["ra", "dec", "total_flux"])
    found["ra"] %= 360
    outcome = judge(found, truth, OPTIONS)
    assert list(outcome.recovered) == 10 * [True, True, False]
    assert list(outcome.right) == 10 * [True, False, False, False, True]
    assert list(outcome.fainter) == 10 * [False, True, False, False, False]

    def harmonic(completeness, reliability):
        return 2 * completeness * reliability / (completeness + reliability)

    literal, lenient = outcome.f1_samples(), outcome.f1_samples(drop_fainter=True)
    assert literal[0] == pytest.approx(harmonic(2 / 3, 2 / 5))
    assert lenient[0] == pytest.approx(harmonic(2 / 3, 2 / 4))
    assert np.median(literal) == pytest.approx(literal[0], abs=0.02)
    assert 0 < np.std(lenient) < 0.1


def test_cells_cover_the_field_on_both_sides_of_right_ascension_zero():
    truth = Table({"ra_cent": [-0.5, 0.5], "dec_cent": [-30.0, -29.0]})
    cells = sky_cell([359.5, 0.5, -0.5], [-30.0, -29.0, -29.0], truth)
    assert list(cells) == [0, 99, 9]

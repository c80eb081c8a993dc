import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from test_coverage import image_of

from sciarada.core.cutouts import CutoutSet
from sciarada.sampling.exclusion import shows_any


@pytest.fixture
def cutouts():
    rng = np.random.default_rng(6)
    image = image_of(np.zeros((1000, 1000)))
    ra, dec = image.pixel_to_sky(*rng.uniform(50, 950, (2, 200)))
    return CutoutSet.from_positions(image, ra, dec, 32)


def test_those_near_a_position_are_found(cutouts):
    rng = np.random.default_rng(7)
    ra, dec = cutouts.images[0].pixel_to_sky(*rng.uniform(0, 1000, (2, 40)))
    near = shows_any(cutouts, ra, dec, radius=40.0)
    here = SkyCoord(cutouts.ra, cutouts.dec, unit="deg")
    there = SkyCoord(ra, dec, unit="deg")
    by_hand = [bool((one.separation(there).arcsec <= 40.0).any()) for one in here]
    assert near.tolist() == by_hand
    assert 0 < near.sum() < 200


def test_by_default_no_kept_square_shows_the_position(cutouts):
    x, y = np.random.default_rng(8).uniform(0, 1000, (2, 60))
    kept = cutouts[~shows_any(cutouts, *cutouts.images[0].pixel_to_sky(x, y))]
    half = 16.0
    shown = (abs(kept.x[:, None] - x) < half) & (abs(kept.y[:, None] - y) < half)
    assert not shown.any()
    assert len(kept) < len(cutouts)


def test_nothing_is_near_to_no_position(cutouts):
    assert not shows_any(cutouts, [], []).any()
    assert len(shows_any(cutouts[:0], [10.0], [0.0])) == 0

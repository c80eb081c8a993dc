import logging

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from test_coverage import image_of

from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.leakage import REACH, is_shown, refuse_leakage, shows_any
from sciarada.errors import CutoutError


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


def test_positions_and_cutouts_see_each_other(cutouts):
    x, y = np.random.default_rng(9).uniform(0, 1000, (2, 80))
    ra, dec = cutouts.images[0].pixel_to_sky(x, y)
    by_hand = [bool(shows_any(cutouts, [a], [d]).any()) for a, d in zip(ra, dec, strict=True)]
    assert is_shown(ra, dec, cutouts).tolist() == by_hand
    assert 0 < sum(by_hand) < 80


def test_positions_near_the_pole_and_across_zero_hours():
    image = image_of(np.zeros((50, 50)))
    image.wcs.wcs.crval = [0.0, 89.999]
    image.wcs.wcs.set()
    cutouts = CutoutSet.from_positions(image, [0.0, 180.0], [89.999, 89.999], 8, outside="blank")
    assert shows_any(cutouts, [359.9], [89.999], radius=2.0).tolist() == [True, False]
    assert shows_any(cutouts, [90.0], [90.0], radius=4.0).all()


class Unplaced:
    """A folder of pictures of which little is known."""

    ids = np.array(["a", "b", "c"])
    positions = np.array([40.0, np.nan, 40.5]), np.array([-30.0, np.nan, -30.0])
    size = np.array([np.nan] * 3)

    def __len__(self):
        return 3


def test_a_cutout_of_unknown_size_or_place():
    assert shows_any(Unplaced(), [40.0, np.nan], [-30.0, 1.0]).tolist() == [True, False, False]
    beside = -30.0 + np.array([REACH - 1, REACH + 1]) / 3600
    assert is_shown([40.0, 40.0], beside, Unplaced()).tolist() == [True, False]


def test_testing_on_what_was_trained_on_is_refused_unless_allowed(cutouts, caplog):
    sentence = (
        "10 of the 10 test cutouts, first 5, lie in the training set: train on a set made with "
        "`sciarada cutouts --exclude`, or test anyway with --mad"
    )
    with pytest.raises(CutoutError, match=f"^{sentence}$"):
        refuse_leakage(cutouts[5:15], cutouts, override="--mad")
    assert refuse_leakage(cutouts[5:15], cutouts, allowed=True).all()
    assert "10 of the 10 test cutouts" in caplog.text


def test_sets_that_share_nothing_may_be_used(cutouts, caplog):
    test = cutouts[:5]
    training = cutouts[~shows_any(cutouts, test.ra, test.dec)]
    assert not refuse_leakage(test, training).any()
    assert caplog.text == ""


def test_what_cannot_be_known_is_warned_of(cutouts, caplog):
    with caplog.at_level(logging.WARNING):
        assert not refuse_leakage(Unplaced(), cutouts[:0]).any()
    assert "1 of the 3 test cutouts have no position" in caplog.text

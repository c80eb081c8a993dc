"""Unit vectors are those of astropy."""

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from sciarada.geometry.directions import unit_vectors


def test_vectors_are_those_of_astropy():
    rng = np.random.default_rng(3)
    ra, dec = rng.uniform(0, 360, 50), np.degrees(np.arcsin(rng.uniform(-1, 1, 50)))
    expected = SkyCoord(ra * u.deg, dec * u.deg).cartesian.xyz.value.T
    assert np.allclose(unit_vectors(ra, dec), expected, rtol=0, atol=1e-15)


def test_single_and_unknown_positions():
    assert unit_vectors(90.0, 0.0).shape == (1, 3)
    vectors = unit_vectors(np.float32([10, np.nan]), [0, 0])
    assert vectors.dtype == np.float64
    assert np.isfinite(vectors).any(axis=1).tolist() == [True, True]
    assert np.isfinite(vectors).all(axis=1).tolist() == [True, False]

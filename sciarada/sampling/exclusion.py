"""The leakage guard: which cutouts show a position that another set has."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from numpy.typing import ArrayLike

from sciarada.core.cutouts import CutoutSet


def shows_any(
    cutouts: CutoutSet, ra: ArrayLike, dec: ArrayLike, radius: float | None = None
) -> np.ndarray:
    """Say which cutouts lie near any of some positions.

    A model must not be tested on sources that it was trained on, so a training set leaves
    out every cutout that shows a test position.

    Parameters
    ----------
    cutouts : CutoutSet
        What is to be looked through.
    ra, dec : array_like of float, shape (m,)
        Positions, ICRS degrees.
    radius : float, optional
        Arcsec from the centre of a cutout; by default half the diagonal of each, so that the
        position lies on none of those that stay.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    ra, dec = np.atleast_1d(ra), np.atleast_1d(dec)
    if not (len(cutouts) and len(ra)):
        return np.zeros(len(cutouts), bool)
    centres = SkyCoord(cutouts.ra * u.deg, cutouts.dec * u.deg)
    _, separation, _ = centres.match_to_catalog_sky(SkyCoord(ra * u.deg, dec * u.deg))
    reach = cutouts.size / np.sqrt(2.0) if radius is None else radius
    return separation.arcsec <= reach

"""Which cutouts of a labelled set the benchmarks leave out, against a count by hand."""

import numpy as np

from benchmarks.ssl.tasks import overlaps_earlier
from sciarada.core.sky_cover import SkyCover


def test_a_cutout_is_left_out_if_one_before_it_shows_the_same_sky():
    # Three in a row, each 50 arcsec from the next; the position of the last is unknown.
    row = SkyCover(np.zeros(4), np.array([0, 50, 100, np.nan]) / 3600, np.full(4, 60.0))
    assert overlaps_earlier(row).tolist() == [False, True, True, False]
    assert not overlaps_earlier(SkyCover(row.ra, row.dec, np.full(4, 49.0))).any()
    assert not overlaps_earlier(SkyCover(*np.full((3, 2), np.nan))).any()

"""What a detector is shown and what it may return."""

import numpy as np
import pytest

from sciarada.core.detections import Detection, TileView
from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window


def test_snr_is_the_excess_in_units_of_the_noise():
    pixels = np.array([[3.0, np.nan]], np.float32)
    view = TileView(
        TileGrid((1, 2)).tile(0, 0),
        pixels,
        background=np.full((1, 2), 1.0, np.float32),
        rms=np.full((1, 2), 0.5, np.float32),
        wcs=None,
        beam=None,
        pixel_scale=1.0,
    )
    np.testing.assert_array_equal(view.snr, [[4.0, np.nan]])


@pytest.mark.parametrize("mask", [np.ones((2, 3), np.uint8), np.ones((3, 2), bool)])
def test_a_mask_is_boolean_and_fits_its_window(mask):
    with pytest.raises(ValueError, match="mask must be boolean"):
        Detection(Window(0, 2, 0, 3), mask)

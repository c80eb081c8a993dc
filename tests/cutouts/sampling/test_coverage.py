import numpy as np
import pytest
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.cutouts.sampling.coverage import NOISE_BOX, measure_coverage


def image_of(data, name="field"):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cunit = ["RA---SIN", "DEC--SIN"], ["deg", "deg"]
    wcs.wcs.crval, wcs.wcs.cdelt = [40.0, -30.0], [-5e-4, 5e-4]
    wcs.wcs.crpix = [data.shape[1] / 2, data.shape[0] / 2]
    return SkyImage.from_array(data, wcs, name=name)


def share_by_hand(data, x, y, side):
    """Count the valid pixels of a square one by one."""
    first_x, first_y = round(x - (side - 1) / 2), round(y - (side - 1) / 2)
    valid = 0
    for row in range(first_y, first_y + side):
        for column in range(first_x, first_x + side):
            on_it = 0 <= row < data.shape[0] and 0 <= column < data.shape[1]
            valid += bool(on_it and np.isfinite(data[row, column]))
    return valid / side**2


@settings(deadline=None, max_examples=30)
@given(
    side=st.integers(8, 40),
    first=st.tuples(st.integers(-20, 180), st.integers(-20, 140)),
    block=st.integers(0, 8),
)
def test_valid_share_equals_a_count_where_cells_are_whole(side, first, block):
    data = np.zeros((150, 190))
    data[: 16 * block, :64] = np.nan  # ends where every cell ends
    coverage = measure_coverage(image_of(data), side)
    x, y = first[0] + (side - 1) / 2, first[1] + (side - 1) / 2
    share = coverage.valid_share(np.array([x]), np.array([y]), side)[0]
    # the last cells of the image are cut by its border
    assert share == pytest.approx(share_by_hand(data, x, y, side), abs=2 * coverage.cell / side)
    if 0 <= first[0] <= 184 - side and 0 <= first[1] <= 144 - side:
        assert share == pytest.approx(share_by_hand(data, x, y, side), abs=1e-9)


def test_single_missing_pixels_count_in_whole_cells():
    data = np.random.default_rng(1).normal(size=(128, 128))
    data[np.random.default_rng(2).random(data.shape) < 0.2] = np.nan
    coverage = measure_coverage(image_of(data), 64)
    assert coverage.valid_pixels == np.isfinite(data).sum()
    share = coverage.valid_share(np.array([63.5]), np.array([63.5]), 64)[0]
    assert share == pytest.approx(np.isfinite(data[32:96, 32:96]).mean(), abs=1e-9)


def test_bright_pixels_are_those_of_sources_and_few_others():
    rng = np.random.default_rng(3)
    data = rng.normal(0.3, 2.0, (3 * NOISE_BOX, 2 * NOISE_BOX + 40))
    data[200:208, 100:108] += 60.0
    coverage = measure_coverage(image_of(data), 32, sigma=6.0)
    assert coverage.bright_pixels(np.array([104.0]), np.array([204.0]), 32)[0] == pytest.approx(64)
    assert coverage.bright[-1, -1] == pytest.approx(64, abs=2)


def test_emission_fills_no_box_of_its_own_noise():
    rng = np.random.default_rng(4)
    data = rng.normal(0, 1.0, (5 * NOISE_BOX, 5 * NOISE_BOX))
    data[2 * NOISE_BOX : 3 * NOISE_BOX, 2 * NOISE_BOX : 3 * NOISE_BOX] += 30.0
    coverage = measure_coverage(image_of(data), 64, sigma=5.0)
    middle = np.array([2.5 * NOISE_BOX - 0.5])
    assert coverage.bright_pixels(middle, middle, 64)[0] == pytest.approx(64**2, rel=0.01)


def test_an_image_without_pixels_has_no_emission():
    coverage = measure_coverage(image_of(np.full((100, 100), np.nan)), 16, sigma=5.0)
    assert coverage.valid_pixels == 0
    assert coverage.bright[-1, -1] == 0


def test_pixels_that_were_not_counted_are_not_told():
    coverage = measure_coverage(image_of(np.zeros((64, 64))), 16)
    with pytest.raises(ValueError, match="not counted"):
        coverage.bright_pixels(np.array([30.0]), np.array([30.0]), 16)

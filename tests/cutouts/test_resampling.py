import numpy as np
import pytest
from astropy.wcs import WCS, Sip
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.cutouts.resampling import REACH, PixelGrid, resample
from sciarada.errors import ImageError
from sciarada.geometry.windows import Window


def rotation(step: float, degrees: float = 0.0) -> tuple[tuple[float, float], tuple[float, float]]:
    c, s = step * np.cos(np.radians(degrees)), step * np.sin(np.radians(degrees))
    return ((float(c), float(-s)), (float(s), float(c)))


def read(image: np.ndarray, window: Window) -> np.ndarray:
    part = window.clip(image.shape)
    pixels = np.full(window.shape, np.nan, np.float32)
    pixels[part.slices_in(window)] = image[part.slices]
    return pixels


def laid_over(image: np.ndarray, grid: PixelGrid) -> np.ndarray:
    window = grid.window.grow(REACH)
    return resample(read(image, window), window, grid)


def keys(t: float) -> float:
    t = abs(t)
    if t < 1:
        return 1.5 * t**3 - 2.5 * t**2 + 1
    return -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0.0


def slow_resample(image: np.ndarray, grid: PixelGrid) -> tuple[np.ndarray, np.ndarray]:
    """The definition, pixel by pixel: the mean of density x density interpolated points.

    Returns the sum over finite pixels and the weight of these.
    """
    total, cover = np.zeros((2, grid.npix, grid.npix))
    (a, b), (c, d) = grid.matrix
    points = [(k + 0.5) / grid.density - 0.5 for k in range(grid.density)]
    for v in range(grid.npix):
        for u in range(grid.npix):
            for q in points:
                for p in points:
                    du, dv = u + p - (grid.npix - 1) / 2, v + q - (grid.npix - 1) / 2
                    x, y = grid.x + a * du + b * dv, grid.y + c * du + d * dv
                    for i in range(int(np.floor(x)) - 1, int(np.floor(x)) + 3):
                        for j in range(int(np.floor(y)) - 1, int(np.floor(y)) + 3):
                            inside = 0 <= i < image.shape[1] and 0 <= j < image.shape[0]
                            if inside and np.isfinite(image[j, i]):
                                weight = keys(x - i) * keys(y - j) / grid.density**2
                                total[v, u] += weight * image[j, i]
                                cover[v, u] += weight
    return total, cover


def gaussian(shape: tuple[int, int], x: float, y: float, fwhm: float) -> np.ndarray:
    rows, columns = np.indices(shape)
    return np.exp(-4 * np.log(2) * ((columns - x) ** 2 + (rows - y) ** 2) / fwhm**2)


@settings(max_examples=40)
@given(
    step=st.floats(0.3, 3.0),
    degrees=st.one_of(st.just(0.0), st.just(180.0), st.floats(-180.0, 180.0)),
    x=st.floats(-3.0, 24.0),
    y=st.floats(-3.0, 24.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_agrees_with_its_definition(step, degrees, x, y, seed):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(20, 22)).astype(np.float32)
    image[rng.random(image.shape) < 0.03] = np.nan
    grid = PixelGrid(7, x, y, rotation(step, degrees))
    total, cover = slow_resample(image, grid)
    decided = np.abs(cover - 0.5) > 1e-4  # rounding does not carry it over the threshold
    slow = np.where(cover >= 0.5, total / np.where(cover == 0, 1, cover), np.nan)
    np.testing.assert_allclose(laid_over(image, grid)[decided], slow[decided], atol=5e-5)


@pytest.mark.parametrize("degrees", [0.0, 31.0, 90.0])
@pytest.mark.parametrize("step", [0.5, 1.0, 1.7, 4.0])
def test_a_constant_stays_that_constant(step, degrees):
    image = np.full((90, 90), 0.25, np.float32)
    out = laid_over(image, PixelGrid(16, 44.3, 43.9, rotation(step, degrees)))
    np.testing.assert_allclose(out, 0.25, rtol=1e-5)


def test_grid_of_a_window_gives_its_very_pixels():
    image = np.random.default_rng(1).normal(size=(40, 50)).astype(np.float32)
    image[12, 13] = np.nan
    window = Window(5, 29, 7, 31)
    grid = PixelGrid.over(window)
    assert grid.window == window
    np.testing.assert_array_equal(laid_over(image, grid), image[window.slices])


@pytest.mark.parametrize("degrees", [0.0, 40.0])
@pytest.mark.parametrize("step", [0.4, 1.0, 2.0, 3.1])
def test_a_gaussian_keeps_place_peak_and_flux(step, degrees):
    # A beam of 4 pixels before, in the middle of the grid off any pixel centre.
    image = gaussian((160, 160), 80.3, 79.6, 4.0).astype(np.float32)
    grid = PixelGrid(31, 80.3, 79.6, rotation(step, degrees))
    out = laid_over(image, grid).astype(float)
    rows, columns = np.indices(out.shape)
    assert np.sum(out * columns) / out.sum() == pytest.approx(15.0, abs=0.02)
    assert np.sum(out * rows) / out.sum() == pytest.approx(15.0, abs=0.02)
    if 31 * step > 20:  # all of the flux lies on the grid
        assert out.sum() * step**2 == pytest.approx(image.sum(), rel=0.005)
    # The mean over the new pixel, worked out from the Gaussian itself on fine points.
    offsets = (np.arange(50) + 0.5) / 50 - 0.5
    profile = np.exp(-4 * np.log(2) * (step * offsets) ** 2 / 4.0**2).mean()
    expected = profile**2 if step > 1 else 1.0
    assert out.max() == pytest.approx(expected, rel=0.04)


def test_downsampling_averages_away_what_the_new_pixels_cannot_show():
    stripes = np.tile(np.array([1.0, -1.0], np.float32), (120, 60))
    out = laid_over(stripes, PixelGrid(20, 60.0, 60.0, rotation(4.0)))
    assert np.abs(out).max() < 1e-6


def test_a_missing_pixel_does_not_spread():
    image = np.ones((40, 40), np.float32)
    image[20, 20] = np.nan
    same = laid_over(image, PixelGrid(15, 20.0, 20.0, rotation(1.0)))
    assert np.isnan(same[7, 7])
    assert np.isnan(same).sum() == 1
    coarse = laid_over(image, PixelGrid(9, 20.0, 20.0, rotation(3.0, 20.0)))
    np.testing.assert_allclose(coarse, 1.0, rtol=1e-5)


def test_beyond_the_border_there_is_nothing():
    image = np.ones((30, 30), np.float32)
    out = laid_over(image, PixelGrid(20, 29.5, 15.0, rotation(0.5)))
    assert np.isfinite(out[:, :10]).all()
    assert np.isnan(out[:, 11:]).all()
    assert np.isnan(laid_over(image, PixelGrid(8, 200.0, 15.0, rotation(0.5)))).all()


WCS_HEADERS = {
    "cdelt": {"CDELT1": -1e-3, "CDELT2": 2e-3},
    "crota": {"CDELT1": -1e-3, "CDELT2": 1e-3, "CROTA2": 30.0},
    "cd": {"CD1_1": -1e-3, "CD1_2": 2e-4, "CD2_1": 1e-4, "CD2_2": 1e-3},
    "pc": {"CDELT1": -1e-3, "CDELT2": 1e-3, "PC1_2": 0.1, "PC2_1": 0.2},
    "galactic": {"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR", "CDELT1": -1e-3, "CDELT2": 1e-3},
}


def make_wcs(**cards) -> WCS:
    header = {
        "CTYPE1": "RA---SIN",
        "CTYPE2": "DEC--SIN",
        "CRVAL1": 30.0,
        "CRVAL2": -60.0,
        "CRPIX1": 250.0,
        "CRPIX2": 200.0,
    }
    return WCS(header | cards, naxis=2)


@pytest.mark.parametrize("cards", WCS_HEADERS.values(), ids=WCS_HEADERS)
@pytest.mark.parametrize("matrix", [rotation(1.0), rotation(0.4), rotation(2.0, 33.0)])
def test_wcs_of_new_pixels(cards, matrix):
    wcs = make_wcs(**cards)
    before = wcs.to_header_string()
    grid = PixelGrid(64, 100.3, 120.7, matrix)
    new = grid.wcs(wcs)
    assert wcs.to_header_string() == before
    assert new.pixel_shape == (64, 64)
    u, v = np.meshgrid(np.arange(0.0, 64, 9), np.arange(0.0, 64, 9))
    x = grid.origin[0] + matrix[0][0] * u + matrix[0][1] * v
    y = grid.origin[1] + matrix[1][0] * u + matrix[1][1] * v
    expected = wcs.all_pix2world(x, y, 0)
    np.testing.assert_allclose(new.all_pix2world(u, v, 0), expected, atol=1e-10)
    again = WCS(new.to_header())
    np.testing.assert_allclose(again.all_pix2world(u, v, 0), expected, atol=1e-10)


def test_wcs_with_distortion_moves_along_but_is_not_resampled():
    wcs = make_wcs(CTYPE1="RA---TAN-SIP", CTYPE2="DEC--TAN-SIP", CDELT1=-1e-3, CDELT2=1e-3)
    a = np.zeros((3, 3))
    a[2, 0] = 1e-5
    wcs.sip = Sip(a, a, None, None, wcs.wcs.crpix)
    x, y = np.array([11.0, 40.0]), np.array([22.0, 51.0])
    cut = PixelGrid.over(Window(20, 60, 10, 50)).wcs(wcs)
    np.testing.assert_allclose(
        cut.all_pix2world(x - 10, y - 20, 0), wcs.all_pix2world(x, y, 0), atol=1e-10
    )
    with pytest.raises(ImageError, match="distortion"):
        PixelGrid(20, 30.0, 30.0, rotation(2.0)).wcs(wcs)

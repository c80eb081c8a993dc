"""Background and noise maps on skies whose background and noise are known."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skies import BEAM, FWHM, PIXEL, correlated_noise, sky_image, white_noise

from sciarada.geometry.windows import Window
from sciarada.measure.background import default_box, estimate_background
from sciarada.measure.background_model import BackgroundModel
from sciarada.running.executor import Serial

SIGMA = 2e-4
BEAM_SIGMA = np.sqrt(BEAM.major * BEAM.minor) / PIXEL / FWHM  # pixels
ROUND = np.eye(2) * BEAM_SIGMA**2


def noise(shape: tuple[int, int], seed: int) -> np.ndarray:
    return SIGMA * correlated_noise(shape, ROUND, seed)


def blob(shape: tuple[int, int], y: float, x: float, fwhm: float) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return 2.0 ** (-4 * ((rows - y) ** 2 + (columns - x) ** 2) / fwhm**2)


def point_sources(shape: tuple[int, int], count: int, seed: int) -> np.ndarray:
    """Points of the beam's shape, many faint and few bright, up to 5000 times the noise."""
    random = np.random.default_rng(seed)
    peaks = SIGMA * 5 * (1 - random.random(count)) ** -1.5
    impulses = np.zeros(shape)
    impulses[random.integers(0, shape[0], count), random.integers(0, shape[1], count)] = np.minimum(
        peaks, 5000 * SIGMA
    )
    return ndimage.gaussian_filter(impulses, BEAM_SIGMA) * 2 * np.pi * BEAM_SIGMA**2


def maps(data: np.ndarray, **options) -> tuple[np.ndarray, np.ndarray]:
    image = sky_image(data)
    model = estimate_background(image, **options)
    return model.background(image.window), model.rms(image.window)


@pytest.mark.parametrize("level", [0.0, 20 * SIGMA, -20 * SIGMA])
def test_plain_noise_is_recovered(level):
    background, rms = maps(level + noise((700, 500), seed=1))
    assert np.median(rms) == pytest.approx(SIGMA, rel=0.03)
    assert np.abs(rms / SIGMA - 1).max() < 0.2
    assert np.median(background) == pytest.approx(level, abs=0.05 * SIGMA)
    assert np.abs(background - level).max() < 0.4 * SIGMA


def test_many_point_sources_do_not_raise_the_noise():
    shape = (640, 640)
    background, rms = maps(noise(shape, seed=2) + point_sources(shape, 300, seed=3))
    assert np.median(rms) == pytest.approx(SIGMA, rel=0.05)
    assert np.abs(rms / SIGMA - 1).max() < 0.3
    assert abs(np.median(background)) < 0.12 * SIGMA
    assert np.abs(background).max() < 0.5 * SIGMA


def test_a_large_bright_diffuse_source_stays_out_of_the_wide_background():
    shape = (1000, 1000)
    y, x, fwhm = 480, 530, 180
    diffuse = 30 * SIGMA * blob(shape, y, x, fwhm)
    image = sky_image(noise(shape, seed=4) + diffuse)
    model = estimate_background(image).under_diffuse
    background, rms = model.background(image.window), model.rms(image.window)
    assert np.abs(background[y - 90 : y + 90, x - 90 : x + 90]).max() < 1.5 * SIGMA
    assert np.abs(background).max() < 2.5 * SIGMA
    assert np.abs(rms / SIGMA - 1).max() < 0.25


def test_the_fine_background_follows_a_cloud_with_sources_on_it():
    shape = (1000, 1000)
    cloud = 8 * SIGMA * blob(shape, 480, 530, 300)
    sources = point_sources(shape, 200, seed=21)
    background, rms = maps(noise(shape, seed=22) + cloud + sources)
    assert np.abs(background - cloud).max() < SIGMA
    assert np.median(rms) == pytest.approx(SIGMA, rel=0.05)


@pytest.mark.parametrize("width", [2.5, 4.0, 7.0, 12.0])
@pytest.mark.parametrize("beams", [6, 20])
def test_the_noise_is_right_for_beams_of_any_width_and_boxes_of_few_beams(width, beams):
    shape = (1000, 1000)
    data = SIGMA * correlated_noise(shape, np.eye(2) * (width / FWHM) ** 2, seed=23)
    image = sky_image(data, beam=type(BEAM)(width * PIXEL, width * PIXEL))
    model = estimate_background(image, box=round(beams * width))
    assert np.median(model.scale) == pytest.approx(SIGMA, rel=0.03)
    assert np.median(model.wide.scale) == pytest.approx(SIGMA, rel=0.03)


def test_noise_that_changes_over_the_image_is_followed():
    shape = (900, 600)
    truth = np.linspace(1, 3, shape[0])[:, None] * np.ones(shape)
    background, rms = maps(truth * noise(shape, seed=5))
    inside = (slice(100, -100), slice(None))
    assert np.abs(rms[inside] / truth[inside] / SIGMA - 1).max() < 0.2
    assert np.abs(background / truth).max() < 0.5 * SIGMA


def test_a_gently_sloping_background_is_followed():
    shape = (900, 900)
    slope = np.linspace(-2, 2, shape[1]) * SIGMA
    background, rms = maps(noise(shape, seed=6) + slope)
    inside = (slice(None), slice(100, -100))
    assert np.abs((background - slope)[inside]).max() < 0.7 * SIGMA
    assert np.abs(rms / SIGMA - 1).max() < 0.25


def test_missing_pixels_do_not_count():
    shape = (600, 600)
    data = noise(shape, seed=7)
    data[:, :310] = np.nan
    data[200:400, 350:500] = np.nan
    background, rms = maps(data)
    assert np.isfinite(background).all()
    assert np.isfinite(rms).all()
    assert np.abs(rms[np.isfinite(data)] / SIGMA - 1).max() < 0.25
    assert np.abs(background[np.isfinite(data)]).max() < 0.5 * SIGMA


def test_an_image_without_pixels_has_no_background():
    image = sky_image(np.full((200, 300), np.nan))
    model = estimate_background(image)
    assert np.isnan(model.background(image.window)).all()
    assert np.isnan(model.rms(image.window)).all()
    assert model.failed.all()


@settings(max_examples=40)
@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 60), st.integers(1, 60)),
        elements=st.one_of(st.floats(-1, 1, width=32), st.just(np.nan), st.just(1e6)),
        fill=st.sampled_from([np.float32(0), np.float32(np.nan), np.float32(-1)]),
    )
)
def test_the_noise_is_never_negative_nor_zero(data):
    background, rms = maps(data)
    if np.isfinite(rms).any():
        assert (rms > 0).all()
        assert np.isfinite(background).all()


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
def test_maps_scale_with_the_unit(scale):
    data = noise((300, 300), seed=8) + point_sources((300, 300), 60, seed=9)
    background, rms = maps(data)
    scaled_background, scaled_rms = maps(data * scale)
    np.testing.assert_allclose(scaled_rms, rms * scale, rtol=1e-3)
    np.testing.assert_allclose(scaled_background, background * scale, atol=1e-3 * SIGMA * scale)


def test_maps_are_the_same_whatever_window_is_asked_for():
    image = sky_image(noise((300, 400), seed=10))
    model = estimate_background(image, box=32)
    background, rms = model.background(image.window), model.rms(image.window)
    random = np.random.default_rng(11)
    for _ in range(20):
        (y0, y1), (x0, x1) = (
            np.sort(random.choice(np.arange(side + 1), 2, replace=False)) for side in image.shape
        )
        window = Window(int(y0), int(y1), int(x0), int(x1))
        np.testing.assert_allclose(model.background(window), background[window.slices], rtol=1e-5)
        np.testing.assert_allclose(model.rms(window), rms[window.slices], rtol=1e-5)
        assert model.rms(window).dtype == np.float32


def test_values_at_positions_are_those_of_the_maps():
    image = sky_image(noise((300, 400), seed=12))
    model = estimate_background(image, box=32)
    y, x = np.random.default_rng(13).integers(0, image.shape, (50, 2)).T
    background, rms = model.at(y, x)
    np.testing.assert_allclose(background, model.background(image.window)[y, x], rtol=1e-4)
    np.testing.assert_allclose(rms, model.rms(image.window)[y, x], rtol=1e-4)


def test_maps_do_not_depend_on_who_does_the_work():
    image = sky_image(noise((300, 200), seed=14))
    alone = estimate_background(image, box=32, executor=Serial())
    with ThreadPoolExecutor(3) as pool:
        together = estimate_background(image, box=32, executor=pool)
    np.testing.assert_array_equal(alone.location, together.location)
    np.testing.assert_array_equal(alone.scale, together.scale)
    np.testing.assert_array_equal(alone.failed, together.failed)


def test_boxes_without_pixels_are_told():
    data = noise((320, 320), seed=15)
    data[:100, :100] = np.nan
    model = estimate_background(sky_image(data), box=32)
    assert model.failed_at(10, 10)
    assert not model.failed_at(200, 200)
    np.testing.assert_array_equal(
        model.failed_at(np.array([40, 250]), np.array([40, 250])), [True, False]
    )


def test_the_box_follows_the_beam_and_stays_within_bounds():
    data = white_noise((50, 50), seed=16)
    beam_pixels = np.sqrt(BEAM.major * BEAM.minor) / PIXEL
    assert default_box(sky_image(data)) == pytest.approx(6 * beam_pixels, abs=1)
    for factor, expected in ((0.01, 24), (10, 256), (100, round(500 * beam_pixels))):
        wide = type(BEAM)(BEAM.major * factor, BEAM.minor * factor)
        assert default_box(sky_image(data, beam=wide)) == expected
    assert 24 <= default_box(sky_image(data, beam=None)) <= 256


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (23, 700), (97, 131)])
def test_odd_shapes_have_maps(shape):
    background, rms = maps(1.0 + 0.1 * white_noise(shape, seed=17))
    assert background.shape == rms.shape == shape
    if max(shape) > 1:  # one pixel says nothing about its noise
        assert (rms > 0).all()


@settings(max_examples=40)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.tuples(st.integers(0, 100), st.integers(1, 60)),
    st.tuples(st.integers(0, 100), st.integers(1, 90)),
    st.integers(0, 1000),
)
def test_a_pixel_has_the_same_value_in_every_window(boxes, rows, columns, seed):
    values = np.random.default_rng(seed).lognormal(size=boxes).astype(np.float32)
    model = BackgroundModel(40, values, values, np.zeros(boxes, bool))
    whole = Window(0, 200, 0, 200)
    window = Window(rows[0], sum(rows), columns[0], sum(columns))
    cut = model.rms(whole)[window.slices]
    assert model.rms(window).tobytes() == np.ascontiguousarray(cut).tobytes()
    y, x = np.mgrid[window.slices]
    _, expected = model.at(y, x)
    np.testing.assert_allclose(cut, expected, rtol=1e-5)

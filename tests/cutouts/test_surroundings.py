"""The sky around cutouts against skies of known level and noise."""

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skies import sky_image

from sciarada.cutouts.concatenated import ConcatenatedSource
from sciarada.cutouts.cropped_source import CroppedSource
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.square import squared
from sciarada.cutouts.surroundings import level_and_noise, sky_around
from sciarada.testing.cutouts import ArrayCutouts

LEVEL, NOISE, SIDE = 3e-3, 1e-3, 300
PLACES = ((80, 80), (220, 80), (80, 220), (220, 220))
EVERY = np.arange(len(PLACES))


@pytest.fixture(scope="module")
def image():
    """Return an image of noise with a source that fills the cutout at each of the places."""
    pixels = np.random.default_rng(4).normal(LEVEL, NOISE, (SIDE, SIDE)).astype(np.float32)
    y, x = np.mgrid[:SIDE, :SIDE]
    for cx, cy in PLACES:
        pixels[np.maximum(np.abs(x - cx), np.abs(y - cy)) < 17] += 0.5
    return sky_image(pixels)


def cutouts_of(image, places=PLACES, npix=32):
    ra, dec = image.pixel_to_sky(*np.array(places, float).T)
    return CutoutSet.from_positions(image, ra, dec, npix, outside="blank")


def test_a_source_that_fills_its_cutout_leaves_the_noise_of_the_image(image):
    cutouts = cutouts_of(image)
    level, noise = sky_around(cutouts, EVERY, 32)
    assert cutouts.pixels()[:, 1:, 1:].min() > 0.4  # the cutouts show nothing of the sky
    np.testing.assert_allclose(level, LEVEL, atol=0.25 * NOISE)
    np.testing.assert_allclose(noise, NOISE, rtol=0.15)


@pytest.mark.parametrize("npix", [12, 16, 24, 32])
def test_the_noise_is_that_of_the_pixels_as_they_are_shown(npix):
    pixels = np.random.default_rng(6).normal(0, NOISE, (SIDE, SIDE)).astype(np.float32)
    places = [(x, y) for x in range(40, 280, 40) for y in range(40, 280, 40)]
    cutouts = cutouts_of(sky_image(pixels), places)
    noise = sky_around(cutouts, np.arange(len(places)), npix)[1]
    assert noise.mean() == pytest.approx(cutouts.pixels(npix=npix).std(), rel=0.1)


@pytest.mark.parametrize("side", [31.6, 32.4, 33.0])  # pixels; the first two are copied
def test_a_frame_is_copied_or_resampled_as_its_cutout(side):
    pixels = np.random.default_rng(6).normal(0, NOISE, (SIDE, SIDE)).astype(np.float32)
    image = sky_image(pixels)
    ra, dec = image.pixel_to_sky(*np.mgrid[40:280:40, 40:280:40].reshape(2, -1) + 0.3)
    cutouts = CutoutSet.from_positions(image, ra, dec, side * image.pixel_scale * u.arcsec)
    noise = sky_around(cutouts, np.arange(len(ra)), 32)[1]
    assert noise.mean() == pytest.approx(cutouts.pixels(npix=32).std(), rel=0.05)


def test_a_cutout_depends_neither_on_its_batch_nor_on_the_set_it_is_in(image):
    cutouts = cutouts_of(image)
    level, noise = sky_around(cutouts, EVERY, 24)
    for row in EVERY:
        alone = sky_around(cutouts, np.array([row]), 24)
        assert (level[row], noise[row]) == (alone[0][0], alone[1][0])
    pictures = ArrayCutouts(np.ones((3, 24, 24)))
    both = ConcatenatedSource((pictures, cutouts), ("pictures", "sky"))
    found = sky_around(both, np.array([4, 0, 3, 6]), 24)
    np.testing.assert_array_equal(found[0], [level[1], np.nan, level[0], level[3]])
    np.testing.assert_array_equal(found[1], [noise[1], np.nan, noise[0], noise[3]])


def test_beyond_the_image_there_is_no_sky(image):
    rows = np.arange(3)
    level, noise = sky_around(cutouts_of(image, [(150, 150), (0, 0), (-30, -30)]), rows, 32)
    assert np.isfinite(level[0])
    np.testing.assert_allclose(level[1], LEVEL, atol=4 * NOISE / 15)  # a quarter of the frame
    assert np.isnan([level[2], noise[2]]).all()


def test_surroundings_without_any_pixels_are_unknown():
    pixels = np.full((SIDE, SIDE), np.nan, np.float32)
    pixels[134:166, 134:166] = 1.0  # the cutout, and nothing around it
    assert np.isnan(
        sky_around(cutouts_of(sky_image(pixels), [(149.5, 149.5)]), EVERY[:1], 32)
    ).all()


@pytest.mark.parametrize("npix", [16, 45, 46, 64])  # 45.6 pixels of the image
def test_a_crop_has_the_noise_of_its_own_pixels(image, npix):
    level, noise = sky_around(CroppedSource(cutouts_of(image, npix=128)), EVERY, npix)
    np.testing.assert_allclose(level, LEVEL, atol=NOISE / 4)
    sky = np.random.default_rng(3).normal(LEVEL, NOISE, (128, 128)).astype(np.float32)
    shown = squared(sky, npix, 2 * (1.2 * 16.5 + 3))  # pixels of the image
    np.testing.assert_allclose(noise, shown.std(), rtol=0.25)
    assert noise.mean() == pytest.approx(shown.std(), rel=0.15)


def test_a_cutout_without_a_source_is_cropped_nowhere(image):
    cutouts = cutouts_of(image, [(150, 150), (2, 150), (-40, 150)], npix=32)
    for found, whole in zip(
        sky_around(CroppedSource(cutouts), np.arange(3), 32),
        sky_around(cutouts, np.arange(3), 32),
        strict=True,
    ):
        np.testing.assert_allclose(found, whole, rtol=1e-5)


def test_pictures_have_no_surroundings():
    pictures = ArrayCutouts(np.ones((3, 24, 24)))
    for source in (pictures, CroppedSource(pictures)):
        assert np.isnan(sky_around(source, np.arange(3), 24)).all()


def test_an_empty_set_has_no_sky(image):
    level, noise = sky_around(cutouts_of(image)[:0], np.arange(0), 24)
    assert level.shape == noise.shape == (0,)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 12))
def test_level_and_noise_follow_their_definition(seed, count):
    generator = np.random.default_rng(seed)
    values = np.full((1, 12), np.nan, np.float32)
    values[0, generator.permutation(12)[:count]] = generator.normal(0, 1, count)
    level, noise = (part[0] for part in level_and_noise(values))
    known = np.sort(values[np.isfinite(values)])
    if count < 3:
        assert np.isnan([level, noise]).all()
    else:
        assert level == pytest.approx(np.median(known), abs=1e-6)
        fainter = known[: (count + 1) // 2]
        assert noise == pytest.approx(1.4826 * np.median(level - fainter), abs=1e-6)

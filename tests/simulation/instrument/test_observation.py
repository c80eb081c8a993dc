"""Observations: the same for every tiling, and each effect switched on by its number."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.simulation.instrument import Instrument, Observation, observe
from sciarada.simulation.pixels import BlankPixels
from sciarada.simulation.sources import PixelGaussians, SkyGaussians, project

SHAPE = (700, 900)
RMS = 1e-3
EVERYTHING = Instrument(
    primary_beam=900.0,
    pointing_spacing=600.0,
    mosaic_radius=900.0,
    cut=0.3,
    tile=500.0,
    tile_rms=0.1,
    tile_offset=0.5,
    tile_angle=12.0,
    background=1.0,
    plane=2.0,
    plane_width=1800.0,
    border=40.0,
    array="atca",
    sidelobes=0.01,
    gain_error=0.05,
    bowl=0.5,
)


def field_image(shape: tuple[int, int] = SHAPE) -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval = [255.4, -41.8]  # on the Galactic plane
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-2 / 3600, 2 / 3600]
    wcs.wcs.set()
    return SkyImage(
        "test", BlankPixels(shape), wcs, u.Jy / u.beam, Beam(10.0, 8.0, 30.0), 1.4e9, None
    )


def bright_sources(image: SkyImage, flux: float = 1.0) -> PixelGaussians:
    ra, dec = image.pixel_to_sky(np.array([300.0, 620.0]), np.array([350.0, 500.0]))
    return project(SkyGaussians.points(ra, dec, np.array([flux, 0.3 * flux])), image)


def seen(instrument: Instrument, seed: int = 3, **noise: float) -> Observation:
    image = field_image()
    return observe(instrument, image, bright_sources(image), rms=RMS, seed=seed, **noise)


windows = st.builds(
    lambda y, x, height, width: Window(y, y + height, x, x + width),
    st.integers(0, 600),
    st.integers(0, 800),
    st.integers(1, 100),
    st.integers(1, 100),
)


@pytest.fixture(scope="module")
def everything() -> Observation:
    return seen(EVERYTHING, ripple=0.2, wavelength=300.0)


@settings(max_examples=8)
@given(windows, st.data())
def test_the_same_pixels_however_it_is_cut(everything, window, data):
    y = data.draw(st.integers(window.y0, window.y1 - 1))
    x = data.draw(st.integers(window.x0, window.x1 - 1))
    inner = Window(y, window.y1, x, window.x1)
    for layer in ("noise", "additive", "artefacts", "valid"):
        whole = getattr(everything, layer)(window)
        assert np.array_equal(getattr(everything, layer)(inner), whole[inner.slices_in(window)])
    level = everything.level.over(window)
    assert np.array_equal(everything.level.over(inner), level[inner.slices_in(window)])


def test_an_observation_can_be_pickled(everything):
    again = pickle.loads(pickle.dumps(everything))
    window = Window(100, 160, 200, 280)
    for layer in ("noise", "additive", "artefacts", "valid"):
        assert np.array_equal(getattr(again, layer)(window), getattr(everything, layer)(window))


def test_without_effects_there_is_noise_alone():
    observation = seen(Instrument())
    window = Window.whole(SHAPE)
    assert observation.valid(window).all()
    assert not observation.additive(window).any()
    assert np.all(observation.level.over(window) == np.float32(RMS))
    assert observation.noise(window).std() == pytest.approx(RMS, rel=0.05)


def test_the_level_is_the_scatter_of_many_seeds():
    window = Window(100, 104, 100, 800)
    noises, level = [], None
    for seed in range(40):
        # The map of the rms has no chance in it: one mosaic, no ripples.
        observation = seen(Instrument(primary_beam=900.0), seed)
        level = observation.level.over(window)
        noises.append(observation.noise(window))
    pull = np.sqrt(np.mean(np.square(noises), axis=0)) / level
    assert pull.mean() == pytest.approx(1, abs=0.03)
    assert level.max() > 2 * level.min()
    thirds = [part.mean() for part in np.array_split(pull, 3, axis=1)]
    np.testing.assert_allclose(thirds, 1, atol=0.06)


def test_seeds():
    window = Window(0, 50, 0, 60)
    first, again, other = (
        (made.noise(window), made.additive(window))
        for made in (seen(EVERYTHING, seed, ripple=0.1) for seed in (1, 1, 2))
    )
    for one, same, different in zip(first, again, other, strict=True):
        assert np.array_equal(one, same)
        assert not np.array_equal(one, different)


def test_one_effect_leaves_the_others_as_they_were():
    window = Window(0, 50, 0, 60)
    plain, more = seen(Instrument(), ripple=0.1), seen(Instrument(background=3.0), ripple=0.1)
    assert np.array_equal(plain.noise(window), more.noise(window))


def test_the_background_has_the_strength_that_was_asked_for():
    observation = seen(Instrument(background=3.0, background_size=200.0))
    added = observation.additive(Window.whole(SHAPE))
    assert added.std() == pytest.approx(3 * RMS, rel=0.2)
    assert added.mean() == pytest.approx(0, abs=RMS)


def galactic_latitude(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    return SkyCoord(ra, dec, unit="deg").galactic.b.deg


def test_the_galactic_ridge_lies_on_the_equator():
    observation = seen(Instrument(plane=5.0, plane_width=600.0))
    added = observation.additive(Window.whole(SHAPE))
    assert added.max() == pytest.approx(5 * RMS, rel=0.01)
    y, x = np.nonzero(added > 4.99 * RMS)
    ra, dec = field_image().pixel_to_sky(x, y)
    assert np.abs(galactic_latitude(ra, dec)).max() < 0.02
    half = np.abs(added - 2.5 * RMS) < 0.02 * RMS
    y, x = np.nonzero(half)
    ra, dec = field_image().pixel_to_sky(x, y)
    np.testing.assert_allclose(np.abs(galactic_latitude(ra, dec)), 300 / 3600, atol=0.003)


def test_tiles_have_zero_points_of_their_own():
    observation = seen(Instrument(tile=300.0, tile_offset=2.0, tile_rms=0.2))
    added = observation.additive(Window.whole(SHAPE))
    level = observation.level.over(Window.whole(SHAPE))
    assert 20 < len(np.unique(added)) < 60
    # Noise and zero point change at the same seams.
    steps = [np.diff(array, axis=1) != 0 for array in (added, level)]
    assert np.array_equal(*steps)


def test_pixels_without_enough_response_have_no_value():
    observation = seen(Instrument(primary_beam=1000.0, cut=0.5))
    valid = observation.valid(Window.whole(SHAPE))
    y, x = np.indices(SHAPE)
    radius = np.hypot(x - 449.5, y - 349.5) * 2
    assert valid[radius < 499].all()
    assert not valid[radius > 501].any()


def test_the_border_is_ragged_and_about_as_wide_as_asked_for():
    valid = seen(Instrument(border=60.0)).valid(Window.whole(SHAPE))
    width = np.argmax(valid[100:600, :450], axis=1) * 2
    assert width.mean() == pytest.approx(60, rel=0.35)
    assert 3 < width.std() < 40
    assert valid[150:550, 150:750].all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"primary_beam": -1.0}, "primary_beam must not be negative"),
        ({"background": float("nan")}, "background must not be negative"),
        ({"border": "wide"}, "border must be a number"),
        ({"tile": True}, "tile must be a number"),
        ({"pointing_grid": "round"}, "hexagonal or square"),
        ({"cut": 1.5}, "between 0 and 1"),
        ({"pointing_spacing": 100.0}, "needs an instrument.primary_beam"),
        ({"background_size": 0}, "background_size must be positive"),
    ],
)
def test_instruments_that_make_no_sense(wrong, message):
    with pytest.raises(ValueError, match=message):
        Instrument(**wrong)


@pytest.mark.parametrize("wrong", [{"ripple": -0.1}, {"wavelength": 0.0}])
def test_ripples_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match="must not be negative"):
        seen(Instrument(), **wrong)

"""What bright sources leave around them: proportional to them, and cut where it is faint."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.simulation.instrument import Instrument, observe
from sciarada.simulation.instrument.artefacts import FAINTEST
from sciarada.simulation.pixels import BlankPixels
from sciarada.simulation.sources import PixelGaussians

SHAPE = (400, 480)
WHOLE = Window.whole(SHAPE)
RMS = 1e-4
RAYS = Instrument(array="atca", sidelobes=0.01, gain_error=0.05)
SIGMA = 4 / 2.3548


def blank() -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval = [255.0, -42.0]
    wcs.wcs.crpix = [240.5, 200.5]
    wcs.wcs.cdelt = [-1.5 / 3600, 1.5 / 3600]
    wcs.wcs.set()
    return SkyImage("t", BlankPixels(SHAPE), wcs, u.Jy / u.beam, Beam(6.0, 6.0, 0.0), 2e9, None)


def points(*places: tuple[float, float, float], sigma: float = SIGMA) -> PixelGaussians:
    x, y, peak = np.array(places, dtype=float).T
    area = np.full(len(x), sigma**2)
    return PixelGaussians(x, y, peak, area, np.zeros(len(x)), area)


def artefacts(drawn: PixelGaussians, instrument: Instrument = RAYS, seed: int = 2) -> np.ndarray:
    return observe(instrument, blank(), drawn, rms=RMS, seed=seed).artefacts(WHOLE)


def test_artefacts_are_proportional_to_the_source():
    single, double = artefacts(points((240, 190, 1.0))), artefacts(points((240, 190, 2.0)))
    inner = Window(60, 320, 110, 370).slices
    np.testing.assert_allclose(double[inner], 2 * single[inner], rtol=1e-4, atol=1e-9)
    assert single[190, 240] == 0
    assert single.max() > 10 * RMS
    assert single.min() < -10 * RMS


def test_artefacts_add_up():
    one, other = points((130, 150, 1.0)), points((350, 230, 0.6))
    both = points((130, 150, 1.0), (350, 230, 0.6))
    np.testing.assert_allclose(artefacts(both), artefacts(one) + artefacts(other), atol=1e-8)


def test_sources_differ_in_their_errors_but_share_the_sidelobes():
    drawn = points((130, 200, 1.0), (350, 200, 1.0))
    boxes = (Window(150, 251, 80, 181).slices, Window(150, 251, 300, 401).slices)
    for instrument, alike in (
        (replace(RAYS, gain_error=0.0), True),
        (replace(RAYS, sidelobes=0.0), False),
    ):
        one, other = (
            artefacts(part, instrument)[box].ravel()
            for part, box in zip((drawn.select([0]), drawn.select([1])), boxes, strict=True)
        )
        correlation = np.corrcoef(one, other)[0, 1]
        assert (correlation > 0.999) == alike


@pytest.mark.parametrize("array", ["vla", "askap"])
def test_the_strength_goes_with_the_error(array):
    rms = [
        artefacts(points((240, 200, 10.0)), Instrument(array=array, gain_error=error)).std()
        for error in (0.01, 0.02, 0.05)
    ]
    np.testing.assert_allclose(np.array(rms) / rms[0], [1, 2, 5], rtol=1e-3)


def test_faint_sources_have_none():
    assert not artefacts(points((240, 190, 5 * RMS))).any()
    assert not artefacts(points((240, 190, 1.0)), Instrument()).any()


def test_what_is_cut_is_far_below_the_noise():
    source = points((240, 200, 0.004))
    cut = observe(RAYS, blank(), source, rms=RMS, seed=2).artefacts(WHOLE)
    deep = observe(RAYS, blank(), source, rms=RMS / 1e3, seed=2).artefacts(WHOLE)
    assert (cut == 0).mean() > 0.2
    lost = deep - cut
    assert lost[cut == 0].std() < FAINTEST * RMS
    assert np.abs(lost).max() < 5 * FAINTEST * RMS


def test_neighbours_within_a_few_beams_are_one_source():
    close = points((240, 190, 1.0), (243, 190, 0.9), (237, 192, 0.8))
    observation = observe(RAYS, blank(), close, rms=RMS, seed=2)
    assert len(observation.residuals.x) == 1
    peak = 1 + 0.9 * np.exp(-0.5 * 9 / SIGMA**2) + 0.8 * np.exp(-0.5 * 13 / SIGMA**2)
    assert observation.residuals.weight[0, 0] == pytest.approx(0.01 * peak, rel=1e-5)


def test_sources_outside_the_image_throw_rays_into_it():
    made = artefacts(points((-40, 200, 3.0)))
    assert np.abs(made[:, :100]).max() > 5 * RMS


def test_an_instrument_of_an_unknown_array():
    with pytest.raises(ValueError, match="one of vla, atca"):
        Instrument(array="ata")
    with pytest.raises(ValueError, match="need an array"):
        Instrument(gain_error=0.1)
    with pytest.raises(ValueError, match="sidelobes is a share"):
        Instrument(array="vla", sidelobes=2)


BOWLS = Instrument(bowl=1.0, largest_scale=120.0)


def added(drawn: PixelGaussians, instrument: Instrument = BOWLS) -> np.ndarray:
    return observe(instrument, blank(), drawn, rms=RMS, seed=2).additive(WHOLE)


def test_a_bowl_takes_away_the_resolved_flux():
    sigma = 12.0
    source = points((240, 200, 1.0), sigma=sigma)
    resolved = 2 * np.pi * (sigma**2 - SIGMA**2)  # of peak 1, in pixels times Jy/beam
    bowl = added(source)
    assert bowl.max() <= 0
    assert bowl.sum() == pytest.approx(-resolved, rel=1e-3)
    width2 = sigma**2 + (120 / 1.5 / 2.3548) ** 2
    assert bowl.min() == pytest.approx(-resolved / (2 * np.pi * width2), rel=1e-3)


def test_half_a_bowl_and_no_bowl():
    source = points((240, 200, 1.0), sigma=12.0)
    half = added(source, replace(BOWLS, bowl=0.5))
    np.testing.assert_allclose(half, 0.5 * added(source), rtol=1e-3, atol=0.05 * RMS)
    assert not added(points((240, 200, 1.0))).any()


def test_bowls_that_are_merged_are_as_those_of_the_parts():
    rng = np.random.default_rng(5)
    places = np.column_stack([rng.normal(240, 25, 60), rng.normal(200, 25, 60), np.full(60, 0.3)])
    parts = [added(points(tuple(place), sigma=6.0)) for place in places]
    together = added(points(*places, sigma=6.0))
    slow = np.sum(parts, axis=0)
    assert np.abs(together - slow).max() < 0.02 * np.abs(slow).max()

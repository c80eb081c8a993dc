import numpy as np
import pytest
from astropy.wcs import WCS

from benchmarks import injected
from benchmarks.injected import BEAM, NOISE_WIDTHS, PIXEL, RMS, correlated_noise, covariance


def test_noise_has_unit_rms_and_the_autocorrelation_of_its_name():
    beam = covariance(*BEAM)
    for width, lag_covariance in (("smoothed", 2 * beam), ("natural", beam)):
        noise = correlated_noise(512, beam * NOISE_WIDTHS[width] ** 2, np.random.default_rng(1))
        assert noise.std() == pytest.approx(1, abs=0.03)
        for shift in ((0, 2), (2, 0), (1, 2)):
            lag = np.array(shift[::-1])
            expected = np.exp(-lag @ np.linalg.inv(lag_covariance) @ lag / 2)
            measured = np.mean(noise * np.roll(noise, shift, axis=(0, 1)))
            assert measured == pytest.approx(expected, abs=0.05)


def test_covariance_turns_from_north_to_east():
    along_x = covariance(20.0, 5.0, 90.0)
    assert along_x[0, 0] > along_x[1, 1]
    assert along_x[0, 1] == pytest.approx(0, abs=1e-9)
    north_east = covariance(20.0, 5.0, 45.0)  # east is towards smaller x
    assert north_east[0, 1] < 0


@pytest.mark.parametrize("kind", injected.KINDS)
def test_sources_have_the_flux_and_place_the_truth_says(kind, monkeypatch):
    monkeypatch.setattr(injected, "correlated_noise", lambda size, *_: np.zeros((size, size)))
    field = injected.inject(kind, "smoothed", 256, seed=1)
    x, y = WCS(field.header).all_world2pix(field.truth["ra"], field.truth["dec"], 0)
    beam_area = np.pi * BEAM[0] * BEAM[1] / (4 * np.log(2)) / PIXEL**2
    rows, columns = np.indices(field.pixels.shape)
    for source, centre_x, centre_y in zip(field.truth, x, y, strict=True):
        near = np.hypot(columns - centre_x, rows - centre_y) < injected.SPACING / 2 - 4
        values = field.pixels * near
        assert values.sum() / beam_area == pytest.approx(source["total_flux"], rel=2e-3)
        assert (values * columns).sum() / values.sum() == pytest.approx(centre_x, abs=0.02)
        assert (values * rows).sum() / values.sum() == pytest.approx(centre_y, abs=0.02)
        assert 0.9 * source["peak_flux"] < values.max() <= source["peak_flux"] * (1 + 1e-6)
        assert source["peak_flux"] == pytest.approx(RMS * source["snr"])

"""Artefacts of bright sources: told by the negative half of what they leave round them."""

import numpy as np
import pytest
from skies import BEAM, PIXEL, beam_noise, flat_background, sky_image, tan_wcs

from sciarada.core.catalogue import SourceCatalogue
from sciarada.measure.artefacts import EDGES, expected_peaks, find_artefacts, ring_noise

SHAPE = (400, 440)
WIDTH = np.sqrt(BEAM.major * BEAM.minor) / PIXEL
CENTRE = (215.0, 190.0)


def radius_from_centre() -> np.ndarray:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.hypot(y - CENTRE[1], x - CENTRE[0]) / WIDTH


def noise(seed: int = 5) -> np.ndarray:
    return beam_noise(tan_wcs(SHAPE), SHAPE, seed)


def rings(data: np.ndarray) -> np.ndarray:
    return ring_noise(sky_image(data), flat_background(), *CENTRE, EDGES * WIDTH)


def catalogue(places: list[tuple[float, float, float]]) -> SourceCatalogue:
    """Return points (x, y, signal to noise) in noise of 1, each a source with one component."""
    x, y, peak = np.array(places, float).T
    number = np.arange(1, len(places) + 1)
    columns = {"source_id": number, "x": x, "y": y, "peak_flux": peak}
    columns |= {"ra": number / 10, "dec": np.zeros(len(x)), "local_rms": np.ones(len(x))}
    return SourceCatalogue.from_columns(columns | {"snr": peak}, columns | {"component_id": number})


def flagged(data: np.ndarray, places: list[tuple[float, float, float]]) -> np.ndarray:
    model = flat_background()
    model = type(model)(400, model.location, model.scale, model.failed)
    return find_artefacts(sky_image(data), model, catalogue(places))


def at(distance: float, angle: float) -> tuple[float, float]:
    """Return the pixel position so many beams from the centre."""
    return (
        CENTRE[0] + distance * WIDTH * np.cos(angle),
        CENTRE[1] + distance * WIDTH * np.sin(angle),
    )


def test_the_noise_of_rings_is_that_of_all_their_negative_pixels():
    radius = radius_from_centre()
    data = noise() * np.where(radius < 7, 3.0, 1.0)
    for inner, outer, found in zip(EDGES, EDGES[1:], rings(data), strict=False):
        here = data[(radius >= inner) & (radius < outer)]
        assert found == pytest.approx(np.sqrt(np.mean(here[here < 0] ** 2)), rel=0.2)


def test_sources_in_a_ring_add_nothing_to_its_noise():
    data, radius = noise(), radius_from_centre()
    with_sources = np.where((radius > 8) & (np.arange(SHAPE[1]) % 20 < 8), data + 30.0, data)
    assert (rings(with_sources) <= 1.15 * rings(data)).all()


def test_a_bowl_is_no_noise():
    np.testing.assert_allclose(rings(noise() - 4.0), rings(noise()), rtol=0.3)


def test_a_ring_outside_the_image_has_no_noise():
    data = noise()
    data[:, 100:] = np.nan
    assert not rings(data).any()
    corner = ring_noise(sky_image(noise()), flat_background(), 0.0, 0.0, EDGES * WIDTH)
    assert not corner.any()


def test_the_number_of_peaks_of_noise_is_as_expected():
    data = np.concatenate([noise(seed) for seed in range(12)])
    inner = data[1:-1, 1:-1]
    around = [
        data[1 + dy : data.shape[0] - 1 + dy, 1 + dx : data.shape[1] - 1 + dx]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if dx or dy
    ]
    peaks = inner[np.all([inner > other for other in around], axis=0)]
    for level in (2.5, 3.0, 3.5):
        found = (peaks > level).sum() * WIDTH**2 / inner.size
        assert 0.4 < found / expected_peaks(np.array(level)) < 1.3
    assert expected_peaks(np.array(0.1)) == expected_peaks(np.array(1.0))


def test_what_artefacts_explain_is_flagged_and_what_they_do_not_is_kept():
    radius = radius_from_centre()
    spoilt = noise() * np.where(radius < 10, 3.0, 1.0)
    bright = (*CENTRE, 2000.0)
    near = (*at(6.0, 1.0), 6.0)
    strong = (*at(6.0, 2.0), 25.0)
    far = (*at(20.0, 3.0), 6.0)
    close = (*at(1.0, 4.0), 6.0)
    places = [bright, near, strong, far, close]
    assert flagged(spoilt, places).tolist() == [False, True, False, False, False]
    assert not flagged(noise(), places).any()


def test_only_a_bright_source_has_artefacts():
    spoilt = noise() * 3.0
    assert not flagged(spoilt, [(*CENTRE, 60.0), (*at(6.0, 1.0), 6.0)]).any()
    assert not flagged(spoilt, [(*at(6.0, 1.0), 6.0)]).any()


def test_many_sources_make_a_source_more_likely_than_an_artefact():
    random = np.random.default_rng(2)
    spoilt = noise() * np.where(radius_from_centre() < 10, 2.0, 1.0)
    crowd = [(*random.uniform(20, 380, 2), 8.0) for _ in range(2000)]
    places = [(*CENTRE, 2000.0), (*at(6.0, 1.0), 5.5)]
    assert flagged(spoilt, places)[1]
    assert not flagged(spoilt, places + crowd)[1]


def test_in_noise_alone_nothing_is_flagged():
    """Places on a grid round a bright source, over four skies."""
    grid = [(*at(d, a), 5.0) for d in (2, 3.5, 5, 8, 12) for a in np.arange(0, 6, 0.4)]
    for seed in range(4):
        assert not flagged(noise(seed), [(*CENTRE, 3000.0), *grid]).any()


@pytest.mark.parametrize("level", [0.0, 2.0, -2.0])
def test_without_noise_there_are_no_artefacts(level):
    data = np.full(SHAPE, level)
    assert not rings(data).any()
    assert not flagged(data, [(*CENTRE, 3000.0), (*at(6.0, 1.0), 6.0)]).any()


def test_an_empty_catalogue_has_no_artefacts():
    found = find_artefacts(sky_image(noise()), flat_background(), SourceCatalogue.empty())
    assert found.shape == (0,)

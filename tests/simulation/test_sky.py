"""The sky of a survey: fluxes, sizes, morphologies and places as asked for."""

import math
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from astropy.wcs import WCS
from scipy.integrate import quad
from scipy.stats import kstest, poisson

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.errors import OptionError
from sciarada.simulation.pixels import BlankPixels
from sciarada.simulation.sky import draw_sky
from sciarada.simulation.sources import brightest, project
from sciarada.simulation.survey import load_survey, survey_names

SQUARE_DEGREES = (180 / math.pi) ** 2
# Hopkins et al. (2003), equation 4, typed once more.
HOPKINS = (0.859, 0.508, 0.376, -0.049, -0.121, 0.057, -0.008)


def blank(survey, size):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{survey.projection}", f"DEC--{survey.projection}"]
    wcs.wcs.crval = survey.centre
    wcs.wcs.crpix = [(size + 1) / 2] * 2
    wcs.wcs.cdelt = [-survey.pixel_scale / 3600, survey.pixel_scale / 3600]
    wcs.wcs.set()
    return SkyImage("blank", BlankPixels((size, size)), wcs, JY_PER_BEAM, survey.beam, None)


def draw(survey, size=1024, seed=1, **more):
    survey = load_survey(survey) if isinstance(survey, str) else survey
    return draw_sky(survey, blank(survey, size), np.random.default_rng(seed), **more)


def published(flux, frequency):
    """Return the counts per Jy and square degree at a flux (Jy) by Hopkins et al. (2003)."""
    at_1400 = flux * (frequency / 1.4e9) ** 0.7
    log = math.log10(at_1400 * 1e3)
    euclidean = 10 ** sum(a * log**i for i, a in enumerate(HOPKINS))
    return euclidean * at_1400**-2.5 * (frequency / 1.4e9) ** 0.7 / SQUARE_DEGREES


@pytest.mark.parametrize("name", ["first", "emu", "lotss", "vlass"])
@pytest.mark.parametrize("density", [1.0, 2.5])
def test_the_number_in_each_bin_of_flux_is_the_published_one(name, density):
    survey = load_survey(name, [f"counts.density={density}"])
    survey = replace(survey, diffuse=())
    size = 6000
    area = (size * survey.pixel_scale / 3600) ** 2
    flux = draw(survey, size).flux
    scale = (survey.frequency / 1.4e9) ** -0.7
    edges = np.geomspace(max(survey.faintest, 0.06e-3 * scale), 0.2 * scale, 9)
    for low, high in pairwise(edges):
        expected = density * area * quad(published, low, high, args=(survey.frequency,))[0]
        found = np.count_nonzero((flux >= low) & (flux < high))
        assert poisson.cdf(found, expected) > 1e-4, (low, found, expected)
        assert poisson.sf(found - 1, expected) > 1e-4, (low, found, expected)


@pytest.mark.parametrize(
    ("name", "limit", "known"),
    # sources per square degree of Helfand et al. 2015, Gordon et al. 2021, Norris et al. 2021
    [("first", 1e-3, 946432 / 10575), ("vlass", 1e-3, 1.9e6 / 33885), ("emu", 135e-6, 22e4 / 270)],
)
def test_there_are_about_as_many_sources_as_in_the_real_survey(name, limit, known):
    survey = replace(load_survey(name), diffuse=())
    area = (6000 * survey.pixel_scale / 3600) ** 2
    assert np.count_nonzero(draw(survey, 6000).flux > limit) / area == pytest.approx(known, rel=0.3)


@pytest.mark.parametrize("name", survey_names())
def test_each_survey_gives_a_sky(name):
    survey = load_survey(name)
    sky = draw(survey, 1500, seed=3)
    n = len(sky)
    columns = (sky.ra, sky.dec, sky.flux, sky.size, sky.morphology, sky.fr_class, sky.structure)
    assert {len(column) for column in columns} == {n}
    assert set(sky.morphology.tolist()) <= set(survey.morphologies)
    assert (np.isfinite(sky.flux) & (sky.flux > 0)).all()
    np.testing.assert_array_equal(np.unique(sky.gaussians.source), np.arange(n))
    assert (np.diff(sky.gaussians.source) >= 0).all()
    total = np.bincount(sky.gaussians.source, weights=sky.gaussians.flux)
    np.testing.assert_allclose(total, sky.flux, rtol=1e-9)
    centre = np.bincount(sky.gaussians.source, sky.gaussians.flux * sky.gaussians.dec) / total
    np.testing.assert_allclose(centre, sky.dec, atol=2 / 3600)
    x, y = blank(survey, 1500).sky_to_pixel(sky.ra, sky.dec)
    assert ((x > -0.51) & (x < 1499.51) & (y > -0.51) & (y < 1499.51)).all()


def test_the_same_seed_gives_the_same_sky_and_another_one_not():
    one, same, other = draw("emu"), draw("emu"), draw("emu", seed=2)
    for name in ("ra", "dec", "flux", "size", "morphology"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    np.testing.assert_array_equal(one.gaussians.pa, same.gaussians.pa)
    assert not np.array_equal(one.flux[:20], other.flux[:20])


def test_classes_come_with_the_morphology():
    sky = draw("emu", n_sources=0, number={"fr1": 3, "fr2": 2, "hybrid": 1, "point": 4})
    classes = dict(zip(sky.morphology.tolist(), sky.fr_class.tolist(), strict=True))
    assert classes["fr1"] == "FRI"
    assert classes["fr2"] == "FRII"
    assert classes["hybrid"] == "hybrid"
    assert classes["point"] == ""


@pytest.mark.parametrize("n_sources", [0, 1, 500])
def test_as_many_sources_as_asked_for(n_sources):
    survey = replace(load_survey("emu"), diffuse=())
    assert len(draw(survey, n_sources=n_sources)) == n_sources


@pytest.mark.parametrize("n_sources", [0, 100, None])
def test_as_many_sources_of_a_morphology_as_asked_for(n_sources):
    number = {"fr2": 50, "point": 7, "head_tail": 0, "halo": 3, "snr_shell": 2, "x_shaped": 5}
    sky = draw("emu", n_sources=n_sources, number=number)
    for name, wanted in number.items():
        assert np.count_nonzero(sky.morphology == name) == wanted
    if n_sources is not None:
        diffuse = {kind.morphology for kind in load_survey("emu").diffuse} - set(number)
        rest = len(sky) - sum(number.values()) - np.isin(sky.morphology, list(diffuse)).sum()
        assert rest == n_sources


def test_numbers_in_the_survey_itself_are_kept():
    survey = load_survey("emu", ["number.fr2=11", "number.halo=4", "number.gaussian=0"])
    sky = draw(survey)
    for name, wanted in survey.number.items():
        assert np.count_nonzero(sky.morphology == name) == wanted
    assert np.count_nonzero(draw(survey, number={}).morphology == "gaussian") > 0


def test_asked_sources_are_as_bright_as_such_sources_are():
    survey = replace(load_survey("emu"), diffuse=())
    usual = draw(survey, 12000)
    usual = usual.flux[usual.morphology == "fr2"]
    asked = draw(survey, 1024, n_sources=0, number={"fr2": 800}).flux
    assert len(usual) > 300
    assert kstest(usual, asked).pvalue > 0.001
    assert asked.min() >= 15 * survey.rms


def test_the_others_are_as_many_as_without_those_asked_for():
    survey = replace(load_survey("emu"), diffuse=())
    plain = draw(survey, 5000).morphology
    asked = draw(survey, 5000, number={"point": 10}).morphology
    expected = np.count_nonzero(plain != "point")
    assert np.count_nonzero(asked != "point") == pytest.approx(expected, abs=5 * expected**0.5)


def test_a_population_without_a_share_comes_only_when_asked_for():
    survey = load_survey("emu", ["population.fr2.share=0"])
    assert "fr2" not in draw(survey, 5000).morphology
    assert np.count_nonzero(draw(survey, number={"fr2": 9}).morphology == "fr2") == 9


def test_a_morphology_that_the_survey_has_not():
    with pytest.raises(OptionError, match=r"'planetary_nebula' are asked for.*add it to"):
        draw("first", number={"planetary_nebula": 3})


def test_no_population_left_for_the_others():
    survey = load_survey("benchmark")
    number = dict.fromkeys(survey.morphologies, 1)
    assert len(draw(survey, number=number)) == 3
    with pytest.raises(OptionError, match="no other population: ask for 0"):
        draw(survey, number=number, n_sources=4)


@pytest.mark.parametrize("name", ["emu", "mgcls", "scorpio", "first"])
def test_sizes_and_fluxes_keep_to_the_limits_of_the_survey(name):
    survey = load_survey(name)
    sky = draw(survey, 3000)
    for kind in survey.populations:
        rows = sky.morphology == kind.morphology
        if kind.morphology == "point":
            assert (sky.size[rows] == 0).all()
        else:
            assert (sky.size[rows] >= kind.size[0] * (1 - 1e-9)).all()
            assert (sky.size[rows] <= kind.size[1] * (1 + 1e-9)).all()
        assert (sky.flux[rows] >= kind.above * survey.rms).all()
    for kind in survey.diffuse:
        rows = sky.morphology == kind.morphology
        assert (sky.size[rows] >= kind.size[0] * (1 - 1e-9)).all()
        assert (sky.size[rows] <= kind.size[1] * (1 + 1e-9)).all()


def test_sizes_are_those_of_windhorst():
    """Where one population takes all sizes, they follow the published distribution."""
    survey = load_survey(
        "emu", ["population.gaussian.beams=0,1e9", "population.gaussian.size=0,1e9"]
    )
    sky = draw(replace(survey, diffuse=()), n_sources=0, number={"gaussian": 3000})
    mjy = sky.flux * (943.5e6 / 1.4e9) ** 0.7 * 1e3
    larger = np.exp(-np.log(2) * (sky.size / (2 * mjy**0.3)) ** 0.62)
    assert kstest(larger, "uniform").pvalue > 0.001
    assert np.median(sky.size / (2 * mjy**0.3)) == pytest.approx(1, rel=0.12)


def test_chances_are_those_of_the_drawn_sky():
    survey = replace(load_survey("lotss"), diffuse=())
    sky = draw(survey, 6000)
    expected = survey.chances(sky.flux).sum(axis=0)
    for kind, number in zip(survey.populations, expected, strict=True):
        found = np.count_nonzero(sky.morphology == kind.morphology)
        assert abs(found - number) < 4.5 * math.sqrt(number) + 1


def test_diffuse_sources_have_their_number_and_brightness():
    overrides = ["diffuse.snr_shell.per_square_degree=60", "diffuse.snr_shell.size=60,200"]
    survey = load_survey("scorpio", overrides)
    image = blank(survey, 3000)
    sky = draw(survey, 3000)
    kind = next(kind for kind in survey.diffuse if kind.morphology == "snr_shell")
    rows = np.flatnonzero(sky.morphology == "snr_shell")
    expected = 60 * (3000 * survey.pixel_scale / 3600) ** 2
    assert abs(len(rows) - expected) < 5 * math.sqrt(expected)
    for row in rows[:40]:
        drawn = project(sky.gaussians.select(sky.gaussians.source == row), image)
        peak = brightest(drawn) / survey.rms
        assert kind.brightness[0] * 0.999 <= peak <= kind.brightness[1] * 1.001


def test_diffuse_sources_lie_whole_in_the_image_where_it_is_large_enough():
    survey = load_survey("scorpio", ["diffuse.snr_shell.size=100,300"])
    image = blank(survey, 500)
    sky = draw(survey, 500, n_sources=0, number={"snr_shell": 60, "hii_bubble": 60})
    x, y = image.sky_to_pixel(sky.ra, sky.dec)
    margin = sky.size / 2 / survey.pixel_scale
    fits = 2 * margin < 500
    assert fits.sum() > 100
    for place in (x, y):
        assert (place[fits] > margin[fits] - 0.6).all()
        assert (place[fits] < 499.6 - margin[fits]).all()


def test_a_source_larger_than_the_image_lies_in_its_middle():
    survey = load_survey("scorpio", ["diffuse.snr_shell.size=900,900"])
    sky = draw(survey, 100, n_sources=0, number={"snr_shell": 3})
    x, y = blank(survey, 100).sky_to_pixel(sky.ra, sky.dec)
    shells = sky.morphology == "snr_shell"
    np.testing.assert_allclose(x[shells], 49.5, atol=0.01)
    np.testing.assert_allclose(y[shells], 49.5, atol=0.01)


def test_single_gaussians_are_as_the_plugin_draws_them():
    sky = draw("emu", 3000, n_sources=0, number={"gaussian": 2000})
    rows = sky.morphology == "gaussian"
    gaussians = sky.gaussians.select(rows[sky.gaussians.source])
    assert len(gaussians) == 2000
    np.testing.assert_array_equal(gaussians.major, sky.size[rows])
    assert kstest(gaussians.minor / gaussians.major, "uniform", (0.4, 0.6)).pvalue > 0.001
    assert kstest(gaussians.pa, "uniform", (0, 180)).pvalue > 0.001


def test_positions_are_uniform():
    sky = draw(replace(load_survey("emu"), diffuse=()), 2000, n_sources=4000)
    x, y = blank(load_survey("emu"), 2000).sky_to_pixel(sky.ra, sky.dec)
    for place in (x, y):
        assert kstest(place, "uniform", (-0.5, 2000)).pvalue > 0.001


def test_a_large_sky_is_drawn_in_seconds():
    survey = load_survey("emu")
    started = time.process_time()
    sky = draw(survey, 16384, n_sources=33_000)
    assert len(sky) >= 33_000
    assert time.process_time() - started < 15

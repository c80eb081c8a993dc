"""Surveys as files."""

import numpy as np
import pytest

from sciarada.errors import OptionError
from sciarada.simulation.generators import generator_names
from sciarada.simulation.survey import load_survey, survey_names

OWN = """
name = "own"
title = "A survey of one's own"
telescope = "none"
reference = "none"
centre = [10.0, -30.0]
projection = "SIN"
pixel_scale = 2.0
frequency = 9e8

[beam]
major = 12.0
minor = 10.0
pa = 30.0

[noise]
rms = 22e-6

[counts]
law = "hopkins2003"
faintest = 5.0
brightest = 0.3

[sizes]
law = "windhorst1990"

[[population]]
morphology = "point"
share = 1.0
size = [0.0, 3.0]

[[population]]
morphology = "gaussian"
share = 0.5
size = [3.0, 30.0]
above = 10.0

[[population]]
morphology = "fr2"
share = 1.5
size = [30, 400]
above = 20

[[diffuse]]
morphology = "halo"
per_square_degree = 6.0
size = [120.0, 300.0]
brightness = [5.0, 12.0]
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def refuse(call, *words):
    """Check that a call is refused in one sentence with these words."""
    with pytest.raises(OptionError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    return message


def test_the_names_of_the_surveys_that_come_along():
    assert survey_names() == [
        "benchmark",
        "emu",
        "first",
        "lotss",
        "mgcls",
        "scorpio",
        "smgps",
        "vlass",
    ]


@pytest.mark.parametrize(
    ("name", "frequency", "pixel_scale", "beam", "rms"),
    [
        ("first", 1.4e9, 1.8, 5.4, (0.14e-3, 0.16e-3)),
        ("vlass", 3e9, 1.0, 2.5, (120e-6, 170e-6)),
        ("emu", 943.5e6, 2.0, 15.0, (20e-6, 25e-6)),
        ("smgps", 1.3e9, 1.5, 8.0, (10e-6, 20e-6)),
        ("mgcls", 1.28e9, 1.5, 7.8, (3e-6, 5e-6)),
        ("lotss", 144e6, 1.5, 6.0, (83e-6, 83e-6)),
        ("scorpio", 2.1e9, 1.5, 6.5, (30e-6, 100e-6)),
    ],
)
def test_surveys_have_the_published_figures(name, frequency, pixel_scale, beam, rms):
    survey = load_survey(name)
    assert survey.frequency == frequency
    assert survey.pixel_scale == pixel_scale
    assert np.sqrt(survey.beam.major * survey.beam.minor) == pytest.approx(beam, rel=0.01)
    assert rms[0] <= survey.rms <= rms[1]


@pytest.mark.parametrize("name", survey_names())
def test_surveys_that_come_along_are_sound(name):
    survey = load_survey(name)
    assert survey.name == name
    assert survey.title
    assert survey.reference
    assert survey.telescope
    assert survey.beam.minor > 2.2 * survey.pixel_scale
    assert survey.faintest > survey.rms
    chance = survey.chances(np.geomspace(survey.faintest, survey.brightest, 30))
    assert (chance >= 0).all()
    np.testing.assert_allclose(chance.sum(axis=1), 1)


def test_scorpio_has_the_projection_of_the_real_images():
    assert load_survey("scorpio").projection == "NCP"


def test_a_survey_of_ones_own(own):
    survey = load_survey(own)
    assert survey == load_survey(str(own))
    assert (survey.name, survey.rms, survey.faintest) == ("own", 22e-6, pytest.approx(110e-6))
    assert survey.morphologies == ("point", "gaussian", "fr2", "halo")
    assert survey.counts.frequency == survey.frequency == 9e8
    assert survey.populations[2].size == (30.0, 400.0)
    assert survey.populations[2].above == 20.0
    assert survey.diffuse[0].brightness == (5.0, 12.0)
    assert survey.number == {}


def test_an_unknown_survey():
    refuse(lambda: load_survey("emo"), "no survey 'emo': choose one of benchmark, emu, first")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pixel_scale = 2.0", "", "lacks 'pixel_scale'"),
        ("pixel_scale = 2.0", "pixel_scale = -2.0", "pixel_scale must be positive"),
        ("pixel_scale = 2.0", "pixel_scale = ", "not valid TOML"),
        ("pixel_scale = 2.0", "pixel_scale = 'two'", "pixel_scale must be a number, not 'two'"),
        ("pixel_scale = 2.0", "pixel_scale = true", "pixel_scale must be a number, not True"),
        ("pixel_scale = 2.0", "pixel_scale = nan", "pixel_scale must be a number, not nan"),
        ("pixel_scale = 2.0", "pixelscale = 2.0", "is unknown; did you mean 'pixel_scale'"),
        ("[noise]\nrms = 22e-6", "noise = 3", "noise is unknown"),
        ("rms = 22e-6", "", "lacks 'noise.rms'"),
        ("rms = 22e-6", "rms = inf", "noise.rms must be positive"),
        ('law = "hopkins2003"', 'law = "mine"', "must be one of hopkins2003, power_law"),
        ('law = "hopkins2003"', 'law = "power_law"', "lacks 'counts.slope'"),
        ("brightest = 0.3", "brightest = 1e-6", "less than counts.brightest"),
        ('law = "windhorst1990"', 'law = "mine"', "must be one of windhorst1990, log_uniform"),
        ("[sizes]", "[mix]\nequal = 1e-4\n[sizes]", "lacks 'mix.slope'"),
        ("[sizes]", "[mix]\nequal = 0\nslope = 1\n[sizes]", "mix.slope must be positive"),
        ('morphology = "fr2"', 'morphology = "fr22"', "fr22"),
        ('morphology = "fr2"', 'morphology = "point"', "two [[population]] of point"),
        ('morphology = "fr2"', 'morphology = "halo"', "both in population and in diffuse"),
        ('morphology = "fr2"', "", "each [[population]] needs a morphology"),
        ("[[population]]", "[population]", "not valid TOML"),
        ("minor = 10.0", "minor = 15.0", "0 < minor <= major"),
        ("share = 1.0", "share = 1.0\nabove = 9.0", "open to sources of every flux"),
        ("share = 1.0", "share = 0.0", "open to sources of every flux"),
        ("share = 1.0", "shares = 1.0", "population.point.shares is unknown; did you mean"),
        ("share = 1.0", "", "lacks 'population.point.share'"),
        ("share = 1.0", "share = -1.0", "point needs a share"),
        ("share = 1.0", "share = 1.0\nhost = 'me'", "must be one of any, active, star_forming"),
        ("size = [0.0, 3.0]", "size = [3.0, 0.0]", "0 <= smallest <= largest"),
        ("size = [0.0, 3.0]", "size = 3.0", "population.point.size must be 2 numbers, not 3.0"),
        ("per_square_degree = 6.0", "", "lacks 'diffuse.halo.per_square_degree'"),
        ("per_square_degree = 6.0", "per_square_degree = -6", "number of 0 or more per square"),
        ("size = [120.0, 300.0]", "size = [0.0, 300.0]", "0 < smallest <= largest"),
        ("brightness = [5.0, 12.0]", "brightness = [5.0, 1.0]", "lowest <= highest brightness"),
        ("[sizes]", "[number]\nhalo = -1\n[sizes]", "number.halo must be 0 or more"),
        ("[sizes]", "[number]\nhalo = 1.5\n[sizes]", "number.halo must be a whole number"),
        ("[sizes]", "[number]\nhalos = 1\n[sizes]", "did you mean 'number.halo'"),
    ],
)
def test_files_with_a_mistake(own, old, new, message):
    assert old in OWN
    own.write_text(OWN.replace(old, new))
    refuse(lambda: load_survey(own), message, str(own))


def test_a_file_that_is_no_text(own):
    own.write_bytes(b"\xff\xfe\x00")
    refuse(lambda: load_survey(own), str(own))


def test_a_survey_built_on_another(tmp_path, own):
    path = tmp_path / "deep.toml"
    path.write_text(
        """
        base = "own.toml"
        name = "deep"
        [noise]
        rms = 5e-6
        [[population]]
        morphology = "fr2"
        share = 4.0
        [[diffuse]]
        morphology = "snr_shell"
        per_square_degree = 3
        size = [60, 90]
        brightness = [3, 9]
        """
    )
    below, deep = load_survey(own), load_survey(path)
    assert (deep.name, deep.rms, deep.title) == ("deep", 5e-6, below.title)
    assert deep.morphologies == ("point", "gaussian", "fr2", "halo", "snr_shell")
    assert deep.populations[:2] == below.populations[:2]
    assert deep.populations[2].share == 4.0
    assert deep.populations[2].size == below.populations[2].size


def test_a_survey_built_on_one_that_comes_along(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "emu"\nname = "mine"\n[noise]\nrms = 10e-6\n')
    mine, emu = load_survey(path), load_survey("emu")
    assert (mine.name, mine.rms) == ("mine", 10e-6)
    assert mine.faintest == pytest.approx(emu.faintest * 10 / 22)
    assert mine.populations == emu.populations


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ('"own.toml"', "is its own base"),
        ('"nowhere.toml"', "own.toml: there is no survey"),
        ("3", "base must be a text"),
    ],
)
def test_a_base_that_is_none(own, base, message):
    own.write_text(f"base = {base}\n{OWN}")
    refuse(lambda: load_survey(own), message)


def test_sizes_that_the_beam_lets_one_tell(own):
    own.write_text(OWN.replace("size = [30, 400]", "size = [30, 400]\nbeams = [4.0, 20.0]"))
    assert load_survey(own).populations[2].size == (48.0, 240.0)
    coarse = load_survey(own, ["beam.major=200"])
    assert coarse.populations[2].size == (400.0, 400.0)
    np.testing.assert_array_equal(coarse.chances(np.array([0.1]))[0, 2], 0.0)


def test_every_morphology_is_in_some_survey():
    found = {name for survey in survey_names() for name in _living(load_survey(survey))}
    assert set(generator_names()) <= found


def _living(survey):
    flux = np.geomspace(survey.faintest, survey.brightest, 50)
    chance = survey.chances(flux).max(axis=0)
    yield from (
        kind.morphology for kind, most in zip(survey.populations, chance, strict=True) if most > 0
    )
    yield from (kind.morphology for kind in survey.diffuse if kind.per_square_degree > 0)

"""Surveys as files."""

import pytest

from sciarada.core.errors import OptionError
from sciarada.simulate.survey import SURVEYS, load_survey, survey_names


def test_the_names_of_the_surveys_that_come_along():
    assert {"benchmark", "emu"} <= set(survey_names())


@pytest.mark.parametrize("name", survey_names())
def test_surveys_that_come_along_are_sound(name):
    survey = load_survey(name)
    assert survey.name == name
    assert survey.reference
    assert survey.beam.minor > 2.4 * survey.pixel_scale
    assert survey.faintest > survey.rms


def test_emu_is_what_the_file_says():
    survey = load_survey("emu")
    assert (survey.beam.major, survey.pixel_scale, survey.rms) == (15.0, 2.0, 22e-6)
    assert survey.counts.frequency == survey.frequency == 943.5e6
    assert survey.populations[0].morphology == "point"
    assert survey.diffuse[0].size[0] < survey.diffuse[0].size[1]


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    text = (SURVEYS / "emu.toml").read_text()
    path.write_text(text.replace('name = "emu"', 'name = "mine"').replace("22e-6", "10e-6"))
    assert load_survey(path).name == "mine"
    assert load_survey(str(path)).rms == 10e-6


def test_an_unknown_survey():
    with pytest.raises(OptionError, match="no survey 'emo': choose one of benchmark, emu"):
        load_survey("emo")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pixel_scale = 2.0", "", "lacks 'pixel_scale'"),
        ("pixel_scale = 2.0", "pixel_scale = -2.0", "pixel_scale must be positive"),
        ("pixel_scale = 2.0", "pixel_scale = ", "not valid TOML"),
        ("pixel_scale = 2.0", "pixel_scale = 'two'", "pixel_scale must be a number, not 'two'"),
        ("pixel_scale = 2.0", "pixel_scales = 2.0", "pixel_scales is unknown, did you mean 'pixel"),
        ('law = "hopkins2003"', 'law = "mine"', "counts.law must be one of hopkins2003, power_law"),
        ('morphology = "head_tail"', 'morphology = "trail"', "trail"),
        ('morphology = "head_tail"', 'morphology = "fr2"', "two .*population.* of fr2"),
        ('morphology = "head_tail"', 'morphology = "halo"', "both in population and in diffuse"),
        ('morphology = "head_tail"', "", "needs a morphology"),
        ("major = 15.0", "major = 5.0", "0 < minor <= major"),
        ("share = 1.0", "share = 1.0\nabove = 9.0", "open to sources of every flux"),
        ("share = 1.0", "shares = 1.0", "population.point.shares is unknown, did you mean"),
        ("share = 1.0", "", "lacks 'population.point.share'"),
        ("share = 1.0", "share = -1.0", "point needs a share"),
        ("size = [0.0, 3.0]", "size = [3.0, 0.0]", "smallest <= largest"),
        ("size = [0.0, 3.0]", "size = 3.0", "size must be 2 numbers"),
        ("brightest = 0.3", "brightest = 1e-6", "less than counts.brightest"),
    ],
)
def test_files_with_a_mistake(tmp_path, old, new, message):
    path = tmp_path / "wrong.toml"
    text = (SURVEYS / "emu.toml").read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(OptionError, match=message) as caught:
        load_survey(path)
    assert str(path) in str(caught.value)

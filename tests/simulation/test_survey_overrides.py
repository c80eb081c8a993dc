"""Values of a survey that a user types in place of the file's."""

import math
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.errors import OptionError
from sciarada.simulation.survey import load_survey
from sciarada.simulation.survey_file import overridden
from sciarada.simulation.survey_values import checked, nearest, survey_value


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("noise.rms=5e-6", lambda survey: survey.rms == 5e-6),
        (" noise.rms = 5e-6 ", lambda survey: survey.rms == 5e-6),
        ("noise.ripple=0", lambda survey: survey.ripple == 0.0),
        ("counts.density=2", lambda survey: survey.density == 2.0),
        ("centre=10,-20", lambda survey: survey.centre == (10.0, -20.0)),
        ("centre=[10, -20]", lambda survey: survey.centre == (10.0, -20.0)),
        ("title=2021", lambda survey: survey.title == "2021"),
        ("title=A = B", lambda survey: survey.title == "A = B"),
        ('title="quoted"', lambda survey: survey.title == "quoted"),
        ("projection=TAN", lambda survey: survey.projection == "TAN"),
        ("sizes.law=log_uniform", lambda survey: type(survey.sizes).__name__ == "LogUniform"),
        ("number.fr2=50", lambda survey: survey.number == {"fr2": 50}),
        ("diffuse.halo.per_square_degree=30", lambda s: _kind(s, "halo").per_square_degree == 30),
        ("population.fr2.share=2", lambda survey: _kind(survey, "fr2").share == 2.0),
        ("population.fr2.size=40,90", lambda survey: _kind(survey, "fr2").size == (40.0, 90.0)),
        ("population.fr2.host=any", lambda survey: _kind(survey, "fr2").host == "any"),
        ("instrument.border=30", lambda survey: survey.instrument.border == 30.0),
        ("instrument.pointing_grid=square", lambda s: s.instrument.pointing_grid == "square"),
    ],
)
def test_an_override(override, value):
    assert value(load_survey("emu", [override]))
    assert not value(load_survey("emu"))


def _kind(survey, morphology):
    kinds = (*survey.populations, *survey.diffuse)
    return next(kind for kind in kinds if kind.morphology == morphology)


def test_the_last_override_of_a_name_counts_and_others_stay():
    survey = load_survey("emu", ["noise.rms=1", "noise.rms=3e-6", "counts.faintest=4"])
    assert (survey.rms, survey.faintest) == (3e-6, pytest.approx(12e-6))
    assert survey.beam == load_survey("emu").beam


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("noise.rms", ["'noise.rms'", "name=value"]),
        ("=3", ["no survey option ''"]),
        ("noise.rmss=3", ["'noise.rmss'", "did you mean 'noise.rms'?"]),
        ("nose.rms=3", ["did you mean 'noise.rms'?"]),
        ("number.fr3=5", ["did you mean 'number.fr2'?"]),
        ("population.fr2.shares=5", ["did you mean 'population.fr2.share'?"]),
        ("instrument.boarder=5", ["did you mean 'instrument.border'?"]),
        ("population.fr2.morphology=fr1", ["no survey option 'population.fr2.morphology'"]),
        ("noise=3", ["no survey option 'noise'"]),
        ("noise.rms=low", ["'noise.rms=low'", "must be a number"]),
        ("noise.rms=", ["must be a number"]),
        ("noise.rms=true", ["must be a number"]),
        ("number.fr2=2.5", ["must be a whole number"]),
        ("number.fr2=-2", ["number.fr2 must be 0 or more"]),
        ("centre=10", ["must be 2 numbers"]),
        ("centre=10,20,30", ["must be 2 numbers"]),
        ("counts.law=mine", ["must be one of hopkins2003, power_law"]),
        ("noise.rms=-1", ["noise.rms=-1", "noise.rms must be positive"]),
        ("beam.major=1", ["beam.major=1", "0 < minor <= major"]),
        ("instrument.cut=2", ["instrument.cut"]),
        ("centre=10,95", ["centre=10,95", "declination of 95 degrees"]),
        ("projection=FOO", ["projection=FOO", "one of SIN, NCP, TAN"]),
        ("pixel_scale=16", ["pixel_scale is 16 arcsec", "width of the beam, 15"]),
    ],
)
def test_overrides_with_a_mistake(override, words):
    with pytest.raises(OptionError) as caught:
        load_survey("emu", [override])
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_an_east_west_array_does_not_see_the_equator():
    assert load_survey("scorpio", ["centre=10,2"]).centre == (10.0, 2.0)
    with pytest.raises(OptionError, match="NCP does not show the equator"):
        load_survey("scorpio", ["centre=10,0"])


def attempt(function, *arguments):
    """Return what a function returns and no message, or None and why it refuses."""
    try:
        return function(*arguments), ""
    except OptionError as refusal:
        return None, str(refusal)


@settings(max_examples=20)
@given(value=st.floats(1e-9, 1e9))
def test_numbers_are_kept_to_the_last_digit(value):
    assert load_survey("benchmark", [f"frequency={value!r}"]).frequency == value


@settings(max_examples=20)
@given(value=st.floats(allow_nan=False, width=64))
def test_any_number_is_taken_or_refused(value):
    survey, refusal = attempt(load_survey, "benchmark", [f"noise.rms={value!r}"])
    assert survey.rms == value if survey else not 1e-29 < value < 1e-2, refusal


KNOWN = {
    "noise.rms": float,
    "centre": tuple[float, float],
    "title": str,
    "number.point": int,
    "counts.law": Literal["hopkins2003", "power_law"],
    "flag": bool,
}
ANYTHING = st.one_of(
    st.text(), st.floats(), st.integers(), st.booleans(), st.lists(st.integers(), max_size=3)
)


@given(value=ANYTHING)
def test_whatever_is_typed_has_the_type_wanted_or_is_refused_in_one_sentence(value):
    for name, hint in KNOWN.items():
        got, refusal = attempt(overridden, {}, [f"{name}={value}"], KNOWN)
        if got is None:
            assert "\n" not in refusal
            assert hint is not str
        else:
            assert checked(got[name], hint) == got[name]


@given(name=st.text(), values=st.dictionaries(st.sampled_from(sorted(KNOWN)), st.integers()))
def test_unknown_names_are_refused_and_others_kept(name, values):
    with pytest.raises(OptionError, match="there is no survey option"):
        overridden(values, [f"x{name.replace('=', '')}=1"], KNOWN)
    assert overridden(values, [], KNOWN) == values
    assert overridden(values, ["title=a", "flag=yes"], KNOWN) == {
        **values,
        "title": "a",
        "flag": True,
    }


@given(value=st.floats(allow_nan=False))
def test_a_typed_number_comes_back(value):
    assert survey_value(repr(value), float) == value
    assert survey_value(str(math.trunc(value) if math.isfinite(value) else 0), int) is not None


@given(pair=st.tuples(st.floats(allow_nan=False), st.integers(-(2**60), 2**60)))
def test_a_typed_pair_comes_back(pair):
    for text in ("{!r},{!r}", "[{!r}, {!r}]"):
        assert survey_value(text.format(*pair), tuple[float, float]) == (pair[0], float(pair[1]))


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ("On", True), ("true", True), ("no", False), ("off", False)]
)
def test_words_for_true_and_false(text, value):
    assert survey_value(text, bool) is value


@pytest.mark.parametrize(("text", "hint"), [("1", bool), ("true", int), ("maybe", bool)])
def test_a_number_is_no_truth(text, hint):
    with pytest.raises(ValueError, match=r"true or false|a whole number"):
        survey_value(text, hint)


def test_optional_values():
    assert checked(None, float | None) is None
    assert checked(2, float | None) == 2.0


def test_all_names_are_listed_where_none_is_near():
    assert nearest("zzz", ["a", "b"]) == "; choose one of a, b"
    assert nearest("zzz", map(str, range(30))).endswith(", 18, 19, ...")

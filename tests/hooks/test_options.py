"""Options: from what a user types to a dataclass, and back."""

import dataclasses
import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import OptionError
from sciarada.hooks.options import (
    describe_options,
    option,
    options_of_record,
    parse_options,
    resolved,
)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Options:
    level: float = option(5.0, help="least signal to noise", unit="sigma", min=1, max=100)
    count: int = option(3, help="how many", min=0)
    deblend: bool = option(True, help="split blends")
    mode: Literal["fast", "good"] = option("fast", help="how to work")
    colour: Colour = option(Colour.RED, help="of the box")
    box: tuple[int, int] = option((64, 32), help="mesh", unit="pixels", min=1)
    scales: tuple[float, ...] = option((1.0, 2.5), help="of the filters")
    limit: float | None = option(None, help="stop here")
    old_style: Optional[int] = option(None, help="the older spelling")  # noqa: UP045
    model: Path = option(Path("a.fits"), help="what to fit")
    label: str = option("", help="a note")


TYPED = [
    ("level=7.5", "level", 7.5),
    (" level = 7.5 ", "level", 7.5),
    ("level=1e1", "level", 10.0),
    ("count=0", "count", 0),
    ("deblend=no", "deblend", False),
    ("deblend=TRUE", "deblend", True),
    ("mode=good", "mode", "good"),
    ("colour=blue", "colour", Colour.BLUE),
    ("box=8,16", "box", (8, 16)),
    ("box=8, 16", "box", (8, 16)),
    ("scales=", "scales", ()),
    ("scales=4", "scales", (4.0,)),
    ("limit=none", "limit", None),
    ("limit=inf", "limit", float("inf")),
    ("limit=3", "limit", 3.0),
    ("old-style=4", "old_style", 4),
    ("model=/a/b=c", "model", Path("/a/b=c")),
    ("label=two words", "label", "two words"),
]


@pytest.mark.parametrize(("typed", "name", "value"), TYPED)
def test_a_value_is_read_and_the_others_keep_their_defaults(typed, name, value):
    options = parse_options(Options, (typed,))
    assert options == dataclasses.replace(Options(), **{name: value})
    assert type(getattr(options, name)) is type(value)


WRONG = [
    ("level=high", "level=high of islands cannot be used: it must be a number"),
    ("level=nan", "it must be a number"),
    ("level=0.5", "it must be between 1 and 100"),
    ("level=101", "it must be between 1 and 100"),
    ("count=2.5", "it must be a whole number"),
    ("count=-1", "it must be at least 0"),
    ("deblend=maybe", "it must be yes or no"),
    ("mode=best", "it must be one of fast, good"),
    ("colour=green", "it must be one of red, blue"),
    ("box=8", "it must be 2 values with commas between (a whole number, a whole number)"),
    ("box=8,b", "it must be 2 values"),
    ("box=0,5", "it must be at least 1"),
    ("scales=1,x", "it must be values with commas between, each a number"),
    ("limit=x", "it must be a number or none"),
    ("level", "the option 'level' of islands must be given as name=value"),
    ("levle=5", "islands has no option 'levle' (it has level, count, "),
    ("levle=5", "; did you mean 'level'?"),
    ("=5", "islands has no option ''"),
]


@pytest.mark.parametrize(("typed", "message"), WRONG)
def test_what_cannot_be_used_is_refused_in_one_sentence(typed, message):
    with pytest.raises(OptionError) as caught:
        parse_options(Options, ("count=1", typed), plugin="islands")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_last_assignment_counts():
    assert parse_options(Options, ("count=1", "count=2")).count == 2


def test_what_the_class_itself_refuses_is_refused():
    @dataclass(frozen=True)
    class Pair:
        low: float = 1.0
        high: float = 2.0

        def __post_init__(self):
            if self.low > self.high:
                raise ValueError("low must not be above high")

    with pytest.raises(OptionError, match="options of pair cannot be used: low must not be above"):
        parse_options(Pair, ("low=3",), plugin="pair")


def test_an_option_without_a_default_must_be_given():
    @dataclass(frozen=True)
    class Needy:
        model: str

    assert parse_options(Needy, ("model=x",)).model == "x"
    with pytest.raises(OptionError, match="model"):
        parse_options(Needy, ())


def test_a_plugin_without_options():
    assert parse_options(None, ()) is None
    assert resolved(None) == {}
    assert describe_options(None) == []
    with pytest.raises(OptionError, match="bare has no options, so 'level' cannot be set"):
        parse_options(None, ("level=5",), plugin="bare")


def test_a_type_that_cannot_be_typed_is_named():
    @dataclass(frozen=True)
    class Odd:
        table: dict = dataclasses.field(default_factory=dict)

    with pytest.raises(OptionError, match=r"option table of odd cannot be used: .* not supported"):
        parse_options(Odd, ("table=1",), plugin="odd")


def test_types_that_cannot_be_understood_are_named():
    @dataclass(frozen=True)
    class Odd:
        level: "Unknown" = 1  # noqa: F821

    with pytest.raises(OptionError, match=r"options of odd are declared with types .* NameError"):
        parse_options(Odd, (), plugin="odd")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("no"), "the options of odd cannot be used: no"),
        (KeyError("no"), "the options of odd cannot be used: KeyError: 'no'"),
        (SystemExit("bye"), "the options of odd cannot be used: SystemExit: bye"),
        (RecursionError(), "the options of odd cannot be used: RecursionError"),
        (KeyboardInterrupt(), "the options of odd cannot be used: KeyboardInterrupt"),
        (OptionError("level is odd"), "level is odd"),
    ],
)
def test_whatever_validation_raises_is_a_wrong_option(error, sentence):
    @dataclass(frozen=True)
    class Odd:
        level: int = 1

        def __post_init__(self):
            raise error

    with pytest.raises(OptionError) as caught:
        parse_options(Odd, ["level=2"], plugin="odd")
    assert str(caught.value) == sentence


def test_help_says_type_default_limits_and_unit():
    infos = {info.name: info for info in describe_options(Options)}
    assert list(infos) == [field.name for field in dataclasses.fields(Options)]
    assert str(infos["level"]) == (
        "level=5.0  least signal to noise (a number, between 1 and 100, sigma)"
    )
    assert infos["box"].default == "64,32"
    assert infos["colour"].type == "one of red, blue"
    assert infos["limit"].type == "a number or none"
    assert (infos["deblend"].default, infos["deblend"].type) == ("yes", "yes or no")


def test_the_help_of_a_plain_dataclass():
    @dataclass(frozen=True)
    class Plain:
        level: float = 5.0
        names: tuple[str, ...] = dataclasses.field(default_factory=tuple)
        needed: int = dataclasses.field(kw_only=True)

    assert [(info.name, info.default, info.help) for info in describe_options(Plain)] == [
        ("level", "5.0", ""),
        ("names", "", ""),
        ("needed", "...", ""),
    ]


def test_the_record_is_json_of_every_option():
    record = json.loads(json.dumps(resolved(Options(level=6.0, limit=2.0))))
    assert record == {
        "level": 6.0,
        "count": 3,
        "deblend": True,
        "mode": "fast",
        "colour": "red",
        "box": [64, 32],
        "scales": [1.0, 2.5],
        "limit": 2.0,
        "old_style": None,
        "model": "a.fits",
        "label": "",
    }


@given(
    st.builds(
        Options,
        level=st.floats(1, 100),
        count=st.integers(0, 10**12),
        deblend=st.booleans(),
        mode=st.sampled_from(["fast", "good"]),
        colour=st.sampled_from(Colour),
        box=st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
        scales=st.lists(st.floats(allow_nan=False), max_size=4).map(tuple),
        limit=st.none() | st.floats(allow_nan=False),
        label=st.text(alphabet="abc =,-", max_size=8).map(str.strip),
    )
)
def test_what_help_shows_as_the_default_can_be_typed(options):
    like_it = dataclasses.make_dataclass(
        "Like",
        [
            (field.name, field.type, option(getattr(options, field.name), help="x"))
            for field in dataclasses.fields(Options)
        ],
        frozen=True,
    )
    typed = [f"{info.name}={info.default}" for info in describe_options(like_it)]
    assert dataclasses.asdict(parse_options(Options, typed)) == dataclasses.asdict(options)


@dataclass(frozen=True)
class Renamed:
    min_pixels: int = option(5, help="smallest area", min=1, formerly=("least_pixels",))


def test_an_earlier_name_of_an_option_is_accepted_and_the_present_one_is_named(caplog):
    assert parse_options(Renamed, ("least-pixels=7",), plugin="islands") == Renamed(7)
    assert caplog.messages == ["the option least_pixels of islands is now called min_pixels"]
    assert [info.name for info in describe_options(Renamed)] == ["min_pixels"]
    with pytest.raises(OptionError, match=r"min_pixels=0 of islands cannot be used"):
        parse_options(Renamed, ("least_pixels=0",), plugin="islands")


def test_a_record_under_the_earlier_name_of_an_option_is_read_silently(caplog):
    assert options_of_record(Renamed, {"least_pixels": 7}) == Renamed(7)
    assert not caplog.messages

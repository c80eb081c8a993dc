"""The names of a new plugin are valid in Python, for pip and for users, and are free."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from sciarada.errors import OptionError
from sciarada.hooks.specs import NAME
from sciarada.scaffold.names import LONGEST, PluginName, check_free

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,5}([_-][a-z0-9]{1,6}){0,3}", fullmatch=True)


@given(WORDS)
def test_a_valid_name_gives_valid_names_everywhere(text):
    name = PluginName(text)
    assert name.package.isidentifier()
    assert not keyword.iskeyword(name.package)
    assert canonicalize_name(name.distribution) == name.distribution
    assert NAME.fullmatch(name.name)


@pytest.mark.parametrize(
    "text",
    ["", "Peaks", "9lives", "two words", "a.b", "-a", "a-", "a--b", "é", "../up", "a" * 31, "a\n"],
)
def test_other_names_are_refused_in_one_sentence(text):
    with pytest.raises(OptionError, match="give lower-case letters and digits") as refusal:
        PluginName(text)
    assert "\n" not in str(refusal.value)


def test_the_longest_name_is_accepted():
    assert PluginName("a" * LONGEST).package == "sciarada_" + "a" * LONGEST


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("islands", "detector", "a package sciarada_islands is installed already"),
        ("flip", "augmentation", "sciarada/views offers augmentation flip already"),
        ("detect", "command", "sciarada has a command detect of its own"),
    ],
)
def test_names_that_are_taken_are_refused(name, kind, sentence):
    with pytest.raises(OptionError, match=sentence):
        check_free(PluginName(name), kind, ("detect",))


def test_a_name_may_be_that_of_another_kind():
    check_free(PluginName("flip"), "detector")

"""The end of messages about unknown names."""

from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import did_you_mean

KNOWN = ["detect", "evaluate", "weights.export"]


def test_a_similar_name_is_suggested():
    assert did_you_mean("detcet", KNOWN) == "; did you mean 'detect'?"
    assert did_you_mean("detcet", iter(KNOWN), "there are three") == "; did you mean 'detect'?"


def test_several_names_are_suggested_on_request():
    names = ["resnet18", "resnet19", "resnet34", "vgg11"]
    assert did_you_mean("resnet17", names).count("'") == 2
    hint = did_you_mean("resnet1", names, most=2)
    assert hint == "; did you mean 'resnet19' or 'resnet18'?"


def test_without_a_similar_name_the_message_ends_otherwise():
    assert did_you_mean("xyz", KNOWN) == ""
    assert did_you_mean("xyz", KNOWN, "choose one") == "; choose one"
    assert did_you_mean("xyz", []) == ""


@given(st.lists(st.text(min_size=1), unique=True), st.text(min_size=1))
def test_only_known_names_are_suggested(known, name):
    hint = did_you_mean(name, known)
    assert hint in {"", *(f"; did you mean {each!r}?" for each in known)}

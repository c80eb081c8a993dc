"""Names of columns after classes."""

from hypothesis import given
from hypothesis import strategies as st

from sciarada.evaluation.class_columns import class_columns


def test_names_are_plain_and_short():
    assert class_columns("p_", ["FR I", "FR-I", "fr_i"]) == ["p_FR_I", "p_FR_I_2", "p_fr_i_3"]
    assert class_columns("f1_", ["x" * 200]) == ["f1_" + "x" * 40]


@given(st.lists(st.text(min_size=1), max_size=9))
def test_no_two_are_alike_whatever_their_case(classes):
    made = class_columns("given_", classes)
    assert len({name.lower() for name in made}) == len(classes)
    assert all(name.isascii() and name.isidentifier() for name in made)

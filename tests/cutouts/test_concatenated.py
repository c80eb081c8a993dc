"""Sets that are one, and the names by which their parts are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.cutouts.concatenated import distinct_names


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["a", "a", "a-2"], ["a", "a-2", "a-2-2"]),
        (["a-2", "a", "a"], ["a-2", "a", "a-3"]),
    ],
)
def test_names_that_occur_again_get_a_number(names, expected):
    assert distinct_names(names) == expected


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "a-2-2", "b"]), max_size=12))
def test_no_two_names_are_alike(names):
    made = distinct_names(names)
    assert len(set(made)) == len(names)
    assert all(new.startswith(old) for new, old in zip(made, names, strict=True))

"""Rows of a table and the cutouts that they belong to."""

import pytest

from sciarada.core.errors import CatalogueError
from sciarada.nn.probes.joining import rows_by_key


def rows(wanted, keys):
    return rows_by_key(wanted, keys, "labels.csv", "file").tolist()


@pytest.mark.parametrize(
    ("wanted", "keys", "expected"),
    [
        (["x/a.png", "b.png"], ["b.png", "a.png"], [1, 0]),  # the set has the folder
        (["a.png", "b.png"], ["b.png", "x/a.png"], [1, 0]),  # the table has it
        (["x/a.png", "y/a.png"], ["y/a.png", "x/a.png"], [1, 0]),  # both have
        (["x/a.png"], ["a.png", "x/a.png"], [1]),  # what is equal comes first
        (["x/a.png"], ["y/a.png"], [-1]),
        (["x/a.png", "x/a.png"], ["a.png"], [0, 0]),  # two cutouts of one file
        ([], ["a"], []),
    ],
)
def test_a_folder_may_be_missing_on_one_side(wanted, keys, expected):
    assert rows(wanted, keys) == expected


@pytest.mark.parametrize(
    ("wanted", "keys", "sentence"),
    [
        (["x/a", "y/a"], ["a"], "file of labels.csv has a, which may be x/a or y/a of the set"),
        (["a", "x/a"], ["a"], "file of labels.csv has a, which may be a or x/a of the set"),
        (["a"], ["x/a", "y/a"], "set has a, which may be x/a or y/a of the file of labels.csv"),
        (["a"], ["a", "a"], "labels.csv has a file twice"),
    ],
)
def test_what_needs_its_folder_is_not_guessed(wanted, keys, sentence):
    with pytest.raises(CatalogueError, match=sentence):
        rows(wanted, keys)

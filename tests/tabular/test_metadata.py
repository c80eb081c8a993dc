from pathlib import PurePosixPath

import numpy as np
import pytest

from sciarada.errors import CatalogueError
from sciarada.tabular.metadata import flat_items, plain_metadata


def test_everything_becomes_plain():
    meta = {
        "array": np.arange(2),
        "scalar": np.float32(0.5),
        "flag": np.bool_(True),
        "path": PurePosixPath("a/b.fits"),
        "pair": (1, "x"),
        "nan": float("nan"),
        "infinite": np.float64("inf"),
        "nested": {"none": None},
    }
    plain = plain_metadata(meta)
    assert plain == {
        "array": [0, 1],
        "scalar": 0.5,
        "flag": True,
        "path": "a/b.fits",
        "pair": [1, "x"],
        "nan": None,
        "infinite": None,
        "nested": {"none": None},
    }
    assert type(plain["flag"]) is bool
    assert type(plain["scalar"]) is float


def test_the_result_shares_nothing_with_what_was_given():
    meta = {"list": [1], "dict": {}}
    plain = plain_metadata(meta)
    meta["list"].append(2)
    meta["dict"]["x"] = 1
    assert plain == {"list": [1], "dict": {}}


@pytest.mark.parametrize("value", [{1: "a"}, {"x": object()}, {"x": b"bytes"}, {"x": {3}}])
def test_what_no_format_holds_is_refused(value):
    with pytest.raises(CatalogueError, match="catalogue metadata hold"):
        plain_metadata(value)


def test_leaves_have_dotted_names():
    meta = {"a": 1, "b": {"c": {"d": None}, "e": [1, "x"]}}
    assert list(flat_items(meta)) == [("a", 1), ("b.c.d", None), ("b.e", "1, x")]

"""Vectors that wait on disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.io.vector_file import kept_on_disk


@given(sizes=st.lists(st.integers(0, 5), min_size=1, max_size=6), dimension=st.integers(1, 7))
def test_arrays_come_back_as_they_were_and_more_than_once(sizes, dimension, tmp_path_factory):
    rng = np.random.default_rng(1)
    arrays = [rng.normal(size=(n, dimension)).astype(np.float32) for n in sizes]
    folder = tmp_path_factory.getbasetemp()
    with kept_on_disk(folder, iter(arrays)) as kept:
        assert len(kept) == sum(sizes)
        for _ in range(2):
            for one, other in zip(kept.arrays(), arrays, strict=True):
                np.testing.assert_array_equal(one, other)


def test_nothing_stays_in_the_folder(tmp_path):
    with kept_on_disk(tmp_path, [np.ones((2, 3), np.float32)]) as kept:
        pass
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="closed"):
        list(kept.arrays())

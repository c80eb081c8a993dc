"""Order along rows against torch's own, and its two ways against each other."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sciarada.nn.channels.order import ordering, running_sums, sorted_rows

ROWS = arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 30)),
    elements=st.sampled_from([-3.5, -0.0, 0.0, 1e-40, 1.0, 2.5, np.inf, np.nan]),
)


@given(values=ROWS)
def test_rows_ascend_and_equal_values_share_a_place(values):
    values = torch.tensor(values)
    order, first = ordering(values)
    ordered = torch.gather(values, 1, order)
    assert torch.equal(ordered.nan_to_num(9e9), values.sort(dim=1).values.nan_to_num(9e9))
    assert torch.equal(sorted_rows(values).nan_to_num(9e9), ordered.nan_to_num(9e9))
    fainter = (values[:, None, :] < values[:, :, None]).sum(dim=2)
    expected = torch.gather(fainter, 1, order)
    there = ~torch.isnan(ordered)
    assert torch.equal(first[there].long(), expected[there])


def test_running_sums_begin_with_nothing():
    sums = running_sums(torch.tensor([[1.0, 2.0, 4.0], [0.5, -0.5, torch.nan]]))
    assert sums[:, :3].tolist() == [[0, 1, 3], [0, 0.5, 0]]
    assert sums[0, 3] == pytest.approx(7)

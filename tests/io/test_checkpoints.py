"""Finished steps are stored as arrays, read back as they were, and not computed again."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sciarada.geometry.windows import Window
from sciarada.io.checkpoints import Remembered, pack_regions, unpack_regions


@dataclass(frozen=True)
class Number:
    value: float

    def to_arrays(self):
        return {"value": np.array(self.value)}

    @classmethod
    def from_arrays(cls, arrays):
        return cls(float(arrays["value"]))


class Squares:
    """A step that counts how often it works."""

    def __init__(self) -> None:
        self.calls = []

    def __call__(self, item: int) -> Number:
        self.calls.append(item)
        if item < 0:
            raise ArithmeticError("negative")
        return Number(float(item * item))


def remembered(step, folder) -> Remembered:
    return Remembered(step, Number, folder, lambda item: f"item-{item:03d}")


@st.composite
def regions(draw):
    mask = draw(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
    y0, x0 = draw(st.integers(-5, 10**6)), draw(st.integers(-5, 10**6))
    return Window(y0, y0 + mask.shape[0], x0, x0 + mask.shape[1]), mask


@given(st.lists(regions(), max_size=6))
def test_regions_survive_packing(given_regions):
    back = unpack_regions(pack_regions(given_regions))
    assert [window for window, _ in back] == [window for window, _ in given_regions]
    for (_, mask), (_, expected) in zip(back, given_regions, strict=True):
        assert mask.dtype == bool
        np.testing.assert_array_equal(mask, expected)


def test_a_finished_step_is_not_run_again(tmp_path):
    first, second = Squares(), Squares()
    assert remembered(first, tmp_path)(7) == Number(49.0)
    assert remembered(second, tmp_path)(7) == Number(49.0)
    assert remembered(second, tmp_path)(8) == Number(64.0)
    assert (first.calls, second.calls) == ([7], [8])


def test_a_failing_step_is_not_remembered(tmp_path):
    step = Squares()
    for _ in range(2):
        with pytest.raises(ArithmeticError):
            remembered(step, tmp_path)(-1)
    assert step.calls == [-1, -1]
    assert list(tmp_path.iterdir()) == []


def test_what_was_cut_off_while_it_was_stored_is_computed_again(tmp_path):
    remembered(Squares(), tmp_path)(3)
    (stored,) = tmp_path.iterdir()
    content = stored.read_bytes()
    stored.unlink()

    class Killed(Number):
        def to_arrays(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remembered(lambda item: Killed(1.0), tmp_path)(3)
    step = Squares()
    assert remembered(step, tmp_path)(3) == Number(9.0)
    assert step.calls == [3]
    assert stored.read_bytes() == content

import os

from hypothesis import given
from hypothesis import strategies as st

from sciarada.tabular.file_names import LONGEST, fitting_name


@given(st.text("aσ星\udcff", min_size=1, max_size=300), st.sampled_from(["", "_sciarada"]))
def test_names_fit(stem, suffix):
    name = fitting_name(stem, suffix, ".")
    assert len(os.fsencode(name)) <= LONGEST
    assert name.startswith(".")
    assert name.endswith(suffix)
    if len(os.fsencode(f".{stem}{suffix}")) <= LONGEST:
        assert name == f".{stem}{suffix}"


def test_names_that_are_cut_differ():
    assert len({fitting_name("x" * length, ".partial") for length in range(240, 300)}) == 60

"""Tables of partners come back for their own set, and for no other."""

import numpy as np
import pytest

from sciarada.errors import CutoutError, OutputError
from sciarada.io.partners import read_partners, write_partners

TABLE = np.array([[1, 2], [0, -1], [-1, -1]])


def test_a_table_comes_back(tmp_path):
    write_partners(tmp_path / "p.npz", TABLE, "abc")
    found = read_partners(tmp_path / "p.npz", "abc")
    assert found.dtype == np.int64
    assert (found == TABLE).all()
    assert [path.name for path in tmp_path.iterdir()] == ["p.npz"]


def test_that_of_another_set_is_refused(tmp_path):
    write_partners(tmp_path / "p.npz", TABLE, "abc")
    with pytest.raises(CutoutError, match="another set"):
        read_partners(tmp_path / "p.npz", "abd")


def test_a_table_is_not_replaced_unasked(tmp_path):
    write_partners(tmp_path / "p.npz", TABLE, "abc")
    with pytest.raises(OutputError, match="exists already"):
        write_partners(tmp_path / "p.npz", TABLE, "abc")
    write_partners(tmp_path / "p.npz", TABLE, "new", overwrite=True)
    assert (read_partners(tmp_path / "p.npz", "new") == TABLE).all()


@pytest.mark.parametrize("content", [None, b"", b"rubbish", "cut", "other"])
def test_rubbish_is_refused(tmp_path, content):
    path = tmp_path / "p.npz"
    write_partners(path, TABLE, "abc")
    if content is None:
        path.unlink()
    elif content == "cut":
        path.write_bytes(path.read_bytes()[:100])
    elif content == "other":
        np.savez(path, something=TABLE)
    else:
        path.write_bytes(content)
    with pytest.raises(CutoutError, match="not a table of partners"):
        read_partners(path, "abc")

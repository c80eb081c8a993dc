import errno
import os

import pytest

from sciarada.errors import OutputError
from sciarada.io.atomic import atomic_path


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half_and_fail(path, error, overwrite=False):
    with atomic_path(path, overwrite) as part:
        part.write_text("half")
        raise error


def test_the_file_appears_at_the_end_only(tmp_path):
    path = tmp_path / "x.txt"
    with atomic_path(path) as part:
        part.write_text("new")
        assert part.is_relative_to(tmp_path)
        assert not path.exists()
    assert names_in(tmp_path) == ["x.txt"]
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_all_is_as_before(tmp_path, error):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(error):
        write_half_and_fail(path, error, overwrite=True)
    assert names_in(tmp_path) == ["x.txt"]
    assert path.read_text() == "old"


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(OutputError, match=r"x\.txt exists already; .*--overwrite"):
        atomic_path(path).__enter__()
    with atomic_path(path, overwrite=True) as part:
        part.write_text("new")
    assert path.read_text() == "new"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*x: there is no folder .*missing"):
        write_half_and_fail(tmp_path / "missing" / "x", None)


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    with pytest.raises(OutputError, match="No space left on device"):
        write_half_and_fail(tmp_path / "x", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert names_in(tmp_path) == []

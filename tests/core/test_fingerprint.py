"""Quick identities of files and arrays."""

import numpy as np
import pytest

from sciarada.core import fingerprint
from sciarada.core.fingerprint import combined, file_fingerprint


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A file of which only some blocks are read."""
    monkeypatch.setattr(fingerprint, "BLOCK", 16)
    monkeypatch.setattr(fingerprint, "BLOCKS", 4)
    path = tmp_path / "large"
    path.write_bytes(bytes(range(200)))
    return path


def test_every_byte_of_a_small_file_counts(tmp_path):
    path, content = tmp_path / "small", bytearray(200)
    path.write_bytes(content)
    before = file_fingerprint(path)
    content[117] = 1
    path.write_bytes(content)
    assert file_fingerprint(path) != before


@pytest.mark.parametrize("change", [0, 199, 61, 64])
def test_blocks_of_a_large_file_count(large, change):
    before = file_fingerprint(large)
    content = bytearray(large.read_bytes())
    content[change] ^= 255
    large.write_bytes(content)
    assert file_fingerprint(large) != before


def test_the_length_counts(large):
    before = file_fingerprint(large)
    large.write_bytes(large.read_bytes() + b"\0")
    assert file_fingerprint(large) != before


def test_order_kind_and_borders_of_parts_count():
    parts = [
        ["ab", "c"], ["a", "bc"], ["c", "ab"], [np.array(["ab", "c"])], [np.array(["abc"])],
        [np.arange(3)], [np.arange(3.0)], [np.arange(4)],
    ]  # fmt: skip
    assert len({combined(each) for each in parts}) == len(parts)


def test_bytes_are_in_one_order_on_every_machine():
    numbers = np.arange(5.0)
    assert combined([numbers.astype(">f8")]) == combined([numbers.astype("<f8")])

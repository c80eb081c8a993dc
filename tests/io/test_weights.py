import hashlib
import json
import pickle
import struct
from dataclasses import replace

import numpy as np
import pytest

from sciarada.core.model_card import ModelCard
from sciarada.core.sky_cover import SkyCover
from sciarada.errors import OutputError, WeightsError
from sciarada.io.weights import (
    LARGEST_CARD,
    card_path,
    read_card,
    read_cover,
    read_weights,
    write_weights,
)

CARD = ModelCard(
    name="tiny",
    version="1",
    encoder="simclr",
    options={"backbone": "resnet18", "channels": "sclip3"},
    npix=64,
    dimension=512,
    sha256="",
    trained_on=({"name": "first", "cutouts": 10},),
    metrics=({"measure": "macro-F1", "value": 0.5},),
    hours=1.5,
)
TENSORS = {
    "a.weight": np.arange(6, dtype=np.float16).reshape(2, 3),
    "count": np.array(7, np.int64),
    "b": np.random.default_rng(1).normal(size=(3, 1, 2)).astype(np.float32)[::-1],
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tiny.safetensors"
    write_weights(TENSORS, CARD, path)
    return path


def test_weights_and_card_come_back(path):
    tensors, card = read_weights(path)
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        np.testing.assert_array_equal(tensors[name], tensor)
        assert tensors[name].dtype == tensor.dtype
    assert card == replace(CARD, sha256=card.sha256)
    assert card == read_card(path)
    assert card.model_id == f"tiny@1+{card.sha256[:12]}"
    assert len(card.sha256) == 64


def test_the_same_weights_give_the_same_file(path, tmp_path):
    other = tmp_path / "other.safetensors"
    write_weights(dict(reversed(TENSORS.items())), CARD, other)
    assert other.read_bytes() == path.read_bytes()


def test_one_changed_bit_is_seen(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="it was changed or damaged"):
        read_weights(path)


def test_a_card_that_fits_does_not_help_against_a_pinned_hash(path):
    digest = read_card(path).sha256
    assert read_weights(path, digest)[1].sha256 == digest
    with pytest.raises(WeightsError, match="not 000000000000"):
        read_weights(path, "0" * 64)


def test_pickles_are_never_read(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(WeightsError, match="pickled weights"):
        read_weights(path)
    with pytest.raises(WeightsError, match=r"NAME\.safetensors"):
        write_weights(TENSORS, CARD, path)


def test_what_holds_no_tensors_is_told(path):

    path.write_bytes(b"nothing of the kind")
    card = json.loads(card_path(path).read_text())
    card["sha256"] = hashlib.sha256(b"nothing of the kind").hexdigest()
    card_path(path).write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="holds no safetensors"):
        read_weights(path)


def safetensors(header, data=b"", length=None):
    """Return a file with a header that nobody has checked."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def entry(shape, stop, kind="U8"):
    return {"dtype": kind, "shape": shape, "data_offsets": [0, stop]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        safetensors({}, length=2**62),
        safetensors({}, length=90_000_000),
        safetensors(b"[" * 100_000),
        safetensors(b"\xff\xfe"),
        safetensors({"a": entry([40], 40)}, b"0000"),
        safetensors({"a": entry([4], 4)}, b"0" * 400),
        safetensors({"a": entry([2**40, 2**40], 4)}, b"0000"),
        safetensors({"a": entry([4], 4), "b": entry([4], 4)}, b"0000"),
        safetensors({"a": entry([2], 4, "BF16")}, b"0000"),
        safetensors({"a": entry([4], 4, "pickle")}, b"0000"),
    ],
)
def test_files_made_in_bad_faith_are_one_sentence(path, data):
    path.write_bytes(data)
    card = json.loads(card_path(path).read_text())
    card["sha256"] = hashlib.sha256(data).hexdigest()
    card_path(path).write_text(json.dumps(card))
    with pytest.raises(WeightsError, match=r"holds no safetensors|of the kind 'BF16'"):
        read_weights(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("npix", "64"),
        ("options", []),
        ("trained_on", 5),
        ("crop", ["whole"]),
        ("frame", ["whole"]),
        ("hours", True),
    ],
)
def test_entries_of_another_type_are_told(path, name, value):
    card_path(path).write_text(json.dumps(CARD.as_json() | {name: value}))
    with pytest.raises(WeightsError, match=f"in the model card {name}.* must be .*, not"):
        read_card(path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("npix", 0, "npix must be from 1 to 4096, not 0"),
        ("npix", 10**9, "npix must be from 1 to 4096, not 1000000000"),
        ("dimension", -1, "dimension must be from 1 to 1048576, not -1"),
        ("dimension", 10**30, "dimension must be from 1 to 1048576"),
        ("trained_on", ["x"], r"trained_on\[0\] must be a table of names and values, not"),
        ("metrics", [5], r"metrics\[0\] must be a table of names and values, not 5"),
        ("crop", "half", "crop must be one of whole, source, not"),
        ("kind", "hub", "kind must be one of encoder, detector, classifier, describer, not"),
        ("frame", "half", "frame must be one of whole, source, not"),
    ],
)
def test_entries_that_make_no_sense_are_told(path, name, value, said):
    card_path(path).write_text(json.dumps(CARD.as_json() | {name: value}))
    with pytest.raises(WeightsError, match=said):
        read_card(path)


@pytest.mark.parametrize("text", ["[" * 100_000, " " * (LARGEST_CARD + 1)])
def test_cards_that_would_not_end_are_refused(path, text):
    card_path(path).write_text(text)
    with pytest.raises(WeightsError, match=r"more than (40 levels|10,000,000 bytes)"):
        read_card(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (None, "has no model card"),
        ("{", r"tiny\.json is not JSON, or cut short: line 1"),
        ('{"a": NaN}', r"tiny\.json has NaN, which is not a number"),
        ('{"a": 1, "a": 2}', r"tiny\.json has 'a' twice"),
        ('{"a": 1e999}', r"tiny\.json has a number that is too large"),
        ("[]", "not a model card of format 1"),
        ('{"format": 2}', "not a model card of format 1"),
        ('{"format": 1, "name": "x"}', "name is missing|version is missing"),
    ],
)
def test_a_card_that_is_none_is_one_sentence(path, change, sentence):
    if change is None:
        card_path(path).unlink()
    else:
        card_path(path).write_text(change)
    with pytest.raises(WeightsError, match=sentence):
        read_weights(path)


def test_unknown_entries_of_a_card_are_told(path):
    values = CARD.as_json() | {"colour": "red"}
    with pytest.raises(WeightsError, match="unknown entry colour"):
        ModelCard.from_json(values)


def test_nothing_is_replaced_unasked(path):
    before = path.read_bytes(), card_path(path).read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        write_weights({"x": np.zeros(1)}, CARD, path)
    assert before == (path.read_bytes(), card_path(path).read_bytes())
    write_weights({"x": np.zeros(1)}, CARD, path, overwrite=True)
    assert list(read_weights(path)[0]) == ["x"]
    assert len(list(path.parent.iterdir())) == 2


def test_weights_tell_where_they_were_trained(tmp_path):
    cover = SkyCover([0.0, 359.9999], [-89.5, 12.25], [60.0, np.nan])
    path = tmp_path / "first.safetensors"
    card = write_weights(TENSORS, CARD, path, cover=cover)
    tensors, again = read_weights(path)
    assert again == card
    assert set(tensors) == set(TENSORS)
    read = read_cover(path)
    np.testing.assert_array_equal(read.ra, cover.ra)
    np.testing.assert_array_equal(read.size, cover.size)
    assert np.abs(read.ra[1] - 359.9999) * 3600 < 0.1
    write_weights(TENSORS, CARD, path, overwrite=True)
    assert read_cover(path) is None
    with pytest.raises(WeightsError, match="does not say where it was trained"):
        read_cover(tmp_path / "none.safetensors")


def test_a_card_that_calls_the_crop_a_frame_is_read(path):
    values = CARD.as_json() | {"frame": "source"}
    del values["crop"]
    card_path(path).write_text(json.dumps(values))
    assert read_card(path).crop == "source"


def test_a_card_without_a_kind_is_that_of_an_encoder(path):
    values = CARD.as_json()
    del values["kind"]
    card_path(path).write_text(json.dumps(values))
    assert read_card(path).kind == "encoder"

"""A store whose parts do not agree is refused before a pixel is read."""

import json
import shutil

import numpy as np
import pytest
from pictures_to_read import save_png

from sciarada.cutouts import zarr_set
from sciarada.cutouts.folder_set import read_folder
from sciarada.cutouts.reading import read_set
from sciarada.cutouts.zarr_set import write_zarr
from sciarada.errors import CutoutError

COUNT, SIDE, CHUNK = 12, 16, 3


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a store of 12 cutouts of 16 pixels, 3 in a file."""
    folder = tmp_path_factory.mktemp("sound")
    random = np.random.default_rng(3)
    for number in range(COUNT):
        save_png(folder / "png" / f"{number}.png", random.integers(0, 255, (SIDE, SIDE), "u1"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zarr_set, "CHUNK", CHUNK * SIDE**2 * 4)
        write_zarr(read_folder(folder / "png"), folder / "set.zarr", SIDE)
    return folder / "set.zarr"


@pytest.fixture
def store(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "set.zarr")


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def reshaped(npix, chunk, count=COUNT):
    def change(pixels):
        pixels["shape"] = [count, npix, npix]
        pixels["chunk_grid"]["configuration"]["chunk_shape"] = [chunk, npix, npix]

    return change


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (reshaped(8, CHUNK), "says npix 16, but its pixels have 8"),
        (reshaped(8, 4 * CHUNK), "says npix 16, but its pixels have 8"),
        (reshaped(32, CHUNK), "says npix 16, but its pixels have 32"),
        (reshaped(SIDE, 1), "says chunk 3, but its pixels have 1"),
        (reshaped(SIDE, CHUNK, 48), "4 files of pixels where 16 are needed"),
        (reshaped(SIDE, CHUNK, 11), "for 11 cutouts"),
        (reshaped(0, CHUNK), "in chunks of"),
        (reshaped(SIDE, -1), "in chunks of"),
        (lambda p: p.update(shape=[12, 16, 8]), "no square cutouts"),
        (lambda p: p.update(shape=[12, 16]), "no square cutouts|stored in another way"),
        (lambda p: p.update(shape="many"), "shape must be a list, not"),
        (lambda p: p.update(data_type="float64"), "not plain float32"),
        (lambda p: p["codecs"].append({"name": "zstd"}), "not plain float32"),
        (lambda p: p["codecs"][0]["configuration"].update(endian="big"), "not plain float32"),
        (lambda p: p["chunk_grid"].update(name="rectilinear"), "one of regular"),
        (lambda p: p["chunk_key_encoding"].update(name="v2"), "named in another way"),
        (lambda p: p.update(zarr_format=2), "one of 3"),
        (lambda p: p.pop("codecs"), "codecs is missing"),
    ],
)  # fmt: skip
def test_edited_pixels_are_refused(store, change, cause):
    edit(store / "pixels" / "zarr.json", change)
    with pytest.raises(CutoutError, match=rf"set\.zarr is not a Zarr store .*({cause})"):
        read_set(store)


def test_a_store_that_says_nothing_of_its_pixels_is_read_or_refused_by_its_files(store):
    """As earlier versions wrote them, without npix, chunk and a hash."""

    def forget(root):
        for name in ("npix", "chunk", "table_hash"):
            del root["attributes"]["sciarada"][name]

    pixels = read_set(store).pixels()
    edit(store / "zarr.json", forget)
    np.testing.assert_array_equal(read_set(store).pixels(), pixels)
    edit(store / "pixels" / "zarr.json", reshaped(8, CHUNK))
    with pytest.raises(CutoutError, match="missing or cut short"):
        read_set(store)
    edit(store / "pixels" / "zarr.json", reshaped(8, 4 * CHUNK))  # as many bytes in a file
    with pytest.raises(CutoutError, match="4 files of pixels where 1 are needed"):
        read_set(store)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda about: about.pop("columns"), "columns is missing"),
        (lambda about: about["columns"].pop(0), "hash is another"),
        (lambda about: about["columns"][0].update(name="nothing"), "no zarr.json in nothing"),
        (lambda about: about["columns"][0].update(dtype="object"), "dtype must be one of str"),
        (lambda about: about["columns"][0].update(dtype="int64"), "of type uint8"),
        (lambda about: about.update(format=2), "is of format 2, and this version reads 1"),
        (lambda about: about.update(data_hash=7), "data_hash must be a text, not 7"),
        (lambda about: about.update(meta=[]), "meta must be a table"),
        (lambda about: about.clear(), "format is missing"),
    ],
)
def test_an_edited_record_is_refused(store, change, cause):
    edit(store / "zarr.json", lambda root: change(root["attributes"]["sciarada"]))
    with pytest.raises(CutoutError, match=rf"set\.zarr is not a Zarr store .*{cause}"):
        read_set(store)


@pytest.mark.parametrize("name", ["zarr.json", "pixels/zarr.json", "table/ra/zarr.json"])
@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 9999])
def test_damaged_documents_are_refused(store, name, text):
    (store / name).write_bytes(text)
    with pytest.raises(CutoutError, match=r"set\.zarr is not a Zarr store .*zarr\.json"):
        read_set(store)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
)
@pytest.mark.parametrize("number", [0, 3])
def test_a_damaged_file_of_pixels_is_named(store, damage, number):
    damage(store / "pixels" / "c" / str(number) / "0" / "0")
    with pytest.raises(CutoutError, match=f"pixels/c/{number}/0/0 that is missing or cut short"):
        read_set(store)


@pytest.mark.parametrize("content", [None, b"", b"\x28\xb5\x2f\xfd", bytes(500)])
def test_a_damaged_column_is_refused(store, content):
    file = store / "table" / "size" / "c" / "0"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(CutoutError, match="has a table that"):
        read_set(store)


def test_a_column_that_promises_too_much_takes_no_memory(store):
    edit(
        store / "table" / "cutout_id" / "zarr.json",
        lambda array: array.update(shape=[COUNT, 10**12]),
    )
    with pytest.raises(CutoutError, match="cutout_id that promises more than its files hold"):
        read_set(store)

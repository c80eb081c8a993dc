"""Materialised sets: what was cut out is what is read, by us and by zarr."""

import pickle

import numpy as np
import pytest
import zarr
from astropy import units as u
from pictures_to_read import save_fits, save_png, sky_header

from sciarada.cutouts import zarr_set as zarr_sets
from sciarada.cutouts.concatenated import ConcatenatedSource
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.folder_set import read_folder
from sciarada.cutouts.reading import read_set, read_sets, write_set
from sciarada.cutouts.zarr_set import write_zarr
from sciarada.errors import CutoutError, OutputError
from sciarada.io.fits_image import read_image

RNG = np.random.default_rng(12)


@pytest.fixture
def cutouts(tmp_path):
    pixels = RNG.normal(size=(120, 120)).astype(np.float32)
    pixels[:40, :40] = np.nan
    image = read_image(save_fits(tmp_path / "image.fits", pixels, sky_header(120)))
    ra, dec = image.pixel_to_sky(*RNG.uniform(0, 119, (2, 30)))
    ids = [f"source {n}" for n in range(30)]
    return CutoutSet.from_positions(image, ra, dec, 30 * u.arcsec, ids=ids)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(zarr_sets, "CHUNK", 7 * 4 * 20**2)


def test_a_store_gives_the_same_set(cutouts, small_chunks, tmp_path):
    blank = write_zarr(cutouts, tmp_path / "set.zarr", 20)
    stored = read_set(tmp_path / "set.zarr")
    expected = cutouts.pixels(npix=20)
    np.testing.assert_array_equal(stored.pixels(), expected)
    assert stored.ids.tolist() == cutouts.ids.tolist()
    np.testing.assert_array_equal(stored.positions, cutouts.positions)
    np.testing.assert_array_equal(stored.size, cutouts.size)
    np.testing.assert_allclose(stored.beam_major, 5.4)
    assert blank == [n for n, stamp in enumerate(expected) if np.isnan(stamp).all()] != []
    assert stored.to_table()["image"].tolist() == ["image"] * 30


@pytest.mark.parametrize(
    "rows", [[29, 0, 7, 7], slice(3, 25, 4), np.arange(30) % 2 == 0, np.array([], int)]
)
def test_rows_in_any_order(cutouts, small_chunks, rows, tmp_path):
    write_zarr(cutouts, tmp_path / "set.zarr", 20)
    stored = pickle.loads(pickle.dumps(read_set(tmp_path / "set.zarr")))
    np.testing.assert_array_equal(stored.pixels(rows), stored.pixels()[rows])
    np.testing.assert_array_equal(stored[rows].pixels(npix=10), stored.pixels(npix=10)[rows])
    assert stored[rows].ids.tolist() == stored.ids[rows].tolist()


def test_zarr_itself_reads_the_store(cutouts, small_chunks, tmp_path):
    write_zarr(cutouts, tmp_path / "set.zarr", 20)
    group = zarr.open_group(tmp_path / "set.zarr", mode="r")
    np.testing.assert_array_equal(group["pixels"][:], cutouts.pixels(npix=20))
    np.testing.assert_array_equal(group["table/dec"][:], cutouts.dec)


def test_the_hash_tells_sets_apart(cutouts, tmp_path):
    hashes = []
    for number, (part, npix) in enumerate([(cutouts, 20), (cutouts, 21), (cutouts[1:], 20)]):
        write_zarr(part, tmp_path / f"{number}.zarr", npix)
        hashes.append(read_set(tmp_path / f"{number}.zarr").data_hash())
    stored = read_set(tmp_path / "0.zarr")
    assert len({*hashes, stored[1:].data_hash()}) == 4
    assert stored.data_hash() == hashes[0]


def test_what_is_there_stays_unless_it_may_be_replaced(cutouts, tmp_path):
    write_zarr(cutouts, tmp_path / "set.zarr", 8)
    with pytest.raises(OutputError, match="already exists"):
        write_zarr(cutouts, tmp_path / "set.zarr", 9)
    write_zarr(cutouts, tmp_path / "set.zarr", 9, overwrite=True)
    assert read_set(tmp_path / "set.zarr").npix == 9
    (tmp_path / "other.zarr").mkdir()
    (tmp_path / "other.zarr" / "thesis.tex").write_text("dear")
    with pytest.raises(OutputError, match=r"not replaced: its zarr\.json is missing"):
        write_zarr(cutouts, tmp_path / "other.zarr", 9, overwrite=True)
    assert (tmp_path / "other.zarr" / "thesis.tex").read_text() == "dear"


def test_a_write_that_fails_leaves_nothing(cutouts, small_chunks, tmp_path):
    write_zarr(cutouts, tmp_path / "set.zarr", 20)

    def stop(steps, stage, total):
        yield steps[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_zarr(cutouts, tmp_path / "set.zarr", 21, overwrite=True, progress=stop)
    assert read_set(tmp_path / "set.zarr").npix == 20
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.fits", "set.zarr"]


def test_damage_is_one_sentence(cutouts, tmp_path):
    write_zarr(cutouts, tmp_path / "set.zarr", 20)
    stored = read_set(tmp_path / "set.zarr")
    (tmp_path / "set.zarr" / "pixels" / "c" / "0" / "0" / "0").write_bytes(b"")
    with pytest.raises(CutoutError, match=r"set\.zarr is damaged"):
        stored.pixels()
    zarr.create_group(tmp_path / "foreign.zarr")
    for name in ("foreign.zarr", "absent.zarr"):
        with pytest.raises(CutoutError, match=f"{name} is not a Zarr store of cutouts"):
            read_set(tmp_path / name)


@pytest.mark.parametrize("npix", [0, -3])
def test_no_pixels_are_refused(cutouts, npix, tmp_path):
    with pytest.raises(CutoutError, match="cannot be made"):
        write_zarr(cutouts, tmp_path / "set.zarr", npix)


# Several sets as one


def save_folder(folder, number):
    for each in range(number):
        save_png(folder / f"{each}.png", RNG.integers(0, 255, (20, 20), "u1"))
    return folder


def test_sets_of_all_kinds_are_joined_and_stored(cutouts, tmp_path):
    folder = save_folder(tmp_path / "pictures", 4)
    write_set(cutouts, tmp_path / "table.fits")
    write_zarr(cutouts[:3], tmp_path / "few.zarr", 20)
    paths = [folder, tmp_path / "table.fits", tmp_path / "few.zarr"]
    joined = read_sets(paths)
    assert len(joined) == 37
    assert joined.ids[[0, 4, 34]].tolist() == [
        "pictures/0", "table/source 0", "few/source 0",
    ]  # fmt: skip
    parts = [read_set(path) for path in paths]
    together = np.concatenate([part.pixels(npix=20) for part in parts])
    rows = RNG.permutation(37)
    np.testing.assert_array_equal(joined.pixels(rows, 20), together[rows])
    np.testing.assert_array_equal(joined[rows].pixels(slice(5), 20), together[rows[:5]])
    np.testing.assert_array_equal(
        joined[rows].positions, np.concatenate([p.positions for p in parts], axis=1)[:, rows]
    )
    write_zarr(joined[rows], tmp_path / "all.zarr", 20)
    stored = read_set(tmp_path / "all.zarr")
    np.testing.assert_array_equal(stored.pixels(), together[rows])
    assert stored.ids.tolist() == joined.ids[rows].tolist()
    table = stored.to_table()
    assert table["file"].mask.tolist() == [name[0] != "p" for name in stored.ids.tolist()]
    with pytest.raises(CutoutError, match=r"give an output that ends in \.zarr"):
        write_set(joined, tmp_path / "all.fits")


def test_names_stay_where_they_differ(cutouts, tmp_path):
    joined = ConcatenatedSource((read_folder(save_folder(tmp_path / "p", 2)), cutouts), ("p", "c"))
    assert joined.ids[[0, 2]].tolist() == ["0", "source 0"]


def test_sets_of_several_sizes_need_one(cutouts, tmp_path):
    joined = ConcatenatedSource((read_folder(save_folder(tmp_path / "p", 2)), cutouts), ("p", "c"))
    with pytest.raises(CutoutError, match="17 and 20 pixels: give npix"):
        joined.pixels()
    with pytest.raises(CutoutError, match="empty set"):
        joined[:0].pixels()
    assert joined[:0].pixels(npix=5).shape == (0, 5, 5)

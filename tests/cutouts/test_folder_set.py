"""Folders of cutouts as sets."""

import logging
import pickle

import numpy as np
import pytest
from astropy.table import Table
from pictures_to_read import save_fits, save_png, sky_header

from sciarada.cutouts.folder_set import folder_of_table, read_folder
from sciarada.cutouts.reading import read_set, write_set
from sciarada.errors import CutoutError, ImageError

RNG = np.random.default_rng(11)


@pytest.fixture
def pictures():
    return {name: RNG.integers(0, 255, (24, 24), "u1") for name in ("a", "b", "c")}


@pytest.fixture
def folder(pictures, tmp_path):
    """Two classes of PNG files, and what is none."""
    for name, where in (("a", "FRI"), ("b", "FRII"), ("c", "FRII")):
        save_png(tmp_path / "set" / where / f"{name}.png", pictures[name])
    (tmp_path / "set" / "labels.csv").write_text("file,class\n")
    (tmp_path / "set" / ".hidden").mkdir()
    save_png(tmp_path / "set" / ".hidden" / "no.png", pictures["a"])
    return tmp_path / "set"


def test_files_have_names_labels_and_pixels(folder, pictures):
    cutouts = read_folder(folder)
    assert cutouts.ids.tolist() == ["a", "b", "c"]
    assert cutouts.files.tolist() == ["FRI/a.png", "FRII/b.png", "FRII/c.png"]
    assert cutouts.labels.tolist() == ["FRI", "FRII", "FRII"]
    stack = cutouts.pixels()
    assert stack.dtype == np.float32
    np.testing.assert_array_equal(stack, np.stack(list(pictures.values())))


@pytest.mark.parametrize("rows", [[2, 0], slice(1, None), np.array([True, False, True])])
def test_some_of_them(folder, rows):
    cutouts = read_folder(folder)
    np.testing.assert_array_equal(cutouts.pixels(rows), cutouts.pixels()[rows])
    np.testing.assert_array_equal(cutouts[rows].pixels(), cutouts.pixels()[rows])
    assert cutouts[rows].ids.tolist() == cutouts.ids[rows].tolist()


def test_other_files_are_named_in_the_log(folder, caplog):
    with caplog.at_level(logging.INFO):
        read_folder(folder)
    assert "not cutouts: labels.csv" in caplog.text


def test_names_that_occur_twice_get_their_folder(folder, pictures):
    save_png(folder / "FRI" / "b.png", pictures["c"])
    assert read_folder(folder).ids.tolist() == ["FRI/a", "FRI/b", "FRII/b", "FRII/c"]


def test_pictures_of_several_sizes_need_one(folder):
    save_png(folder / "d.png", RNG.integers(0, 255, (10, 12), "u1"))
    cutouts = read_folder(folder)
    with pytest.raises(CutoutError, match="are 12 x 10, 24 x 24 pixels: give npix"):
        cutouts.pixels()
    assert cutouts.pixels(npix=16).shape == (4, 16, 16)


def test_what_the_headers_say_is_known(tmp_path):
    for number, dec in enumerate((-5.0, 5.0)):
        save_fits(
            tmp_path / f"{number}.fits",
            RNG.normal(size=(20, 20)).astype("f4"),
            sky_header(20, dec=dec),
        )
    save_png(tmp_path / "2.png", RNG.integers(0, 255, (20, 20), "u1"))
    cutouts = read_folder(tmp_path)
    np.testing.assert_allclose(cutouts.positions[1], [-5, 5, np.nan], atol=1e-9)
    np.testing.assert_allclose(cutouts.size, [36, 36, np.nan], rtol=1e-6)
    np.testing.assert_allclose(cutouts[[2, 0]].beam_major, [np.nan, 5.4], rtol=1e-6)


def test_a_table_tells_the_positions(folder):
    table = Table({"FILE": ["b.png", "FRI/a.png", "other.png"], "RA": [1.0, 2.0, 3.0]})
    table["dec"] = [-1.0, -2.0, -3.0]
    cutouts = read_folder(folder).with_known(table)
    np.testing.assert_array_equal(cutouts.positions, [[2, 1, np.nan], [-2, -1, np.nan]])
    assert np.isnan(cutouts.size).all()
    for wrong, sentence in (({"ra": [1.0]}, "needs a column file"), ({"file": ["x"]}, "none of")):
        with pytest.raises(CutoutError, match=sentence):
            cutouts.with_known(Table(wrong))


@pytest.mark.parametrize("name", ["set.ecsv", "set.fits", "set.vot", "set.parquet"])
def test_a_table_of_files_is_the_same_set(folder, name, tmp_path):
    table = Table({"file": ["a.png", "b.png"], "ra": [1.5, 2.5], "dec": [-1.0, -2.0]})
    cutouts = read_folder(folder).with_known(table)[[2, 0]]
    write_set(cutouts, tmp_path / name)
    again = read_set(tmp_path / name)
    assert again.ids.tolist() == ["c", "a"]
    np.testing.assert_array_equal(again.positions, cutouts.positions)
    np.testing.assert_array_equal(again.pixels(), cutouts.pixels())
    assert again.data_hash() == cutouts.data_hash()


def test_a_table_of_files_that_went_away(folder, tmp_path):
    write_set(read_folder(folder), tmp_path / "set.ecsv")
    (folder / "FRI" / "a.png").unlink()
    with pytest.raises(CutoutError, match=r"set.ecsv names .*a.png, which does not exist"):
        read_set(tmp_path / "set.ecsv")


@pytest.mark.parametrize("column", ["file", "cutout_id"])
def test_a_table_of_files_that_lacks_a_column(folder, tmp_path, column):
    table = read_folder(folder).to_table()
    table.remove_column(column)
    with pytest.raises(CutoutError, match=rf"set.ecsv is about .* but has no column {column}: "):
        folder_of_table(table, tmp_path / "set.ecsv")


def test_the_hash_is_that_of_names_and_content(folder, pictures):
    cutouts = read_folder(folder)
    before = cutouts.data_hash()
    assert pickle.loads(pickle.dumps(cutouts)).data_hash() == before
    assert cutouts[[0, 1]].data_hash() != before
    save_png(folder / "FRI" / "a.png", pictures["b"])
    assert read_folder(folder).data_hash() != before


def test_files_that_show_nothing_or_are_damaged_are_told(folder):
    save_png(folder / "blank.png", np.full((24, 24), 7, "u1"))
    save_fits(folder / "nan.fits", np.full((24, 24), np.nan, "f4"))
    (folder / "torn.png").write_bytes(b"nothing")
    cutouts = read_folder(folder)
    faults = {cutouts.files[number]: reason for number, reason in cutouts.faults()}
    assert faults.keys() == {"blank.png", "nan.fits", "torn.png"}
    assert faults["blank.png"] == f"{folder / 'blank.png'} is blank"
    with pytest.raises(ImageError, match=r"torn\.png"):
        cutouts.pixels(npix=8)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [(lambda p: None, "is not a folder"), (lambda p: p.mkdir(), "holds no PNG or FITS file")],
)
def test_no_folder_of_cutouts_is_one_sentence(make, sentence, tmp_path):
    make(tmp_path / "set")
    with pytest.raises(CutoutError, match=sentence):
        read_folder(tmp_path / "set")
    with pytest.raises(CutoutError):
        read_set(tmp_path / "set")


@pytest.mark.parametrize(
    ("name", "number", "npix"),
    [("first_rgd", 1779, 300), ("mgcls_protege", 4717, 128), ("lotss_som", 825, 95)],
)
def test_real_folders_of_pictures(name, number, npix, shared_data):
    cutouts = read_set(shared_data / name / "dev")
    assert len(cutouts) == number
    rows = np.linspace(0, number - 1, 12).astype(int)
    assert cutouts.pixels(rows).shape == (12, npix, npix)
    stack = cutouts.pixels(rows, 64)
    assert np.isfinite(stack).all()
    assert 0 <= np.median(stack) < stack.max() <= 300  # cubic convolution overshoots a little


def test_real_packed_fits_files_know_their_positions(shared_data):
    cutouts = read_set(shared_data / "first_mirabest" / "dev")[[0, 400, 900]]
    labels = Table.read(shared_data / "first_mirabest" / "labels_dev.csv")
    true = {row["file"]: (row["ra"], row["dec"]) for row in labels}
    expected = np.array([true[name] for name in cutouts.files.tolist()]).T
    np.testing.assert_allclose(cutouts.positions, expected, atol=2e-3)
    np.testing.assert_allclose(cutouts.size, 540.0, rtol=1e-4)
    assert cutouts.pixels(npix=100).shape == (3, 100, 100)

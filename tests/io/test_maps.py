"""Maps written window by window, in any order and by many hands, are plain FITS images."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window
from sciarada.io.maps import MapFile, Storage


def header(**cards) -> fits.Header:
    return fits.Header({"CTYPE1": "RA---SIN", "CRVAL1": 10.0, "BUNIT": "Jy/beam", **cards})


@settings(max_examples=25)
@given(
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    size=st.integers(1, 70),
    dtype=st.sampled_from(["float32", "int32"]),
    seed=st.integers(0, 99),
)
def test_tiles_in_any_order_make_up_the_array(tmp_path_factory, shape, size, dtype, seed):
    random = np.random.default_rng(seed)
    values = random.normal(0, 1e5, shape).astype(dtype)
    path = tmp_path_factory.mktemp("maps") / "map.fits"
    written = MapFile.create(path, Storage(header()), shape, dtype)
    tiles = list(TileGrid(shape, size, 0))
    random.shuffle(tiles)
    for tile in tiles:
        written.write(tile.core, values[tile.core.slices])
    np.testing.assert_array_equal(fits.getdata(path), values)


@pytest.mark.parametrize(("dtype", "bitpix"), [("float32", -32), ("int32", 32)])
def test_the_file_is_standard_fits_with_the_header_given(tmp_path, dtype, bitpix):
    path = tmp_path / "map.fits"
    given_header = header(BMAJ=0.01, BITPIX=-64, NAXIS=4)
    MapFile.create(path, Storage(given_header), (20, 30), dtype)
    assert path.stat().st_size % 2880 == 0
    with fits.open(path) as hdus:
        hdus.verify("exception")
        (hdu,) = hdus
        assert hdu.header["BITPIX"] == bitpix
        assert hdu.shape == (20, 30)
        assert (hdu.data == 0).all()
        for key in ("CTYPE1", "CRVAL1", "BUNIT", "BMAJ"):
            assert hdu.header[key] == given_header[key]
    assert given_header["BITPIX"] == -64


def test_missing_pixels_stay_nan(tmp_path):
    path = tmp_path / "map.fits"
    values = np.array([[np.nan, 1.0], [2.0, np.nan]], np.float32)
    MapFile.create(path, Storage(header()), (2, 2), "float32").write(Window(0, 2, 0, 2), values)
    np.testing.assert_array_equal(fits.getdata(path), values)


def test_many_writers_do_not_disturb_each_other(tmp_path):
    values = np.arange(200 * 150, dtype=np.float32).reshape(200, 150)
    path = tmp_path / "map.fits"
    written = MapFile.create(path, Storage(header()), values.shape, "float32")
    tiles = [tile.core for tile in TileGrid(values.shape, 17, 0)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda core: written.write(core, values[core.slices]), tiles))
    np.testing.assert_array_equal(fits.getdata(path), values)


def test_a_folder_that_is_not_there_names_the_file(tmp_path):
    path = tmp_path / "nowhere" / "map.fits"
    with pytest.raises(FileNotFoundError, match=r"No such file.*map\.fits"):
        MapFile.create(path, Storage(header()), (4, 4), "float32")


def test_a_file_that_has_gone_names_the_file(tmp_path):
    written = MapFile.create(tmp_path / "map.fits", Storage(header()), (4, 4), "float32")
    written.path.unlink()
    with pytest.raises(FileNotFoundError, match=r"No such file.*map\.fits"):
        written.write(Window(0, 4, 0, 4), np.zeros((4, 4), np.float32))


def test_a_full_disk_names_the_file(small_disk):
    written = MapFile.create(small_disk / "map.fits", Storage(header()), (1024, 1024), "float32")
    with pytest.raises(OSError, match=r"No space left.*map\.fits"):
        written.write(Window(0, 1024, 0, 1024), np.ones((1024, 1024), np.float32))

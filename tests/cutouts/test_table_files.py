import gzip
import pickle
from dataclasses import replace

import numpy as np
import psutil
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from pyarrow import parquet
from regions import RectangleSkyRegion, Regions

from sciarada.core.image import SkyImage
from sciarada.core.pixels import read_many
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.table_files import read_cutouts, write_cutout_regions, write_cutouts
from sciarada.errors import CatalogueError, CutoutError, OutputError
from sciarada.geometry.windows import Window
from sciarada.io.fits_image import read_image
from sciarada.io.tables import FORMATS

each_format = pytest.mark.parametrize("name", FORMATS)


# Pixels of files


def padded(data: np.ndarray) -> np.ndarray:
    data = data.copy()
    data[:6] = data[:, :3] = 0.0
    return data


def stored(path, pixels, header, kind):
    if kind == "float64":
        fits.writeto(path, pixels.astype(np.float64), header)
    elif kind == "int16":
        values = np.round(pixels * 1000).astype(np.int16)
        values[4, 5] = -32768
        header["BLANK"] = -32768
        hdu = fits.PrimaryHDU(values, header)
        hdu.header["BSCALE"] = 0.001
        hdu.writeto(path)
    elif kind == "tile-compressed":
        compressed = fits.CompImageHDU(pixels, header, compression_type="GZIP_1", quantize_level=0)
        fits.HDUList([fits.PrimaryHDU(), compressed]).writeto(path)
    elif kind == "zero-padded":
        fits.writeto(path, padded(pixels), header)
    elif kind == "infinite":
        data = pixels.copy()
        data[10, 20] = np.inf
        fits.writeto(path, data, header)
    elif kind == "cube":
        fits.writeto(path, np.stack([pixels, -pixels])[:, np.newaxis], header)
    else:
        fits.writeto(path, pixels, header)
    return path


@pytest.mark.parametrize(
    "kind",
    ["float32", "float64", "int16", "tile-compressed", "zero-padded", "infinite", "cube", "gzip"],
)
def test_cutouts_of_a_file_are_parts_of_its_image(kind, tmp_path, pixels, make_header):
    path = stored(tmp_path / "image.fits", pixels, make_header(), kind)
    if kind == "gzip":
        packed = tmp_path / "image.fits.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    image = read_image(path, plane=(0, 1) if kind == "cube" else None)
    whole = image.read()
    padded = np.pad(whole, 20, constant_values=np.nan)
    rng = np.random.default_rng(2)
    x, y = rng.integers(-3, 43, 50), rng.integers(-3, 33, 50)
    cutouts = CutoutSet.from_positions(image, *image.pixel_to_sky(x, y), 9)
    expected = [
        padded[row + 16 : row + 25, column + 16 : column + 25]
        for column, row in zip(x, y, strict=True)
    ]
    np.testing.assert_array_equal(cutouts.pixels(), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(cutouts)).pixels(), expected)


def test_read_many_fills_the_arrays_it_is_given(write_image):
    source = read_image(write_image()).pixels
    windows = [Window(20, 25, 3, 9), Window(0, 4, 0, 4), Window(7, 7, 2, 5)]
    arrays = [np.full(window.shape, 9.0, np.float32) for window in windows]
    given = list(read_many(source, iter(windows), iter(arrays)))
    for window, array, got in zip(windows, arrays, given, strict=True):
        assert got is array
        np.testing.assert_array_equal(array, source.read(window))


class PlainPixels:
    """A source that reads one window after the other, as a plugin's may."""

    shape = (30, 40)

    def read(self, window: Window) -> np.ndarray:
        rows, columns = np.indices(self.shape, dtype=np.float32)
        return (100 * rows + columns)[window.slices].copy()


def test_a_source_needs_no_more_than_read(write_image):
    image = replace(read_image(write_image()), pixels=PlainPixels())
    cutouts = CutoutSet.from_positions(image, *image.pixel_to_sky([3, 38], [20, 10]), 5)
    stack = cutouts.pixels()
    assert stack[:, 2, 2].tolist() == [2003.0, 1038.0]
    assert np.isnan(stack[1, :, 4:]).all()


def test_reading_many_does_not_fill_the_memory(tmp_path, make_header):
    # 768 MB on disk, a hole in the file but for the header: all zeros when read.
    shape = (8192, 24576)
    path = tmp_path / "big.fits"
    header = fits.PrimaryHDU(header=make_header(CRPIX1=12000.0, CRPIX2=4000.0)).header
    header["BITPIX"] = -32
    header.set("NAXIS", 2)
    header.set("NAXIS1", shape[1], after="NAXIS")
    header.set("NAXIS2", shape[0], after="NAXIS1")
    header.tofile(path)
    with path.open("ab") as stream:
        stream.truncate(-(-(path.stat().st_size + 4 * shape[0] * shape[1]) // 2880) * 2880)
    image = read_image(path, blank_zero_border=False)
    x, y = np.random.default_rng(0).uniform(100, np.array(shape)[::-1, None] - 100, (2, 2000))
    cutouts = CutoutSet.from_positions(image, *image.pixel_to_sky(x, y), 64)
    process = psutil.Process()
    before = peak = process.memory_info().rss
    windows = sorted(
        Window(int(b), int(b) + 64, int(a), int(a) + 64) for a, b in zip(x, y, strict=True)
    )
    for number, data in enumerate(read_many(image.pixels, windows)):
        assert not data.any()
        if number % 100 == 0:
            peak = max(peak, process.memory_info().rss)
    assert peak - before < 250e6
    assert cutouts[:50].pixels().shape == (50, 64, 64)


# Tables


@pytest.fixture
def cutouts(tmp_path, pixels, make_header) -> CutoutSet:
    images = []
    for number, name in enumerate(("north", "south")):
        path = tmp_path / f"{name}.fits"
        fits.writeto(path, pixels, make_header(CRVAL2=-45.0 + 3 * number))
        images.append(read_image(path))
    ra, dec = images[0].pixel_to_sky(np.array([3.7, 20.2, 33.1]), np.array([1.2, 14.0, 20.9]))
    ra, dec = np.tile(ra, 2), np.concatenate([dec, dec + 3])
    ids = np.array([f"SCI J{k:04d}" for k in range(6)])
    size = np.array([12.0, 20.0, 31.5] * 2) * u.arcsec
    return CutoutSet.from_positions(images, ra, dec, size, ids=ids)


def assert_same(one: CutoutSet, other: CutoutSet) -> None:
    assert [image.name for image in one.images] == [image.name for image in other.images]
    for name in ("ids", "image_index", "ra", "dec", "size", "x", "y"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
        assert getattr(one, name).dtype.kind == getattr(other, name).dtype.kind


@each_format
@pytest.mark.parametrize("ids", ["text", "numbers"])
@pytest.mark.parametrize("count", [6, 1, 0])
def test_round_trip(name, ids, count, cutouts, tmp_path):
    if ids == "numbers":
        cutouts = replace(cutouts, ids=np.array([5, 2**62, -3, 0, 8, 9]))
    cutouts = cutouts[:count]
    path = tmp_path / f"cutouts.{name}"
    write_cutouts(cutouts, path)
    again = read_cutouts(path)
    if count or ids == "text":
        assert_same(again, cutouts)
    assert len(again) == count
    np.testing.assert_array_equal(again.pixels(npix=8), cutouts.pixels(npix=8))
    assert_same(read_cutouts(path, cutouts.images), again)


@each_format
def test_other_programs_find_columns_and_units(name, cutouts, tmp_path):
    path = tmp_path / f"cutouts.{name}"
    write_cutouts(cutouts, path)
    if name == "parquet":
        table = parquet.read_table(path)
        columns, units = table.column_names, [f.metadata.get(b"unit") for f in table.schema][2:]
        units = [unit.decode() for unit in units]
    else:
        options = {"vot": {"format": "votable"}, "ecsv": {"format": "ascii.ecsv"}}.get(name, {})
        table = Table.read(path, **options)
        columns, units = table.colnames, [str(table[c].unit) for c in ("ra", "dec", "size")]
    assert len(table) == 6
    assert columns == ["cutout_id", "image", "ra", "dec", "size"]
    assert units == ["deg", "deg", "arcsec"]


def test_images_that_moved_are_asked_for(cutouts, tmp_path):
    path = tmp_path / "cutouts.ecsv"
    write_cutouts(cutouts, path)
    gone = cutouts.images[1].path
    gone.rename(gone.with_name("elsewhere.fits"))
    with pytest.raises(CutoutError, match=r"image south is not at .*: give the images yourself"):
        read_cutouts(path)
    with pytest.raises(CutoutError, match=r"cutouts\.ecsv: image south is not among those given"):
        read_cutouts(path, cutouts.images[0])
    in_memory = SkyImage.from_array(cutouts.images[0].read(), cutouts.images[0].wcs)
    write_cutouts(
        CutoutSet.from_positions(in_memory, cutouts.ra[1], cutouts.dec[1], 5), path, overwrite=True
    )
    with pytest.raises(CutoutError, match="image array was in memory only"):
        read_cutouts(path)


def test_renamed_images_keep_their_names(cutouts, tmp_path):
    renamed = replace(cutouts, images=[replace(i, name=f"new {i.name}") for i in cutouts.images])
    write_cutouts(renamed, tmp_path / "cutouts.fits")
    assert_same(read_cutouts(tmp_path / "cutouts.fits"), renamed)


def test_positions_that_lie_outside_now_are_refused(cutouts, tmp_path, pixels, make_header):
    path = tmp_path / "cutouts.fits"
    write_cutouts(cutouts, path)
    fits.writeto(cutouts.images[1].path, pixels, make_header(CRVAL2=20.0), overwrite=True)
    with pytest.raises(CutoutError, match="and 2 more lie outside image south"):
        read_cutouts(path)
    assert len(read_cutouts(path, outside="drop")) == 3


def test_files_that_cannot_be_read_or_written(cutouts, tmp_path):
    path = tmp_path / "cutouts.fits"
    with pytest.raises(CatalogueError, match="there is no such file"):
        read_cutouts(path)
    path.write_bytes(b"no table")
    with pytest.raises(CatalogueError, match=r"cutouts\.fits cannot be read as FITS"):
        read_cutouts(path)
    with pytest.raises(OutputError, match="exists already"):
        write_cutouts(cutouts, path)
    with pytest.raises(CatalogueError, match=r"no format of files that end in '\.txt'"):
        write_cutouts(cutouts, tmp_path / "cutouts.txt")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "cutouts.fits",
        "north.fits",
        "south.fits",
    ]


# DS9


@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize("turn", [0.0, 25.0, -70.0])
def test_boxes_lie_on_the_pixels_of_the_cutouts(turn, mirror, tmp_path, pixels, make_header):
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    path = tmp_path / "image.fits"
    header = make_header(CDELT1=-mirror * 2.0 / 3600, PC1_1=c, PC1_2=-s, PC2_1=s, PC2_2=c)
    fits.writeto(path, pixels, header)
    image = read_image(path)
    cutouts = CutoutSet.from_positions(image, *image.pixel_to_sky([20.0, 9.0], [13.0, 17.0]), 7)
    cutouts = replace(cutouts, ids=np.array(["SCI {1}", "\u00b5"]))
    write_cutout_regions(cutouts, tmp_path / "cutouts.reg")
    boxes = Regions.read(tmp_path / "cutouts.reg")
    assert [type(box) for box in boxes] == [RectangleSkyRegion] * 2
    assert [box.meta["text"] for box in boxes] == ["SCI (1)", "\\xb5"]
    assert boxes[0].meta["tag"] == ["image"]
    for box, cutout in zip(boxes, cutouts, strict=True):
        corners = np.array(box.to_pixel(image.wcs).corners)
        window = cutout.window
        expected = [
            (a - 0.5, b - 0.5) for a in (window.x0, window.x1) for b in (window.y0, window.y1)
        ]
        for corner in expected:
            assert np.min(np.hypot(*(corners - corner).T)) < 0.02


def test_no_boxes_still_make_a_region_file(cutouts, tmp_path):
    write_cutout_regions(cutouts[:0], tmp_path / "cutouts.reg")
    assert (tmp_path / "cutouts.reg").read_text().startswith("# Region file format: DS9")
    assert len(Regions.read(tmp_path / "cutouts.reg")) == 0

"""Images and maps that are made from an image keep its whole WCS."""

import gzip
import shutil
import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, DistortionLookupTable
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.io.fits_image import read_image
from sciarada.io.maps import MapFile, Storage
from sciarada.io.stored_like import stored_like
from sciarada.simulation.files import write_image

STEP = 1.7 / 3600
SKY = {
    "CTYPE1": "RA---TAN", "CRVAL1": 237.123456789012345, "CRPIX1": 31.123456789012345,
    "CTYPE2": "DEC--TAN", "CRVAL2": -61.98765432109876, "CRPIX2": 28.98765432109876,
    "CDELT1": -STEP, "CDELT2": STEP, "CUNIT1": "deg", "CUNIT2": "deg",
    "RADESYS": "FK5", "EQUINOX": 2000.0,
}  # fmt: skip
FACTS = {"BUNIT": "mJy/beam", "BMAJ": 12 / 3600, "BMIN": 8 / 3600, "BPA": 30.0, "RESTFRQ": 1.4e9}
TURN = {"PC1_1": np.cos(0.3), "PC1_2": -np.sin(0.3), "PC2_1": np.sin(0.3), "PC2_2": np.cos(0.3)}
SIP = {
    "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "B_ORDER": 3,
    "A_2_0": 1.23456789012345e-5, "A_1_1": -2e-6, "B_0_2": 3.21e-6, "B_2_1": 1e-8,
}  # fmt: skip
TPV = {
    "CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_0": 1e-6, "PV1_1": 1.0001, "PV1_4": 2e-3,
    "PV2_1": 0.9999, "PV2_5": -1e-3,
}  # fmt: skip
SPECTRUM = {
    "CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CRPIX3": 2.0, "CDELT3": 1e6, "CUNIT3": "Hz",
    "CTYPE4": "STOKES", "CRVAL4": 1.0, "CRPIX4": 1.0, "CDELT4": 1.0,
    "CTYPE3A": "VRAD", "CRVAL3A": 1e5, "CRPIX3A": 2.0, "CDELT3A": -2e5, "CUNIT3A": "m/s",
    "RESTFRQA": 1.42e9, "WCSNAMEA": "VELOCITY",
    "CTYPE1A": "RA---TAN", "CRVAL1A": 237.0, "CRPIX1A": 30.0, "CDELT1A": -STEP, "CUNIT1A": "deg",
    "CTYPE2A": "DEC--TAN", "CRVAL2A": -62.0, "CRPIX2A": 30.0, "CDELT2A": STEP, "CUNIT2A": "deg",
}  # fmt: skip
CASES = {
    "plain": SKY,
    "turned": SKY | TURN,
    "matrix": {k: v for k, v in SKY.items() if "CDELT" not in k}
    | {f"CD{k[2:]}": v * (-STEP if k[2] == "1" else STEP) for k, v in TURN.items()},
    "rotation": SKY | {"CROTA2": 33.3333333333333},
    "polynomial": SKY | TURN | SIP,
    "parameters": SKY | TPV,
    "slant": SKY
    | {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "PV2_1": 0.1234567890123, "PV2_2": -0.05},
    "poles": SKY
    | {"CTYPE1": "GLON-ZEA", "CTYPE2": "GLAT-ZEA", "LONPOLE": 155.5555555555, "LATPOLE": 12.3},
    "conic": SKY | {"CTYPE1": "RA---COE", "CTYPE2": "DEC--COE", "PV2_1": -60.1, "PV2_2": 5.0},
    "polar": SKY | {"CTYPE1": "RA---NCP", "CTYPE2": "DEC--NCP"},
    "old": {**{k: v for k, v in SKY.items() if k not in ("RADESYS", "EQUINOX")}, "EPOCH": 1950.0},
    "radians": SKY
    | {"CUNIT1": "rad", "CUNIT2": "rad", "CRVAL1": 1.2345678901234567, "CRVAL2": -0.5}
    | {"CDELT1": -8.1e-6, "CDELT2": 8.1e-6},
    "cube": SKY | TURN | SIP | SPECTRUM,
    "shifting": SKY | SPECTRUM | {"PC1_3": 0.123456789, "PC3_1": 0.01},
}  # fmt: skip


@pytest.fixture(params=CASES)
def image(request, tmp_path):
    cards = CASES[request.param] | FACTS
    shape = (1, 3, 50, 60) if "CTYPE3" in cards else (50, 60)
    data = np.random.default_rng(1).normal(0, 1, shape).astype("f4")
    fits.writeto(tmp_path / "image.fits", data, fits.Header(cards))
    return read_image(tmp_path / "image.fits", plane=2 if "CTYPE3" in cards else None)


def assert_same_geometry(new, old):
    """Compare where pixels are, in units of a pixel."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(0, 59, 7), np.linspace(0, 49, 6)))
    for found, truth in zip(
        new.wcs.all_pix2world(x, y, 0), old.wcs.all_pix2world(x, y, 0), strict=True
    ):
        shift = np.abs((found - truth + 180) % 360 - 180) * 3600 / old.pixel_scale
        assert shift.max() < 1e-9
    assert new.frame.is_equivalent_frame(old.frame)


def test_an_image_stored_like_another_is_read_as_that_one(image, tmp_path):
    path = tmp_path / "new.fits"
    write_image(image, path, storage=stored_like(image))
    new = read_image(path)
    assert_same_geometry(new, image)
    np.testing.assert_allclose(new.read(), image.read(), rtol=2e-7)
    assert (new.frequency, new.beam) == (image.frequency, image.beam)
    old_header, header = fits.getheader(image.path), fits.getheader(path)
    assert header["BUNIT"] == "mJy/beam"
    assert header["RESTFRQ"] == 1.4e9
    assert header["NAXIS"] == old_header["NAXIS"]
    changed = {key for key in old_header if header.get(key) != old_header[key]}
    assert changed <= {"BITPIX", "NAXIS3", "CRPIX3", "CRPIX3A"}
    if "CTYPE3" in header and "A_ORDER" not in header:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old_world = WCS(old_header, key="A").all_pix2world(10, 20, 2, 0, 0)
            world = WCS(header, key="A").all_pix2world(10, 20, 0, 0, 0)
        np.testing.assert_allclose(world, old_world, rtol=1e-13)


@pytest.mark.parametrize("unit", [None, ""])
def test_maps_of_an_image_have_its_geometry(image, tmp_path, unit):
    path = tmp_path / "map.fits"
    MapFile.create(path, Storage.of(image, unit), image.shape, "float32")
    assert_same_geometry(read_image(path), image)


@pytest.fixture
def with_tables(tmp_path):
    """An image whose distortions are in tables, before and after the linear part."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN", "DEC--TAN"], [150.0, -30.0]
    wcs.wcs.crpix, wcs.wcs.cdelt = [25.5, 25.5], [-2 / 3600, 2 / 3600]
    draw = np.random.default_rng(1)
    for name, version in (("cpdis1", 1), ("cpdis2", 2), ("det2im1", 3)):
        shifts = draw.normal(0, 0.05 * version, (11, 11)).astype("f4")
        setattr(wcs, name, DistortionLookupTable(shifts, (1.0, 1.0), (1.0, 1.0), (6.0, 5.0)))
    hdus = wcs.to_fits(relax=True)
    hdus[0].data = draw.normal(0, 1, (50, 60)).astype("f4")
    hdus[0].header.update(FACTS)
    path = tmp_path / "tables.fits"
    hdus.writeto(path)
    return path, wcs


def test_distortion_tables_are_read_and_kept(with_tables, tmp_path):
    path, truth = with_tables
    image = read_image(path)
    x, y = np.array([3.0, 40.0]), np.array([7.0, 33.0])
    np.testing.assert_allclose(image.pixel_to_sky(x, y), truth.all_pix2world(x, y, 0), atol=1e-12)
    plain = truth.wcs_pix2world(x, y, 0)
    assert np.abs(np.array(image.pixel_to_sky(x, y)) - plain).max() > 1e-6
    for name, storage in (("new", stored_like(image)), ("map", Storage.of(image))):
        write_image(image, tmp_path / f"{name}.fits", storage=storage)
        assert_same_geometry(read_image(tmp_path / f"{name}.fits"), image)


def test_a_polynomial_without_its_name_is_used_with_a_note(tmp_path):
    cards = SKY | FACTS | {key: value for key, value in SIP.items() if "CTYPE" not in key}
    paths = tmp_path / "named.fits", tmp_path / "unnamed.fits"
    for path, changes in zip(paths, (SIP, {}), strict=True):
        fits.writeto(path, np.ones((50, 60), "f4"), fits.Header(cards | changes))
    named, unnamed = map(read_image, paths)
    assert_same_geometry(unnamed, named)
    assert any("do not end in -SIP" in note for note in unnamed.notes)


def test_missing_distortion_tables_are_said(with_tables):
    path, _ = with_tables
    with fits.open(path) as hdus:
        fits.PrimaryHDU(hdus[0].data, hdus[0].header).writeto(path.with_name("lost.fits"))
    result = CliRunner().invoke(main, ["info", str(path.with_name("lost.fits"))])
    assert result.exit_code == 2
    assert "distortion tables are missing or damaged" in result.output


def test_a_spectral_axis_in_a_table_goes_along(tmp_path):
    cards = SKY | FACTS | {
        "CTYPE3": "FREQ-TAB", "CUNIT3": "Hz", "CRVAL3": 1.0, "CDELT3": 1.0, "CRPIX3": 1.0,
        "PS3_0": "WCS-TABLE", "PS3_1": "VALUES", "PV3_1": 1, "PV3_2": 1, "PV3_3": 1,
    }  # fmt: skip
    values = np.array([1.30e9, 1.37e9, 1.42e9])
    column = fits.Column("VALUES", "3D", "Hz", dim="(1,3)", array=[values.reshape(3, 1)])
    table = fits.BinTableHDU.from_columns([column], name="WCS-TABLE")
    cube = np.ones((3, 50, 60), "f4")
    path, new = tmp_path / "cube.fits", tmp_path / "new.fits"
    fits.HDUList([fits.PrimaryHDU(cube, fits.Header(cards)), table]).writeto(path)
    image = read_image(path, plane=1)
    assert image.frequency == 1.37e9
    write_image(image, new, storage=stored_like(image))
    assert read_image(new).frequency == 1.37e9


@pytest.mark.parametrize("packing", ["extension", "compressed", "gzip"])
def test_sources_go_into_the_plane_that_was_chosen(tmp_path, packing):
    """The difference of the two images is the sources alone, at the places of the truth."""
    cards = CASES["cube"] | FACTS
    cube = np.random.default_rng(1).normal(0, 1e-3, (1, 3, 200, 200)).astype("f4")
    cube += np.arange(3, dtype="f4")[:, None, None]
    path = tmp_path / "image.fits"
    primary = fits.PrimaryHDU(header=fits.Header(FACTS | {"OBJECT": "M 82"}))
    header = fits.Header(cards | {"INHERIT": True})
    for key in FACTS:
        del header[key]
    if packing == "compressed":
        image = fits.CompImageHDU(cube, header, name="SCI", quantize_level=-1e-6)
    else:
        image = fits.ImageHDU(cube, header, name="SCI")
    weight = fits.ImageHDU(np.ones((200, 200), "f4"), fits.Header(SKY), name="WEIGHT")
    fits.HDUList([primary, weight, image]).writeto(path)
    if packing == "gzip":
        with path.open("rb") as plain, gzip.open(tmp_path / "image.fits.gz", "wb") as packed:
            shutil.copyfileobj(plain, packed)
        path = tmp_path / "image.fits.gz"
    out = tmp_path / "out"
    command = ["simulate", "--out", str(out), "--into", f"{path}[SCI]", "--plane", "2",
               "--workers", "1", "--number", "3", "--snr", "50,100",
               "--placement", "grid"]  # fmt: skip
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    old, new = read_image(path, hdu="SCI", plane=2), read_image(out / "image.fits")
    assert_same_geometry(new, old)
    assert (new.frequency, new.beam) == (old.frequency, old.beam)
    added = new.read() - old.read()
    truth = fits.getdata(out / "truth.fits", 1)
    assert np.median(np.abs(added)) < 1e-6
    for row in truth:
        peak = added[
            round(row["y_peak"]) if "y_peak" in truth.names else round(row["y"]), round(row["x"])
        ]
        assert peak > 0.2 * row["peak_flux"]
    header = fits.getheader(out / "image.fits")
    assert (header["BUNIT"], header["OBJECT"]) == ("mJy/beam", "M 82")

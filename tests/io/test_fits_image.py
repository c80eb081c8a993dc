"""The input contract of the FITS reader: one test or more for each of its rows."""

import errno
import gzip
import hashlib
import pickle
import warnings

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from sciarada.errors import ImageError, OptionError
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.io.fits_image import read_image

SPECTRAL = {"CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CRPIX3": 1.0, "CDELT3": 1e6, "CUNIT3": "Hz"}
STOKES = {"CTYPE4": "STOKES", "CRVAL4": 1.0, "CRPIX4": 1.0, "CDELT4": 1.0}


def astropy_sky(header: fits.Header, *pixel: float) -> SkyCoord:
    """Return where astropy, given the whole header, puts a pixel of all axes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WCS(header).celestial.pixel_to_world(*pixel[:2]).icrs


def assert_same_sky(image, header, x=31.0, y=4.0):
    ra, dec = image.pixel_to_sky(x, y)
    truth = astropy_sky(header, x, y)
    assert SkyCoord(ra, dec, unit="deg").separation(truth).arcsec < 1e-4
    np.testing.assert_allclose(image.sky_to_pixel(truth.ra.deg, truth.dec.deg), (x, y), atol=1e-6)


# Axes


@pytest.mark.parametrize(
    ("shape", "cards"),
    [
        ((30, 40), {}),
        ((1, 30, 40), SPECTRAL),
        ((1, 1, 30, 40), SPECTRAL | STOKES),
        ((1, 1, 30, 40), {"CTYPE3": "STOKES", "CRVAL3": 1.0, "CTYPE4": "FREQ", "CRVAL4": 1.4e9}),
        ((1, 1, 1, 30, 40), SPECTRAL | STOKES),
        ((30, 40), SPECTRAL),
        ((30, 40), SPECTRAL | {"WCSAXES": 3}),
    ],
)
def test_degenerate_axes_are_dropped_from_data_and_wcs(write_image, pixels, shape, cards):
    path = write_image(pixels.reshape(shape), **cards)
    image = read_image(path)
    assert image.shape == (30, 40)
    assert image.wcs.naxis == 2
    np.testing.assert_array_equal(image.read(), pixels)
    assert_same_sky(image, fits.getheader(path))
    assert image.frequency == (1.4e9 if cards else None)


def test_frequency_may_be_the_first_axis(write_image, pixels):
    data = pixels[:, :, None]
    sky = {
        "CTYPE1": "FREQ", "CRVAL1": 1.4e9, "CRPIX1": 1.0, "CDELT1": 1e6,
        "CTYPE2": "RA---SIN", "CRVAL2": 187.5, "CRPIX2": 20.0, "CDELT2": -2 / 3600,
        "CTYPE3": "DEC--SIN", "CRVAL3": -45.0, "CRPIX3": 15.0, "CDELT3": 2 / 3600,
    }  # fmt: skip
    path = write_image(data, **sky)
    image = read_image(path)
    np.testing.assert_array_equal(image.read(), pixels)
    assert_same_sky(image, fits.getheader(path))
    assert image.frequency == 1.4e9


def test_declination_may_run_along_x(write_image, pixels):
    path = write_image(
        CTYPE1="DEC--SIN", CRVAL1=-45.0, CDELT1=2 / 3600,
        CTYPE2="RA---SIN", CRVAL2=187.5, CDELT2=-2 / 3600,
    )  # fmt: skip
    image = read_image(path)
    with fits.open(path) as hdus:
        truth = SkyCoord(*WCS(hdus[0].header).pixel_to_world_values(31.0, 4.0)[::-1], unit="deg")
    np.testing.assert_allclose(image.pixel_to_sky(31.0, 4.0), (truth.ra.deg, truth.dec.deg))
    np.testing.assert_allclose(image.sky_to_pixel(truth.ra.deg, truth.dec.deg), (31.0, 4.0))
    assert image.handedness(31.0, 4.0) == -1


def test_cube_is_refused_with_the_option_that_helps(write_image, pixels):
    cube = np.stack([pixels, 2 * pixels, 3 * pixels])[None]
    path = write_image(cube, **SPECTRAL, **STOKES)
    with pytest.raises(ImageError, match=r"3 planes along FREQ: .* --plane FREQ, .* --plane 0"):
        read_image(path)


@pytest.mark.parametrize("plane", [2, [2], (2, 0), "2", "2,0", np.int64(2)])
def test_plane_picks_a_channel_and_its_frequency(write_image, pixels, plane):
    cube = np.stack([pixels, 2 * pixels, 3 * pixels])[None]
    image = read_image(write_image(cube, **SPECTRAL, **STOKES), plane=plane)
    np.testing.assert_array_equal(image.read(), 3 * pixels)
    assert image.frequency == 1.402e9
    assert image.provenance["plane"] == "FREQ 2, STOKES 0"


def test_plane_picks_channel_and_stokes(write_image, pixels):
    cube = np.arange(1, 7)[:, None, None] * pixels
    path = write_image(cube.reshape(2, 3, 30, 40), **SPECTRAL, **STOKES)
    with pytest.raises(ImageError, match="3 planes along FREQ and 2 planes along STOKES"):
        read_image(path)
    np.testing.assert_array_equal(read_image(path, plane="1,1").read(), cube[4].astype("f4"))


@pytest.mark.parametrize(
    ("plane", "message"),
    [(3, "no plane 3 along FREQ"), (-1, "no plane -1"), ((0, 0, 0), "write --plane FREQ")],
)
def test_impossible_plane_is_refused(write_image, pixels, plane, message):
    path = write_image(np.stack([pixels] * 3)[None], **SPECTRAL, **STOKES)
    with pytest.raises(ImageError, match=message):
        read_image(path, plane=plane)


def test_plane_of_a_plain_image_is_refused(write_image):
    with pytest.raises(ImageError, match="single plane: leave --plane out"):
        read_image(write_image(), plane=0)


@pytest.mark.parametrize("plane", ["", "x", "1;2", "-1", "1.5"])
def test_misspelt_plane_is_an_option_error(write_image, plane):
    with pytest.raises(OptionError, match="--plane 1 or --plane 0,2"):
        read_image(write_image(), plane=plane)


@pytest.mark.parametrize(
    "cards",
    [
        {"PC1_3": 0.5},
        {"PC1_3": 0.5, "PC2_3": -0.25, "PC1_2": 0.1, "PC2_1": -0.1, "PC3_1": 0.01},
        {"CD1_1": -2 / 3600, "CD2_2": 2 / 3600, "CD3_3": 1e6, "CD1_3": 1e-3, "CD2_3": 2e-3},
    ],
)
def test_a_sky_that_shifts_with_the_channel_is_that_of_the_plane(write_image, pixels, cards):
    without = dict.fromkeys(("CDELT1", "CDELT2", "CDELT3") if "CD1_1" in cards else ())
    path = write_image(np.stack([pixels] * 3), **{**SPECTRAL, **without, **cards})
    header = fits.getheader(path)
    for plane in (0, 2):
        image = read_image(path, plane=plane)
        x, y = np.array([31.0, 3.0]), np.array([4.0, 20.0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lon, lat = WCS(header).all_pix2world(x, y, plane, 0)[:2]
            middle = WCS(header).all_pix2world(*image.centre, plane, 0)[2]
        np.testing.assert_allclose(image.pixel_to_sky(x, y), (lon, lat), rtol=0, atol=1e-12)
        assert image.frequency == pytest.approx(middle, rel=1e-12)
        assert any("The sky shifts along FREQ" in note for note in image.notes)
        assert any("over the plane" in note for note in image.notes) == ("PC3_1" in cards)


def test_a_distorted_sky_that_shifts_with_the_channel_is_refused(write_image, pixels):
    sip = {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "A_2_0": 1e-4}
    path = write_image(np.stack([pixels] * 3), **SPECTRAL, **sip, PC1_3=0.5)
    with pytest.raises(ImageError, match=r"sky that shifts along FREQ \(PC1_3 = 0.5\)"):
        read_image(path, plane=0)


# Containers and number types


def test_image_in_an_extension_is_found(tmp_path, pixels, make_header):
    path = tmp_path / "extension.fits"
    weights = fits.ImageHDU(np.ones((30, 40)), name="WEIGHT")
    sky = fits.ImageHDU(pixels, make_header(), name="SCI")
    fits.HDUList([fits.PrimaryHDU(), weights, sky]).writeto(path)
    image = read_image(path)
    np.testing.assert_array_equal(image.read(), pixels)
    assert image.provenance["hdu"] == "2 (SCI)"


def test_gzip_is_unpacked_and_the_copy_vanishes(write_image, pixels, tmp_path, monkeypatch):
    plain = write_image()
    packed = tmp_path / "image.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    image = read_image(packed)
    assert image.name == "image"
    assert image.path == packed
    assert len(list(scratch.iterdir())) == 1
    np.testing.assert_array_equal(image.read(), pixels)
    worker = pickle.loads(pickle.dumps(image))
    np.testing.assert_array_equal(worker.read(), pixels)
    del worker
    assert len(list(scratch.iterdir())) == 1
    del image
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("damage", [lambda b: b[:-300], lambda b: b[:40] + b"\0" * 40 + b[80:]])
def test_damaged_gzip_is_refused_and_leaves_nothing(write_image, tmp_path, monkeypatch, damage):
    packed = tmp_path / "image.fits.gz"
    packed.write_bytes(damage(gzip.compress(write_image().read_bytes())))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with pytest.raises(ImageError, match="damaged or truncated gzip"):
        read_image(packed)
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("full", [False, True])
def test_no_room_to_unpack(write_image, tmp_path, monkeypatch, full):
    packed = tmp_path / "image.fits.gz"
    packed.write_bytes(gzip.compress(write_image().read_bytes()))
    scratch = tmp_path / "scratch"
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    if full:
        scratch.mkdir()

        def refuse(*arguments):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("sciarada.io.temporary._unpack", refuse)
    with pytest.raises(ImageError, match=r"cannot be unpacked: .*folder .*scratch: .* set TMPDIR"):
        read_image(packed)
    assert not full or not list(scratch.iterdir())


@pytest.mark.parametrize("tile_shape", [(1, 40), (16, 16)])
@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_2"])
def test_tile_compressed_image_is_read_by_windows(tmp_path, pixels, make_header, kind, tile_shape):
    path = tmp_path / "image.fits.fz"
    data = pixels.copy()
    data[3:6, 10:20] = np.nan
    hdu = fits.CompImageHDU(
        data, make_header(), compression_type=kind, tile_shape=tile_shape, quantize_level=64
    )
    hdu.writeto(path)
    image = read_image(path)
    truth = fits.getdata(path)
    np.testing.assert_array_equal(image.read(), truth)
    window = Window(2, 20, 9, 33)
    np.testing.assert_array_equal(image.read(window), truth[window.slices])
    assert np.isnan(image.read()).sum() == 30
    assert image.read().dtype == np.dtype("=f4")
    assert_same_sky(image, make_header())


def test_tile_compressed_cube_gives_its_plane(tmp_path, pixels, make_header):
    path = tmp_path / "cube.fits.fz"
    cube = np.stack([pixels, 2 * pixels])
    header = make_header(**SPECTRAL)
    fits.CompImageHDU(cube, header, compression_type="GZIP_2", quantize_level=0.0).writeto(path)
    np.testing.assert_array_equal(read_image(path, plane=1).read(), 2 * pixels)


def test_tile_compressed_integers_are_scaled_and_blanked(tmp_path, make_header):
    path = tmp_path / "image.fits.fz"
    data = np.arange(1, 1201, dtype=np.int16).reshape(30, 40)
    fits.CompImageHDU(data, make_header()).writeto(path)
    with fits.open(path, "update", disable_image_compression=True) as hdus:
        hdus[1].header.update({"BSCALE": 0.5, "BZERO": 3.0, "ZBLANK": 7, "BLANK": 7})
    truth = data * 0.5 + 3.0
    truth[data == 7] = np.nan
    np.testing.assert_array_equal(read_image(path).read(), truth)


@pytest.mark.parametrize("dtype", [">i2", ">i4", ">i8", ">u1"])
def test_scaled_integers_with_blanks(write_image, dtype):
    data = np.arange(1200).reshape(30, 40) % 97 + 1
    path = write_image(data.astype(dtype))
    with fits.open(path, "update", do_not_scale_image_data=True) as hdus:
        hdus[0].header.update({"BSCALE": 0.25, "BZERO": 3.0, "BLANK": 5})
    image = read_image(path)
    truth = data * 0.25 + 3.0
    truth[data == 5] = np.nan
    np.testing.assert_array_equal(image.read(), truth.astype("f4"))


def test_unsigned_integers_keep_their_values(write_image):
    data = np.full((30, 40), 40_000, np.uint16)
    np.testing.assert_array_equal(read_image(write_image(data)).read(), data)


def test_large_integers_are_scaled_in_double_precision(write_image, tmp_path):
    path = write_image(np.full((30, 40), 2**31 - 100, np.int32))
    with fits.open(path, "update", do_not_scale_image_data=True) as hdus:
        hdus[0].header["BZERO"] = -float(2**31 - 101)
    np.testing.assert_array_equal(read_image(path).read(), 1.0)


def test_big_endian_doubles_come_out_as_native_floats(write_image, pixels):
    data = pixels.astype(">f8")
    data[3, 4], data[5, 6], data[7, 8] = 1e300, np.inf, np.nan
    values = read_image(write_image(data)).read()
    assert values.dtype == np.dtype("=f4")
    assert values.flags.c_contiguous
    assert values.flags.writeable
    assert np.isnan(values[[3, 5, 7], [4, 6, 8]]).all()
    assert np.isnan(values).sum() == 3


# Missing pixels


def test_nan_border_is_missing(write_image, pixels):
    pixels[:5] = np.nan
    values = read_image(write_image(pixels)).read()
    assert np.isnan(values[:5]).all()
    assert np.isfinite(values[5:]).all()


def test_zero_border_is_missing_and_a_zero_inside_is_not(write_image, pixels):
    pixels[:5] = 0.0
    pixels[:, -2:] = 0.0
    pixels[15, 15] = 0.0
    image = read_image(write_image(pixels))
    values = image.read()
    assert np.isnan(values[:5]).all()
    assert np.isnan(values[:, -2:]).all()
    assert values[15, 15] == 0.0
    assert np.isnan(values).sum() == 5 * 40 + 25 * 2
    assert any("zeros joined to the border" in note for note in image.notes)
    window = Window(3, 20, 30, 40)
    np.testing.assert_array_equal(image.read(window), values[window.slices])
    kept = read_image(image.path, blank_zero_border=False)
    np.testing.assert_array_equal(kept.read(), pixels)


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_image_without_a_pixel_is_read_as_all_missing(write_image, pixels, value):
    image = read_image(write_image(np.full_like(pixels, value)))
    assert np.isnan(image.read()).all()


def test_constant_image_is_read(write_image, pixels):
    np.testing.assert_array_equal(read_image(write_image(np.full_like(pixels, 3.0))).read(), 3.0)


# Beam


def test_beam_from_the_header(write_image):
    image = read_image(write_image())
    assert image.beam.major == pytest.approx(12.0)
    assert image.beam.minor == pytest.approx(8.0)
    assert image.beam.pa == pytest.approx(30.0)
    assert image.beam.origin == "header"
    assert image.provenance["beam"] == "BMAJ, BMIN, BPA"


def test_beam_from_history_takes_the_last_clean(write_image, tmp_path):
    path = write_image(BMAJ=None, BMIN=None, BPA=None)
    with fits.open(path, "update") as hdus:
        for size in ("1.0000e-02", "2.5000e-03"):
            hdus[0].header["HISTORY"] = f"AIPS   CLEAN BMAJ=  {size} BMIN=  1.5000e-03 BPA=  20.00"
    image = read_image(path)
    assert image.beam == Beam(9.0, 5.4, 20.0, "history")
    assert image.provenance["beam"] == "HISTORY"


def test_beam_from_cleanbmj(write_image):
    beam = {"CLEANBMJ": 0.003, "CLEANBMN": 0.002, "CLEANBPA": 10.0}
    image = read_image(write_image(BMAJ=None, BMIN=None, BPA=None, **beam))
    assert image.beam.major == pytest.approx(10.8)
    assert image.provenance["beam"] == "CLEANBMJ, CLEANBMN, CLEANBPA"


@pytest.mark.parametrize(("plane", "major"), [(0, 10.0), (2, 30.0)])
def test_beam_of_the_channel_from_a_casa_table(tmp_path, pixels, make_header, plane, major):
    path = tmp_path / "casa.fits"
    header = make_header(BMAJ=None, BMIN=None, BPA=None, CASAMBM=True, **SPECTRAL)
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("BMAJ", "E", "arcsec", array=[10.0, 20.0, 30.0]),
            fits.Column("BMIN", "E", "arcsec", array=[9.0, 9.0, 9.0]),
            fits.Column("BPA", "E", "deg", array=[1.0, 2.0, 3.0]),
            fits.Column("CHAN", "J", array=[0, 1, 2]),
            fits.Column("POL", "J", array=[0, 0, 0]),
        ],
        name="BEAMS",
    )
    fits.HDUList([fits.PrimaryHDU(np.stack([pixels] * 3), header), table]).writeto(path)
    image = read_image(path, plane=plane)
    assert (image.beam.major, image.beam.minor) == pytest.approx((major, 9.0))
    assert image.beam.pa == plane + 1.0
    assert image.provenance["beam"] == "the BEAMS table"


def test_missing_beam_is_none_and_an_option_gives_it(write_image):
    path = write_image(BMAJ=None, BMIN=None, BPA=None)
    image = read_image(path)
    assert image.beam is None
    assert image.beam_area is None
    given = read_image(path, beam=Beam(15.0, 15.0, 0.0, "option"))
    assert given.beam.major == 15.0
    assert given.provenance["beam"] == "--beam"


# Unit


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("JY/BEAM", 1.0), ("Jy/bm", 1.0), ("beam-1 Jy", 1.0), ("Jy beam^-1", 1.0),
        ("mJy/beam", 1e-3), ("uJy/beam", 1e-6), ("MJY/BEAM", 1e-3),
    ],
)  # fmt: skip
def test_pixels_are_delivered_in_jy_per_beam(write_image, pixels, unit, factor):
    image = read_image(write_image(BUNIT=unit))
    assert image.unit == u.Jy / u.beam
    np.testing.assert_allclose(image.read(), factor * pixels, rtol=1e-6)


@pytest.mark.parametrize("unit", ["Jy/pixel", "MJy/sr", "Jy/arcsec2"])
def test_surface_brightness_is_converted_with_the_beam(write_image, pixels, unit):
    image = read_image(write_image(BUNIT=unit))
    area = np.pi * 12.0 * 8.0 / (4 * np.log(2)) * u.arcsec**2
    if unit == "Jy/pixel":
        truth = pixels * (area / (4 * u.arcsec**2)).to_value("")
    else:
        truth = (pixels * u.Unit(unit) * area).to_value("Jy")
    np.testing.assert_allclose(image.read(), truth, rtol=1e-5)


def test_brightness_temperature_is_converted_with_beam_and_frequency(write_image, pixels):
    image = read_image(write_image(BUNIT="K", RESTFRQ=1.4e9))
    wavelength = 299_792_458.0 / 1.4e9
    solid_angle = np.pi * 12.0 * 8.0 / (4 * np.log(2)) / 206264.806**2
    factor = 2 * 1.380649e-23 / wavelength**2 * solid_angle * 1e26
    np.testing.assert_allclose(image.read(), factor * pixels, rtol=1e-5)


def test_missing_unit_is_taken_as_jy_per_beam_and_said(write_image, pixels):
    image = read_image(write_image(BUNIT=None))
    assert image.unit == u.Jy / u.beam
    assert any("BUNIT is missing" in note for note in image.notes)
    np.testing.assert_array_equal(image.read(), pixels)


@pytest.mark.parametrize("unit", ["counts", "Jy", "m/s", "JY/BEAM.KM/S"])
def test_unit_that_is_no_surface_brightness_is_refused(write_image, pixels, unit):
    path = write_image(BUNIT=unit)
    with pytest.raises(ImageError, match="not a surface brightness: say what it is with --unit"):
        read_image(path)
    np.testing.assert_allclose(read_image(path, unit="mJy/beam").read(), 1e-3 * pixels, rtol=1e-6)


def test_unit_that_needs_a_beam_says_so(write_image):
    with pytest.raises(ImageError, match=r"needs a beam .* --beam MAJ,MIN,PA"):
        read_image(write_image(BUNIT="K", BMAJ=None))
    with pytest.raises(ImageError, match=r"needs a frequency .* RESTFRQ"):
        read_image(write_image(BUNIT="K", name="other.fits"))


# Frames and projections


@pytest.mark.parametrize(
    "cards",
    [
        {"RADESYS": "ICRS"},
        {"RADESYS": "FK5", "EQUINOX": 2000.0},
        {"RADESYS": None, "EQUINOX": 2000.0},
        {"RADESYS": None, "EPOCH": 2000.0},
        {"RADESYS": None, "EPOCH": 1950.0},
        {"RADESYS": "FK4", "EQUINOX": 1950.0},
        {"RADESYS": None, "EQUINOX": 1950.0},
        {"RADESYS": None, "RADECSYS": "FK4", "EPOCH": 1950.0},
        {"RADESYS": "FK5", "EQUINOX": 1975.0},
        {"RADESYS": None},
        {"CTYPE1": "GLON-SIN", "CTYPE2": "GLAT-SIN"},
        {"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR", "CRVAL2": 0.0},
    ],
    ids=lambda cards: " ".join(f"{key}={value}" for key, value in cards.items()),
)
def test_positions_are_icrs_whatever_the_frame(write_image, cards):
    path = write_image(**cards)
    assert_same_sky(read_image(path), fits.getheader(path))


@pytest.mark.parametrize(
    ("cards", "frame"),
    [
        ({"EQUINOX": "J2000"}, "fk5"),
        ({"EQUINOX": "B1950"}, "fk4"),
        ({"EPOCH": "2000.0"}, "fk5"),
        ({"RADESYS": "J2000"}, "fk5"),
        ({"RADESYS": "B1950.0"}, "fk4"),
        ({"RADESYS": "fk5", "EQUINOX": 2000.0}, "fk5"),
        ({"RADESYS": "FK4_NO_E"}, "fk4noeterms"),
        ({"RADESYS": "whatever", "EQUINOX": 2000.0}, "fk5"),
    ],
)
def test_frames_in_words(write_image, make_header, cards, frame):
    plain = {"CTYPE1": "RA---SIN", "RADESYS": None, "EQUINOX": None, **cards}
    ra, dec = read_image(write_image(**plain)).pixel_to_sky(31.0, 4.0)
    lon, lat = WCS(make_header(RADESYS="ICRS")).all_pix2world(31.0, 4.0, 0)
    truth = SkyCoord(lon, lat, unit="deg", frame=frame).icrs
    assert SkyCoord(ra, dec, unit="deg").separation(truth).arcsec < 1e-6


@pytest.mark.parametrize("code", ["SIN", "TAN", "ARC", "ZEA", "STG", "CAR", "NCP", "SFL", "GLS"])
def test_projections(write_image, code):
    path = write_image(CTYPE1=f"RA---{code}", CTYPE2=f"DEC--{code}", CRVAL2=-45.0)
    assert_same_sky(read_image(path), fits.getheader(path))


def test_rotation_of_every_spelling(write_image, make_header):
    angle = np.radians(25.0)
    cos, sin, step = np.cos(angle), np.sin(angle), 2 / 3600
    truth = {"PC1_1": cos, "PC1_2": -sin, "PC2_1": sin, "PC2_2": cos}
    spellings = [
        truth,
        {"PC001001": cos, "PC001002": -sin, "PC002001": sin, "PC002002": cos},
        {"PC01_01": cos, "PC01_02": -sin, "PC02_01": sin, "PC02_02": cos},
        {"CROTA2": -25.0},
        {
            "CDELT1": None, "CDELT2": None,
            "CD1_1": -step * cos, "CD1_2": step * sin,
            "CD2_1": step * sin, "CD2_2": step * cos,
        },
    ]  # fmt: skip
    for number, cards in enumerate(spellings):
        image = read_image(write_image(name=f"rotated{number}.fits", **cards))
        assert_same_sky(image, make_header(**truth))


def test_lower_case_types_and_units(write_image, make_header):
    image = read_image(
        write_image(CTYPE1="ra---sin", CTYPE2="dec--sin", CUNIT1="DEGREES", CUNIT2="degree")
    )
    assert_same_sky(image, make_header())


def test_sip_distortion_is_kept(write_image):
    path = write_image(
        CTYPE1="RA---TAN-SIP", CTYPE2="DEC--TAN-SIP",
        A_ORDER=2, A_2_0=1e-4, B_ORDER=2, B_0_2=-2e-4,
    )  # fmt: skip
    image = read_image(path)
    ra, dec = image.pixel_to_sky(31.0, 4.0)
    assert (
        SkyCoord(ra, dec, unit="deg")
        .separation(astropy_sky(fits.getheader(path), 31.0, 4.0))
        .arcsec
        < 1e-6
    )
    np.testing.assert_allclose(image.sky_to_pixel(ra, dec), (31.0, 4.0), atol=1e-4)


def test_beam_angle_follows_the_frame(write_image):
    """BPA counts from the image's own north, the beam's angle from ICRS north."""
    path = write_image(CTYPE1="GLON-SIN", CTYPE2="GLAT-SIN")
    image = read_image(path)
    centre = astropy_sky(fits.getheader(path), *image.centre)
    galactic = centre.galactic
    along = SkyCoord(galactic.directional_offset_by(30.0 * u.deg, 1 * u.arcsec)).icrs
    truth = centre.position_angle(along).deg % 180.0
    assert image.beam.pa == pytest.approx(truth, abs=1e-3)
    header = image.map_header()
    assert header["BPA"] == pytest.approx(30.0, abs=1e-3)


# Files that are no image


def test_missing_file(tmp_path):
    with pytest.raises(ImageError, match=r"absent\.fits cannot be read: No such file"):
        read_image(tmp_path / "absent.fits")


def test_folder(tmp_path):
    with pytest.raises(ImageError, match="is a folder"):
        read_image(tmp_path)


def test_unreadable_file(write_image, monkeypatch):
    path = write_image()

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)  # root can read any file
    with pytest.raises(ImageError, match="Permission denied"):
        read_image(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n", "is not a FITS file"),
        (b"SIMPLE", "is damaged: HDU 0 has no END"),
        (b"SIMPLE  =                    T" + b" " * 2850, "is damaged: HDU 0 has no END"),
    ],
)
def test_not_fits(tmp_path, content, message):
    path = tmp_path / "image.fits"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=message):
        read_image(path)


def test_truncated_pixels(write_image):
    path = write_image()
    path.write_bytes(path.read_bytes()[:-2880])
    with pytest.raises(ImageError, match=r"truncated: its header promises \d+ bytes, .* has \d+"):
        read_image(path)


def test_truncated_tile_compressed_image(tmp_path, pixels, make_header):
    path = tmp_path / "image.fits.fz"
    fits.CompImageHDU(np.tile(pixels, (9, 9)), make_header()).writeto(path)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    with pytest.raises(ImageError, match="truncated"):
        read_image(path)


@pytest.mark.parametrize("side", [31_623, 10**6, 10**9])
def test_huge_header_without_data(tmp_path, make_header, side):
    path = tmp_path / "huge.fits"
    hdu = fits.PrimaryHDU(np.zeros((2, 2), "f4"), make_header())
    hdu.header["NAXIS1"] = hdu.header["NAXIS2"] = side
    path.write_text(hdu.header.tostring())
    with pytest.raises(ImageError, match="truncated"):
        read_image(path)


def test_file_that_shrinks_while_it_is_used(write_image):
    path = write_image()
    image = read_image(path)
    path.write_bytes(path.read_bytes()[:2880])
    with pytest.raises(ImageError, match="changed while it was read"):
        image.read()


def test_no_wcs(write_image):
    with pytest.raises(ImageError, match="no celestial WCS"):
        read_image(write_image(CTYPE1=None, CTYPE2=None))
    with pytest.raises(ImageError, match="no celestial WCS"):
        read_image(write_image(CTYPE1="FREQ", name="spectra.fits"))


def test_no_image(tmp_path):
    path = tmp_path / "table.fits"
    table = fits.BinTableHDU.from_columns([fits.Column("RA", "D", array=[1.0])])
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    with pytest.raises(ImageError, match="holds no image"):
        read_image(path)


def test_visibilities(tmp_path):
    path = tmp_path / "uv.fits"
    data = fits.GroupData(
        np.zeros((3, 1, 1, 2)), parnames=["UU"], pardata=[np.zeros(3)], bitpix=-32
    )
    fits.GroupsHDU(data).writeto(path)
    with pytest.raises(ImageError, match="visibilities"):
        read_image(path)


def test_single_pixel(write_image, pixels):
    with pytest.raises(ImageError, match="single pixel"):
        read_image(write_image(pixels[:1, :1]))


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        ({"CDELT1": None, "CDELT2": None}, "does not say how large its pixels are"),
        ({"CDELT2": 0.0}, "does not say how large its pixels are"),
        ({"CRPIX1": 1e6}, "no part is on the sky"),
        (
            {"CTYPE1": "RA---XYZ", "CTYPE2": "DEC--XYZ"},
            "cannot be used: its projection is unknown",
        ),
        ({"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN"}, "cannot be turned into ICRS"),
        ({"RADESYS": "GAPPT"}, "cannot be turned into ICRS"),
        ({"PC1_1": 1.0, "PC1_2": 1.0, "PC2_1": 1.0, "PC2_2": 1.0}, "no area"),
    ],
)
def test_useless_wcs(write_image, cards, message):
    with pytest.raises(ImageError, match=message):
        read_image(write_image(**cards))


# Notes and identity


def test_what_astropy_complains_about_becomes_a_note(tmp_path, pixels, make_header):
    path = tmp_path / "blank.fits"
    hdu = fits.PrimaryHDU(pixels, make_header())
    hdu.header["BLANK"] = -1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hdu.writeto(path, output_verify="ignore")
    notes = read_image(path).notes
    assert len(notes) == 1
    assert notes[0].startswith("astropy: Invalid 'BLANK' keyword")


@pytest.mark.parametrize("name", ["a.fits", "a.FITS", "a.fit", "a.fts"])
def test_name_is_the_stem(write_image, name):
    assert read_image(write_image(name=name)).name == "a"


def test_hash_is_that_of_the_file(write_image):
    path = write_image()
    assert read_image(path).sha256() == hashlib.sha256(path.read_bytes()).hexdigest()

"""Properties of the reader over headers: no order of axes, beam, unit or rubbish upsets it."""

import gzip
import warnings

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.errors import ImageError
from sciarada.io.fits_image import read_image

NX, NY = 9, 7
FRAMES = {
    "ICRS": ("RA", "DEC", {"RADESYS": "ICRS"}, "icrs"),
    "J2000": ("RA", "DEC", {"EQUINOX": 2000.0}, "fk5"),
    "B1950": ("RA", "DEC", {"EPOCH": 1950.0}, "fk4"),
    "Galactic": ("GLON", "GLAT", {}, "galactic"),
}
UNITS = {"Jy/beam": 1.0, "JY/BEAM": 1.0, "mJy/beam": 1e-3, "beam-1 uJy": 1e-6, "Jy/bm": 1.0}
OTHERS = {
    "FREQ": {"CRVAL": 1.4e9, "CDELT": 1e6, "CUNIT": "Hz"},
    "STOKES": {"CRVAL": 1.0, "CDELT": 1.0},
    "": {},
}
# NCP leads wcslib through an arcsine, which near the reference point keeps half of the digits only.
NCP_PRECISION = 3600 * np.degrees(np.sqrt(2 * np.finfo(float).eps))  # arcsec
NEAR_THE_REFERENCE_OF_NCP = (
    "B1950",
    {
        "lon": {"CTYPE": "RA---NCP", "CRVAL": 0.0, "CRPIX": 0.0, "CDELT": -0.25 / 3600},
        "lat": {"CTYPE": "DEC--NCP", "CRVAL": 20.0, "CRPIX": 10.0, "CDELT": 0.25 / 3600},
    },
    {"EPOCH": 1950.0},
)
property_test = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def axis_orders(draw):
    """Give a permutation of longitude, latitude and up to three axes of length 1."""
    extra = draw(st.lists(st.sampled_from(sorted(OTHERS)), max_size=3, unique=True))
    return draw(st.permutations(["lon", "lat", *extra]))


@st.composite
def skies(draw):
    """Give the celestial keywords of one image by axis, and the common ones."""
    frame = draw(st.sampled_from(sorted(FRAMES)))
    code = draw(st.sampled_from(["SIN", "TAN", "ARC", "ZEA", "STG", "CAR", "NCP"]))
    lon, lat, common, _ = FRAMES[frame]
    south = draw(st.booleans())
    value = draw(st.floats(20.0, 80.0)) * (-1 if south else 1)  # NCP has no equator
    step = draw(st.floats(0.1, 60.0)) / 3600.0
    pixel = st.floats(-500.0, 500.0)
    return (
        frame,
        {
            "lon": {
                "CTYPE": f"{lon:-<4}-{code}", "CRVAL": draw(st.floats(0.0, 360.0)),
                "CRPIX": draw(pixel), "CDELT": -step,
            },
            "lat": {
                "CTYPE": f"{lat:-<4}-{code}", "CRVAL": value,
                "CRPIX": draw(pixel), "CDELT": step,
            },
        },
        common,
    )  # fmt: skip


@property_test
@example(
    order=["lon", "lat"],
    sky=NEAR_THE_REFERENCE_OF_NCP,
    unit="Jy/beam",
    source=(0, 0),
    beam=(1.0, 1.0, 0.0),
)
@given(
    order=axis_orders(),
    sky=skies(),
    unit=st.sampled_from(sorted(UNITS)),
    source=st.tuples(st.integers(0, NX - 1), st.integers(0, NY - 1)),
    beam=st.tuples(st.floats(0.01, 100.0), st.floats(0.1, 1.0), st.floats(0.0, 180.0)),
)
def test_source_keeps_its_place_and_its_brightness(tmp_path, order, sky, unit, source, beam):
    frame, celestial, common = sky
    step = celestial["lat"]["CDELT"] * 3600
    lengths = {"lon": NX, "lat": NY}
    header = fits.Header([("WCSAXES", len(order)), *common.items(), ("BUNIT", unit)])
    for number, kind in enumerate(order, start=1):
        cards = celestial[kind] if kind in celestial else {"CTYPE": kind, **OTHERS[kind]}
        header.update({f"{key}{number}": value for key, value in cards.items() if value != ""})
    header["BMAJ"], header["BMIN"], header["BPA"] = beam[0], beam[0] * beam[1], beam[2]
    data = np.ones([lengths.get(kind, 1) for kind in reversed(order)], np.float32)
    spot = {"lon": source[0], "lat": source[1]}
    data[tuple(spot.get(kind, 0) for kind in reversed(order))] = 5.0
    path = tmp_path / "image.fits"
    fits.writeto(path, data, header, overwrite=True)

    image = read_image(path)
    values = image.read()
    y, x = np.unravel_index(values.argmax(), values.shape)
    assert values[y, x] == pytest.approx(5.0 * UNITS[unit])
    assert (x, y) == (source if order.index("lon") < order.index("lat") else source[::-1])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        world = WCS(header).all_pix2world([[spot.get(kind, 0) for kind in order]], 0)[0]
    lon, lat = world[order.index("lon")], world[order.index("lat")]
    truth = SkyCoord(lon, lat, unit="deg", frame=FRAMES[frame][3]).icrs
    ra, dec = image.pixel_to_sky(x, y)
    assert truth.separation(SkyCoord(ra, dec, unit="deg")).arcsec < 1e-5
    close = 1e-5 if celestial["lat"]["CTYPE"][5:] != "NCP" else NCP_PRECISION / step
    np.testing.assert_allclose(image.sky_to_pixel(ra, dec), (x, y), atol=close)
    frequency = world[order.index("FREQ")] if "FREQ" in order else None
    assert image.frequency == frequency


CARDS = [
    "CTYPE1", "CTYPE2", "CTYPE3", "CRVAL1", "CRVAL2", "CRVAL3", "CRPIX1", "CDELT1", "CDELT2",
    "CUNIT1", "CUNIT3", "BUNIT", "BMAJ", "BMIN", "BPA", "RADESYS", "EQUINOX", "EPOCH", "RESTFRQ",
    "FREQ", "VELREF", "PC1_1", "PC1_2", "PC2_1", "PC1_3", "CD1_1", "CD2_2", "CROTA2", "LONPOLE",
    "LATPOLE", "PV2_1", "PV2_2", "PV1_1", "A_ORDER", "A_2_0", "B_ORDER", "WCSAXES", "CLEANBMJ",
    "RADECSYS", "PV99_1", "CD0_0", "HISTORY",
]  # fmt: skip
VALUES = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    st.sampled_from(
        [
            "RA---TAN", "DEC--TAN", "RA---ZZZ", "GLON-CAR", "GLAT-CAR", "HPLN-TAN", "RA", "DEC",
            "RA---TAN-SIP", "DEC--TAN-SIP", "RA---TPV", "RA---COE", "RA---HPX", "VOPT-F2W", "FREQ",
            "K", "Jy", "nan", "rad", "GHz", "FK4", "GAPPT", "J2000", 0, -1, 90, 180.0, 1e300,
            "CLEAN BMAJ= 9e99 BMIN= 1e-99 BPA= 1",
        ]
    ),
)  # fmt: skip


def image_or_error(path, **options):
    """Read, and use, a file; anything but an image or one sentence is a failure."""
    try:
        image = read_image(path, **options)
    except ImageError as error:
        if "\n" in str(error) or str(path) not in str(error):
            pytest.fail(f"not a sentence that names the file: {error}")
        return None
    assert isinstance(image, SkyImage)
    assert image.read().shape == image.shape
    assert image.pixel_scale > 0
    image.pixel_to_sky([0.0, 1.0], [1.0, 1.0])
    image.north_angle(1.0, 1.0)
    image.beam_in_pixels()
    image.map_header()
    return image


@property_test
@given(
    cards=st.lists(st.tuples(st.sampled_from(CARDS), VALUES), min_size=1, max_size=6),
    dtype=st.sampled_from([np.float32, np.float64, np.int16, np.int32, np.uint8]),
)
def test_rubbish_cards_give_an_image_or_one_sentence(tmp_path, make_header, cards, dtype):
    header = make_header(CTYPE3="FREQ", CRVAL3=1.4e9)
    for key, value in cards:
        try:
            header[key] = value
        except ValueError:  # FITS has no such card
            continue
    path = tmp_path / "rubbish.fits"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits.writeto(
            path, np.arange(42).reshape(6, 7).astype(dtype), header,
            overwrite=True, output_verify="ignore",
        )  # fmt: skip
    image_or_error(path)


@property_test
@given(
    packing=st.sampled_from(["plain", "gz", "fz"]),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    cut=st.one_of(st.none(), st.integers(0, 10**6)),
)
def test_damaged_bytes_give_an_image_or_one_sentence(
    tmp_path, pixels, make_header, packing, flips, cut
):
    path = tmp_path / "damaged.fits"
    if packing == "fz":
        fits.CompImageHDU(pixels, make_header()).writeto(path, overwrite=True)
    else:
        fits.writeto(path, pixels, make_header(), overwrite=True)
    content = bytearray(path.read_bytes())
    if packing == "gz":
        content = bytearray(gzip.compress(content))
    for place, value in flips:
        content[place % len(content)] = value
    if cut is not None:
        content = content[: cut % len(content)]
    path.write_bytes(content)
    image_or_error(path)

"""A WCS is the same to the last bit when it comes out of a pickle."""

import pickle
import struct
import subprocess
import sys
import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, DistortionLookupTable, FITSFixedWarning, Sip
from hypothesis import given
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.errors import ImageError
from sciarada.geometry.wcs_state import WcsState, same_wcs

SHAPE = (64, 80)
ODD = 1 / 3  # has more digits than a FITS header


def plain(projection: str = "SIN") -> WCS:
    """Return a WCS whose numbers have all their digits."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{projection}", f"DEC--{projection}"]
    wcs.wcs.crval = [187.5 + ODD, -45.0 - ODD]
    wcs.wcs.crpix = [20.0 + ODD, 15.0 - ODD]
    wcs.wcs.cdelt = [-ODD / 1000, ODD / 1001]
    wcs.wcs.radesys = "ICRS"
    return wcs


def turned(**matrix) -> WCS:
    wcs = plain()
    for name, value in matrix.items():
        setattr(wcs.wcs, name, value)
    return wcs


def with_parameters() -> WCS:
    wcs = plain("ZPN")
    wcs.wcs.set_pv([(2, 1, 1.0), (2, 3, ODD / 100)])
    wcs.wcs.lonpole = 170.0 + ODD
    return wcs


def as_ncp() -> WCS:
    """Return a WCS that wcslib turns into another projection."""
    header = plain().to_header()
    header["CTYPE1"], header["CTYPE2"] = "RA---NCP", "DEC--NCP"
    header["CRVAL2"] = 41.0 + ODD
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        return WCS(header)


def with_sip() -> WCS:
    wcs = plain("TAN-SIP")
    terms = np.zeros((3, 3))
    terms[2, 0], terms[1, 1] = ODD * 1e-5, -ODD * 1e-6
    wcs.sip = Sip(terms, terms.T, -terms, -terms.T, [21.0 + ODD, 14.0])
    return wcs


def with_tables() -> WCS:
    wcs = plain("TAN")
    rng = np.random.default_rng(1)
    for name in ("cpdis1", "cpdis2", "det2im1"):
        data = rng.normal(size=(5, 6)).astype(np.float32)
        place = (2.0 + ODD, 3.0), (11.0, 7.0 - ODD), (8.0 + ODD, 9.0)
        setattr(wcs, name, DistortionLookupTable(data, *place))
    return wcs


def galactic() -> WCS:
    wcs = plain("CAR")
    wcs.wcs.ctype = ["GLON-CAR", "GLAT-CAR"]
    wcs.wcs.crval = [30.0 + ODD, 0.0]
    wcs.wcs.radesys = ""
    wcs.wcs.dateobs, wcs.wcs.mjdobs = "2015-03-01T00:00:00", 57082.0 + ODD
    wcs.wcs.obsgeo = [-2556088.5 + ODD, 5097405.2, -2848428.4, np.nan, np.nan, np.nan]
    wcs.pixel_shape = (80, 64)
    return wcs


CASES = {
    "plain": plain(),
    "all-sky": plain("AIT"),
    "pc": turned(pc=[[0.8 + ODD / 10, -0.6], [0.6, 0.8]]),
    "cd": turned(cd=[[-ODD / 1000, ODD / 9000], [ODD / 9001, ODD / 1002]]),
    "crota": turned(crota=[0.0, 10.0 + ODD]),
    "equinox": turned(radesys="FK5", equinox=1975.0 + ODD),
    "parameters": with_parameters(),
    "ncp": as_ncp(),
    "sip": with_sip(),
    "tables": with_tables(),
    "galactic": galactic(),
    "window": with_sip().slice((slice(3, 50), slice(7, 60))),
}


def image(wcs: WCS) -> SkyImage:
    return SkyImage.from_array(np.zeros(SHAPE, np.float32), wcs, name="field")


def bits(*arrays: np.ndarray) -> bytes:
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def sky(an_image: SkyImage) -> bytes:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + ODD
    ra, dec = an_image.pixel_to_sky(x, y)
    return bits(ra, dec, an_image.sky_jacobian(x, y)) + struct.pack("d", an_image.pixel_scale)


@pytest.mark.parametrize("wcs", CASES.values(), ids=CASES.keys())
def test_every_bit_comes_back(wcs):
    before = image(wcs)
    after = pickle.loads(pickle.dumps(before))
    assert same_wcs(before.wcs, after.wcs)
    assert sky(after) == sky(before)
    assert after.wcs.pixel_shape == wcs.pixel_shape
    assert after.wcs.to_header(relax=True) == before.wcs.to_header(relax=True)
    assert sky(pickle.loads(pickle.dumps(after))) == sky(before)


@pytest.mark.parametrize("name", ["plain", "pc", "cd", "sip", "tables"])
def test_what_astropy_pickles_is_not_the_same(name):
    """The reason for all this; if it goes, so can `sciarada.geometry.wcs_state`."""
    assert not same_wcs(CASES[name], pickle.loads(pickle.dumps(CASES[name])))


@given(
    crval=st.tuples(st.floats(0, 360), st.floats(-89, 89)),
    crpix=st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)),
    scale=st.tuples(st.floats(1e-6, 0.1), st.floats(1e-6, 0.1)),
    angle=st.floats(0, 6.3),
    projection=st.sampled_from(["SIN", "TAN", "ARC", "ZEA", "STG", "CAR", "MOL", "SFL"]),
)
def test_any_numbers_come_back(crval, crpix, scale, angle, projection):
    wcs = plain(projection)
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = crval, crpix, scale
    wcs.wcs.pc = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    state = pickle.loads(pickle.dumps(WcsState.of(wcs)))
    assert same_wcs(wcs, state.restored())


@pytest.mark.parametrize(
    "change",
    [
        lambda wcs: setattr(wcs.wcs, "crpix", np.nextafter(wcs.wcs.crpix, np.inf)),
        lambda wcs: setattr(wcs.wcs, "lonpole", np.nextafter(wcs.wcs.lonpole, np.inf)),
        lambda wcs: setattr(wcs, "sip", None),
        lambda wcs: setattr(
            wcs, "sip", Sip(wcs.sip.a, wcs.sip.b, wcs.sip.ap, wcs.sip.bp, [21.0, 14.0])
        ),
        lambda wcs: setattr(wcs, "cpdis1", with_tables().cpdis1),
    ],
)
def test_a_last_bit_makes_another_wcs(change):
    wcs = with_sip()
    wcs.wcs.set()
    other = wcs.deepcopy()
    assert same_wcs(wcs, other)
    change(other)
    assert not same_wcs(wcs, other)


def test_another_process_sees_the_same_sky(tmp_path):
    path = tmp_path / "image.pickle"
    path.write_bytes(pickle.dumps(image(CASES["sip"])))
    script = (
        "import pickle, pathlib, sys; sys.stdout.write(pickle.loads(pathlib.Path("
        f"{str(path)!r}).read_bytes()).pixel_scale.hex())"
    )
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    assert found.stdout.decode() == image(CASES["sip"]).pixel_scale.hex()


def test_coordinates_in_tables_are_refused():
    columns = [
        fits.Column("COORDS", "18D", array=np.arange(18.0)[None], dim="(1, 18)"),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="WCS-TAB")
    header = plain().to_header()
    header["WCSAXES"] = 3
    header.update(
        {"CTYPE3": "FREQ-TAB", "CUNIT3": "Hz", "PS3_0": "WCS-TAB", "PS3_1": "COORDS"},
    )
    header.update({"PV3_1": 1, "PV3_2": 1, "PV3_3": 1, "CRVAL3": 1.0, "CDELT3": 1.0, "CRPIX3": 1.0})
    wcs = WCS(header, fobj=fits.HDUList([fits.PrimaryHDU(), table]))
    with pytest.raises(ValueError, match="cannot be sent to another process"):
        WcsState.of(wcs)


def test_an_image_whose_wcs_would_change_says_so(monkeypatch):
    monkeypatch.setattr("sciarada.geometry.wcs_state.same_wcs", lambda one, other: False)
    with pytest.raises(ImageError, match=r"field: the WCS cannot be sent .*; use one worker"):
        pickle.dumps(image(plain()))

"""The beam of the plane that is read, from the tables in its file."""

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.io.fits_image import read_image

SKY = {
    "CTYPE1": "RA---SIN", "CRVAL1": 150.0, "CRPIX1": 100.5, "CDELT1": -2 / 3600, "CUNIT1": "deg",
    "CTYPE2": "DEC--SIN", "CRVAL2": -30.0, "CRPIX2": 100.5, "CDELT2": 2 / 3600, "CUNIT2": "deg",
    "CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CRPIX3": 1.0, "CDELT3": 1e6,
    "BUNIT": "Jy/beam", "BMAJ": 12 / 3600, "BMIN": 8 / 3600, "BPA": 30.0, "CASAMBM": True,
}  # fmt: skip
BEAMS = [(12.0, 8.0), (20.0, 10.0), (28.0, 14.0)]


def plane(major, minor):
    """A point source of 1 Jy as a beam (arcsec) of position angle 30 degrees shows it."""
    y, x = 2.0 * (np.mgrid[:200, :200] - 99.5)
    angle = np.radians(120.0)
    u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    noise = np.random.default_rng(1).normal(0, 1e-4, (200, 200))
    return (2.0 ** (-((2 * u / major) ** 2) - (2 * v / minor) ** 2) + noise).astype("f4")


def table(version=1, factor=1.0):
    majors, minors = factor * np.array(BEAMS).T
    return fits.BinTableHDU.from_columns(
        [
            fits.Column("BMAJ", "1E", "arcsec", array=majors),
            fits.Column("BMIN", "1E", "arcsec", array=minors),
            fits.Column("BPA", "1E", "deg", array=[30.0] * 3),
            fits.Column("CHAN", "1J", array=[0, 1, 2]),
            fits.Column("POL", "1J", array=[0, 0, 0]),
        ],
        name="BEAMS",
        ver=version,
    )


@pytest.fixture(params=["plain", "compressed"])
def cube(request, tmp_path):
    path = tmp_path / "cube.fits"
    data, header = np.stack([plane(*beam) for beam in BEAMS]), fits.Header(SKY)
    if request.param == "plain":
        hdus = [fits.PrimaryHDU(data, header), table()]
    else:
        packed = fits.CompImageHDU(data, header, quantize_level=-1e-5)
        hdus = [fits.PrimaryHDU(), packed, table()]
    fits.HDUList(hdus).writeto(path)
    return path


def test_the_flux_is_right_with_the_beam_of_the_plane(cube, tmp_path):
    out = tmp_path / "out"
    arguments = ["detect", str(cube), "--plane", "1", "--out", str(out), "--workers", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    row = fits.getdata(out / "catalogue.fits", "SOURCES")[0]
    assert (row["beam_maj"], row["beam_min"], row["beam_pa"]) == pytest.approx((20.0, 10.0, 30.0))
    assert row["total_flux"] == pytest.approx(1.0, rel=0.01)
    assert np.isnan(row["dc_maj_axis"])
    assert row["freq"] == 1.401e9


def test_each_image_has_the_table_of_its_version(tmp_path):
    path = tmp_path / "two.fits"
    data, header = np.stack([plane(*beam) for beam in BEAMS]), fits.Header(SKY)
    fits.HDUList(
        [
            fits.PrimaryHDU(),
            fits.ImageHDU(data, header, name="SCI"),
            fits.ImageHDU(data, header, name="SCI", ver=2),
            table(2, factor=2.0),
            table(1),
        ]
    ).writeto(path)
    for version, major in ((1, 20.0), (2, 40.0)):
        image = read_image(path, hdu=("SCI", version), plane=1)
        assert image.beam.major == pytest.approx(major)

"""Every real image beside the checkout either reads or gives one clear sentence."""

import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS

from sciarada.errors import ImageError
from sciarada.io.fits_image import read_image

FIELDS = ("scorpio_atca", "fields_misc", "sdc1_b1", "deepsource_sim")
REFUSED = {
    "1904-66_SIN_3d.fits": "3 planes along AXIS3",
    "1904_comp.fits": "holds no image",
    "tbdsf_process_image.in_fits.pybdsf.gaul.FITS": "holds no image",
    "tbdsf_process_image.in_fits.pybdsf.srl.FITS": "holds no image",
}


@pytest.fixture(scope="module")
def survey_images(shared_data):
    """Paths of all FITS files of the fields, and every 40th cutout of FIRST."""
    fields = [
        path
        for folder in FIELDS
        for path in sorted((shared_data / folder).rglob("*"))
        if path.suffix.lower() == ".fits"
    ]
    first = sorted((shared_data / "first_mirabest" / "dev").glob("*.fits.fz"))[::40]
    return fields + first + sorted((shared_data / "first_mirabest" / "originals").iterdir())


def test_every_file_reads_or_says_why_not(survey_images):
    assert len(survey_images) > 50
    refused = {}
    for path in survey_images:
        try:
            image = read_image(path)
        except ImageError as error:
            refused[path.name] = str(error)
            continue
        values = image.read()
        assert values.shape == image.shape
        assert np.isfinite(values).any()
        assert 0.1 < image.pixel_scale < 400
    assert refused.keys() == REFUSED.keys()
    for name, message in REFUSED.items():
        assert message in refused[name]


def test_positions_are_those_of_astropy_with_the_whole_header(survey_images):
    checked = 0
    for path in survey_images:
        if path.suffix != ".fits" or path.name in REFUSED:
            continue
        image = read_image(path)
        ny, nx = image.shape
        x, y = np.array([nx / 2, nx / 3, nx / 2]), np.array([ny / 2, ny / 2, ny / 3])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)  # old spellings of the headers
            truth = WCS(fits.getheader(path)).celestial.pixel_to_world(x, y).icrs
        ra, dec = image.pixel_to_sky(x, y)
        np.testing.assert_allclose(ra, truth.ra.deg, atol=1e-8)
        np.testing.assert_allclose(dec, truth.dec.deg, atol=1e-8)
        checked += 1
    assert checked > 25


@pytest.mark.parametrize(
    ("name", "beam", "frequency"),
    [
        ("scorpio_atca/dev/ScorpioS17Field.fits", (6.5, 6.5, 0.0), 1447460651.4),
        ("fields_misc/pyse_lofar_ami/GRB120422A-120429.fits", (54.243, 24.653, 5.01), 16505187505),
        ("fields_misc/pyse_lofar_ami/missing_metadata.fits", (80.0, 80.0, 0.0), None),
        ("fields_misc/vast_sim/epoch01.fits", (15.0, 10.0, 0.0), 8.88e8),
        ("fields_misc/fornaxA_vla/Fornaxa_vla.FITS", (14.0, 14.0, 0.0), 1.51e9),
        ("sdc1_b1/dev/sdc1_b1_1000h.fits", (1.5, 1.5, 0.0), None),
    ],
)
def test_beam_and_frequency_of_real_images(shared_data, name, beam, frequency):
    image = read_image(shared_data / name)
    assert (image.beam.major, image.beam.minor, image.beam.pa) == pytest.approx(beam, abs=0.01)
    assert image.frequency == (None if frequency is None else pytest.approx(frequency, rel=1e-12))


def test_first_cutouts_are_read_from_their_tiles(shared_data):
    for path in sorted((shared_data / "first_mirabest" / "dev").glob("*.fits.fz"))[:3]:
        image = read_image(path)
        np.testing.assert_array_equal(image.read(), fits.getdata(path, 1).astype("f4"))
        assert image.beam is None

"""Generated FITS files for the tests of the reader."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

HEADER = {
    "CTYPE1": "RA---SIN",
    "CTYPE2": "DEC--SIN",
    "CRVAL1": 187.5,
    "CRVAL2": -45.0,
    "CRPIX1": 20.0,
    "CRPIX2": 15.0,
    "CDELT1": -2.0 / 3600,
    "CDELT2": 2.0 / 3600,
    "RADESYS": "ICRS",
    "BUNIT": "Jy/beam",
    "BMAJ": 12.0 / 3600,
    "BMIN": 8.0 / 3600,
    "BPA": 30.0,
}


@pytest.fixture
def pixels() -> np.ndarray:
    """Noise of 30 rows and 40 columns without a zero in it."""
    return np.random.default_rng(7).normal(1.0, 0.1, (30, 40)).astype(np.float32)


@pytest.fixture
def make_header() -> Callable[..., fits.Header]:
    """Make the plain header with some keywords changed, and those set to None left out."""

    def make(**changes: object) -> fits.Header:
        cards = {**HEADER, **changes}
        return fits.Header([(key, value) for key, value in cards.items() if value is not None])

    return make


@pytest.fixture
def write_image(tmp_path, pixels, make_header) -> Callable[..., Path]:
    """Write the plain image, with other data or some keywords changed, and return its path."""

    def write(data: np.ndarray | None = None, name: str = "image.fits", **changes: object) -> Path:
        path = tmp_path / name
        fits.writeto(path, pixels if data is None else data, make_header(**changes))
        return path

    return write

"""A catalogue's products, and a screen that nobody sees."""

import os
import subprocess

import numpy as np
import pytest
from astropy.io import fits
from catalogue_samples import SHAPE, field_wcs, realistic_catalogue
from outside import need, running

from sciarada.io.regions import write_component_regions, write_source_regions
from sciarada.io.tables import write_catalogue


@pytest.fixture(scope="session")
def sample():
    """Return the catalogue that the products hold."""
    return realistic_catalogue()


@pytest.fixture(scope="session")
def products(sample, tmp_path_factory):
    """Return a folder of products."""
    folder = tmp_path_factory.mktemp("products")
    write_catalogue(sample, folder / "catalogue.fits")
    write_catalogue(sample, folder / "catalogue.vot")
    write_source_regions(sample, folder / "sources.reg")
    write_component_regions(sample, folder / "components.reg")
    header = field_wcs().to_header()
    header["BUNIT"] = "Jy/beam"
    noise = np.random.default_rng(3).normal(0.0, 1e-4, SHAPE).astype(np.float32)
    fits.writeto(folder / "image.fits", noise, header)
    return folder


@pytest.fixture(scope="session")
def screen(tmp_path_factory):
    """Return the environment of a program with a screen and a home of its own."""
    need("Xvfb")
    reading, writing = os.pipe()
    with running(
        *("Xvfb", "-displayfd", writing, "-screen", "0", "1280x1024x24", "-nolisten", "tcp"),
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    ):
        os.close(writing)
        with os.fdopen(reading) as stream:
            number = stream.readline().strip()
        assert number, "Xvfb ended before it had a screen"
        home = tmp_path_factory.mktemp("home")
        yield {**os.environ, "DISPLAY": f":{number}", "HOME": str(home)}

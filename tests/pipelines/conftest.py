"""One field and one run of it, shared by the tests of whole runs."""

from pathlib import Path

import pytest
from fields import Field, make_field

from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import DetectResult, run_detect

SERIAL = DetectSettings(workers=1)


@pytest.fixture(scope="session")
def field() -> Field:
    """The field and its truth."""
    return make_field()


@pytest.fixture(scope="session")
def field_path(field, tmp_path_factory) -> Path:
    """The field as a FITS file."""
    return field.write(tmp_path_factory.mktemp("field") / "field.fits")


@pytest.fixture(scope="session")
def finished(field_path, tmp_path_factory) -> DetectResult:
    """A finished run of the field, in this process."""
    out = tmp_path_factory.mktemp("finished") / "field_sciarada"
    return run_detect(read_image(field_path), out, DetectSettings(workers=1, parquet=True))

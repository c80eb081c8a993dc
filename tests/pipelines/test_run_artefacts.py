"""A run flags the artefacts of a bright source, the same ones for every tiling."""

import numpy as np
import pytest
from fields import SIGMA, Field, make_field
from skies import BEAM, PIXEL, gaussian, place

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

SHAPE = (420, 460)
BRIGHT = (230.0, 200.0)


@pytest.fixture(scope="module")
def spoilt_path(tmp_path_factory):
    """A source of 3000 sigma amid noise that is five times as strong near it, and points."""
    field = make_field(SHAPE, seed=61)
    more = make_field(SHAPE, sources=False, seed=62).data
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    distance = np.hypot(x - BRIGHT[0], y - BRIGHT[1]) * PIXEL / np.sqrt(BEAM.major * BEAM.minor)
    shape = (BEAM.major, BEAM.minor, BEAM.pa)
    bright = gaussian(field.wcs, SHAPE, *place(field.wcs, *BRIGHT), 3000.0, *shape)
    data = field.data + SIGMA * bright + 5.0 * more * np.exp(-((distance / 5.0) ** 2))
    path = tmp_path_factory.mktemp("spoilt") / "spoilt.fits"
    return Field(data, field.wcs, field.truth).write(path)


def detect(path, folder, tile):
    run = run_detect(read_image(path), folder / f"tile{tile}", DetectSettings(workers=1, tile=tile))
    table = run.catalogue.sources
    artefact = np.asarray(table["flags"]) & Flag.ARTEFACT > 0
    places = np.stack([np.asarray(table[name]) for name in ("x", "y")], axis=1)
    return places, artefact, run


def test_artefacts_are_flagged_whatever_the_tiles(spoilt_path, tmp_path):
    places, artefact, run = detect(spoilt_path, tmp_path, 0)
    near = np.hypot(*(places - BRIGHT).T) * PIXEL < 10 * np.sqrt(BEAM.major * BEAM.minor)
    assert artefact.sum() >= 3
    assert near[artefact].all()
    assert not artefact[np.argmax(run.catalogue.sources["peak_flux"])]
    parents = run.catalogue.sources["source_id"][artefact]
    components = run.catalogue.components
    np.testing.assert_array_equal(
        np.asarray(components["flags"]) & Flag.ARTEFACT > 0,
        np.isin(components["source_id"], parents),
    )
    tiled_places, tiled, _ = detect(spoilt_path, tmp_path, 128)
    np.testing.assert_allclose(places, tiled_places, atol=1e-3)
    np.testing.assert_array_equal(artefact, tiled)

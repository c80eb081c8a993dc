"""A source keeps its flux where pixels of it are blank: at the peak, in rows, at a border."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sky_maps import SkyMap

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

X, Y = 40, 50
SETTINGS = DetectSettings(workers=1, scales=())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a fresh folder whenever it is called."""
    return lambda: tmp_path_factory.mktemp("run")


def detect(folder, blank, *, x: float = X, y: float = Y, noise: float = 5e-3):
    """Return the sources of an image with a source of 1 Jy of which some pixels are blank."""
    sky = SkyMap(noise=noise)
    sky.in_plane(x, y, 1.0)
    sky.data[blank] = np.nan
    path = folder()
    image = read_image(sky.write(path / "image.fits"))
    return run_detect(image, path / "out", SETTINGS).catalogue.sources


def box(x0: int, x1: int, y0: int, y1: int) -> np.ndarray:
    mask = np.zeros((100, 100), bool)
    mask[Y + y0 : Y + y1, X + x0 : X + x1] = True
    return mask


EVERY_SECOND = np.indices((100, 100)).sum(axis=0) % 2 == 0
BLANKS = {
    "the peak": box(0, 1, 0, 1),
    "beside it": box(1, 2, 0, 1),
    "two by two": box(0, 2, 0, 2),
    "three by three": box(-1, 2, -1, 2),
    "a row": box(-40, 60, 0, 1),
    "three rows": box(-40, 60, -1, 2),
    "a column": box(0, 1, -50, 50),
    "a cross": box(-40, 60, 0, 1) | box(0, 1, -50, 50),
    "every second pixel": EVERY_SECOND,
    "one pixel of four": np.indices((100, 100)).max(axis=0) % 2 == 0,
    "all to the right of the peak": box(1, 60, -50, 50),
    "half of the source": box(0, 60, -50, 50),
    "a quarter of it": box(0, 60, 0, 50),
}


@pytest.mark.parametrize("blank", BLANKS.values(), ids=BLANKS)
def test_a_point_source_with_blank_pixels_keeps_its_flux(folder, blank):
    (source,) = detect(folder, blank)
    assert source["total_flux"] == pytest.approx(1.0, rel=0.02)
    assert np.hypot(source["x"] - X, source["y"] - Y) < 0.05
    assert np.ma.is_masked(source["dc_maj_axis"])
    assert Flag(int(source["flags"])) == Flag.NEAR_NAN
    assert source["n_components"] == 1


@settings(max_examples=20)
@given(
    share=st.floats(0.0, 0.4),
    seed=st.integers(0, 99),
    dx=st.floats(-0.5, 0.5),
    dy=st.floats(-0.5, 0.5),
)
def test_blank_pixels_anywhere(folder, share, seed, dx, dy):
    blank = np.random.default_rng(seed).random((100, 100)) < share
    (source,) = detect(folder, blank, x=X + dx, y=Y + dy)
    assert source["total_flux"] == pytest.approx(1.0, rel=0.02)
    assert np.hypot(source["x"] - X - dx, source["y"] - Y - dy) < 0.05


def test_the_outline_spans_a_narrow_gap(folder):
    (source,) = detect(folder, BLANKS["a row"])
    corners = np.array(source["s_region"].split()[2:], float).reshape(-1, 2)
    height = 3600 * np.ptp(corners[:, 1])
    assert height > 12.0
    assert source["las"] >= height * 0.99


def test_a_gap_wider_than_the_beam_parts_what_lies_beside_it(folder):
    sky = SkyMap(noise=1e-3)
    for x in (40.0, 54.0):
        sky.in_plane(x, 50.0, 1.0)
    sky.data[:, 43:52] = np.nan
    path = folder()
    image = read_image(sky.write(path / "image.fits"))
    sources = run_detect(image, path / "out", SETTINGS).catalogue.sources
    np.testing.assert_allclose(np.sort(sources["x"]), [40.0, 54.0], atol=0.02)
    np.testing.assert_allclose(sources["total_flux"], 1.0, rtol=0.02)

import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from astropy.wcs import WCS
from PIL import Image

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.class_colours import COLOURS
from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_image
from sciarada.report.palette import BLANK, rgb
from sciarada.report.preview import draw_preview


def sky_image(pixels: np.ndarray, beam: Beam | None = None, **options) -> SkyImage:
    ny, nx = pixels.shape
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = options.pop("ctype", ("RA---SIN", "DEC--SIN"))
    wcs.wcs.crval = 187.7, 12.4
    wcs.wcs.crpix = nx / 2 + 0.5, ny / 2 + 0.5
    wcs.wcs.cdelt = -2 / 3600, 2 / 3600
    wcs.wcs.set()
    return SkyImage.from_array(pixels.astype(np.float32), wcs, beam=beam, **options)


def square_sources(image: SkyImage, boxes, **columns) -> SourceCatalogue:
    """Return sources whose outlines are boxes (x_min, x_max, y_min, y_max)."""
    x0, x1, y0, y1 = np.array(boxes).T
    corners_x = np.column_stack([x0 - 0.5, x1 + 0.5, x1 + 0.5, x0 - 0.5])
    corners_y = np.column_stack([y0 - 0.5, y0 - 0.5, y1 + 0.5, y1 + 0.5])
    corners = np.stack(image.pixel_to_sky(corners_x, corners_y), axis=2).reshape(len(x0), 8)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    ra, dec = image.pixel_to_sky(x, y)
    return SourceCatalogue.from_columns(
        {
            "source_id": np.arange(len(x0)) + 1,
            "ra": ra,
            "dec": dec,
            "x": x,
            "y": y,
            "x_min": x0,
            "x_max": x1,
            "y_min": y0,
            "y_max": y1,
            "s_region": ["POLYGON ICRS " + " ".join(f"{v:.9f}" for v in row) for row in corners],
            "maj_axis": np.full(len(x0), 10.0),
            "beam_maj": np.full(len(x0), 10.0),
            **columns,
        }
    )


def draw(image, catalogue, folder: Path, **options) -> np.ndarray:
    path = folder / "preview.png"
    draw_preview(image, catalogue, path, **options)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(int)


def near(picture: np.ndarray, colour: str, tolerance: int = 40) -> np.ndarray:
    return np.abs(picture - rgb(colour)).max(axis=2) < tolerance


def bounds(mask: np.ndarray, least: float = 0.0) -> tuple[int, int, int, int]:
    """Return first and last column and row in which more than a share ``least`` is True."""
    rows = np.flatnonzero(mask.mean(axis=1) > least)
    columns = np.flatnonzero(mask.mean(axis=0) > least)
    return columns[0], columns[-1], rows[0], rows[-1]


def test_outlines_land_on_the_sources(tmp_path):
    """The picture's place on the sheet is found from an image that is blank all over."""
    noise = np.random.default_rng(0).normal(0, 1e-4, (150, 200))
    boxes = [(40, 59, 100, 119), (150, 159, 20, 49)]
    image = sky_image(noise)
    sources = square_sources(image, boxes, maj_axis=[10.0, 40.0])
    blank = draw(sky_image(np.full_like(noise, np.nan)), sources, tmp_path)
    left, right, top, bottom = bounds(near(blank, BLANK, 6), 0.4)
    picture = draw(image, sources, tmp_path)
    scale = (right - left + 1) / 200
    inside = np.zeros(picture.shape[:2], bool)
    inside[top:bottom, left:right] = True
    for (x0, x1, y0, y1), colour in zip(boxes, COLOURS, strict=False):
        expected = (
            left + x0 * scale,
            left + (x1 + 1) * scale,
            bottom - (y1 + 1) * scale,
            bottom - y0 * scale,
        )
        found = bounds(near(picture, colour) & inside)
        assert np.abs(np.subtract(found, expected)).max() <= 4


def test_classes_have_colours_of_their_own(tmp_path):
    image = sky_image(np.random.default_rng(0).normal(0, 1e-4, (100, 100)))
    boxes = [(10, 30, 10, 30), (50, 70, 50, 70), (75, 95, 10, 30)]
    classes = square_sources(image, boxes, class_name=["fri", "frii", "bent"])
    picture = draw(image, classes, tmp_path)
    for colour in COLOURS[:3]:
        assert near(picture, colour).sum() > 500


def test_tiny_sources_get_a_ring(tmp_path):
    image = sky_image(np.zeros((3000, 3000)))
    source = square_sources(image, [(1500, 1501, 1500, 1501)])
    ringed, plain = (draw(image, c, tmp_path) for c in (source, SourceCatalogue.empty()))
    top = slice(0, 1500)  # above the legend, which the empty catalogue does not have
    difference = (ringed[top] != plain[top, : ringed.shape[1]]).any(axis=2)
    difference[:120] = False  # the title with the number of sources
    x0, x1, y0, y1 = bounds(difference)
    assert 10 <= x1 - x0 <= 20
    assert 10 <= y1 - y0 <= 20


IMAGES = {
    "all blank": sky_image(np.full((60, 80), np.nan), Beam(8, 6, 20)),
    "constant": sky_image(np.full((60, 80), 3.0), unit=None),
    "one pixel": sky_image(np.ones((1, 1))),
    "one row": sky_image(np.random.default_rng(1).normal(size=(1, 700)), Beam(8, 6)),
    "one column": sky_image(np.random.default_rng(1).normal(size=(700, 1)), Beam(8, 6)),
    "galactic": sky_image(np.ones((50, 50)), ctype=("GLON-CAR", "GLAT-CAR")),
    "kelvin": sky_image(np.random.default_rng(1).normal(size=(50, 50)), unit="K"),
    "odd name": sky_image(np.ones((20, 20)), name=r"$\frac{a_b}^^{ % <b>&" * 20),
}


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES.keys())
def test_odd_images_without_sources_are_drawn(image, tmp_path):
    picture = draw(image, SourceCatalogue.empty(), tmp_path)
    assert min(picture.shape[:2]) > 150
    assert len(np.unique(picture @ [1, 256, 65536])) > 10


def test_sources_without_outline_or_position_do_not_stop_the_picture(tmp_path):
    image = sky_image(np.zeros((100, 100)))
    sources = SourceCatalogue.from_columns(
        {"source_id": [1, 2], "ra": [187.7, 187.7], "dec": [12.4, 12.4], "x": [50, None],
         "y": [50, None]}
    )  # fmt: skip
    picture = draw(image, sources, tmp_path)
    assert near(picture, COLOURS[0]).any()


def test_the_users_matplotlib_settings_do_not_matter(tmp_path):
    image = sky_image(np.random.default_rng(1).normal(size=(50, 50)), Beam(8, 6, 20))
    usual = draw(image, SourceCatalogue.empty(), tmp_path)
    with matplotlib.rc_context({"text.usetex": True, "font.size": 40, "axes.facecolor": "red"}):
        np.testing.assert_array_equal(draw(image, SourceCatalogue.empty(), tmp_path), usual)


def test_real_field(shared_data, tmp_path):
    image = read_image(shared_data / "scorpio_atca/dev/ScorpioExtendedSourceField.fits")
    picture = draw(image, SourceCatalogue.empty(), tmp_path, rms=1e-4)
    assert picture.shape[0] > 1500


def test_matplotlib_is_imported_only_to_draw():
    code = "import sys, sciarada.report.preview; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

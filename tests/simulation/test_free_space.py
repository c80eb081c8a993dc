"""Where sources may be put: never on missing pixels, and apart where that is asked for."""

import numpy as np
import pytest
from astropy.wcs import WCS
from scipy.spatial import KDTree

from sciarada.core.image import SkyImage
from sciarada.errors import ImageError, OptionError
from sciarada.geometry.beam import Beam
from sciarada.simulation.free_space import FreeSpace


def make_image(data: np.ndarray) -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval, wcs.wcs.crpix = [30.0, -40.0], [100, 80]
    wcs.wcs.cdelt = [-2 / 3600, 2 / 3600]
    return SkyImage.from_array(data, wcs, beam=Beam(12.0, 12.0))  # 6 pixels


@pytest.fixture(scope="module")
def image() -> SkyImage:
    data = np.zeros((301, 407), np.float32)
    data[100:160, 200:300] = np.nan
    data[:, :20] = np.nan
    data[250, 350] = np.nan
    return make_image(data)


def true_distance(image: SkyImage, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the distance to the nearest missing pixel or to the outside, slowly."""
    padded = np.pad(image.read(), 1, constant_values=np.nan)
    missing = np.argwhere(np.isnan(padded))[:, ::-1] - 1
    return KDTree(missing).query(np.column_stack([x, y]))[0]


def test_the_distance_is_never_overestimated_and_close(image):
    room = FreeSpace.of(image)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-0.5, 406.5, 4000), rng.uniform(-0.5, 300.5, 4000)
    around, true = room.around(x, y), true_distance(image, x, y)
    assert np.all(around <= true)
    assert np.all(around > true - 4 * room.cell)
    assert room.area == pytest.approx(np.isfinite(image.read()).sum(), rel=0.05)


@pytest.mark.parametrize("way", ["anywhere", "on_a_grid"])
def test_no_source_touches_missing_pixels(image, way):
    radius = np.full(60, 10.0) if way == "anywhere" else np.zeros(60)
    x, y = getattr(FreeSpace.of(image), way)(radius, np.random.default_rng(2))
    assert len(x) == 60
    assert true_distance(image, x, y).min() >= radius[0] + 6


def test_places_are_all_over_the_image(image):
    x, y = FreeSpace.of(image).anywhere(np.zeros(3000), np.random.default_rng(3))
    inside = image.read()[np.round(y).astype(int), np.round(x).astype(int)]
    assert np.isfinite(inside).all()
    counts = np.histogram2d(y, x, bins=[3, 4], range=[[6, 295], [26, 401]])[0]
    expected = 3000 / 12
    assert counts[2].min() > 0.8 * expected  # rows without a hole


def test_sources_on_a_grid_lie_apart(image):
    room = FreeSpace.of(image)
    count = room.grid_number()
    assert count > 15
    x, y = room.on_a_grid(np.zeros(count), np.random.default_rng(4))
    nearest = KDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=2)[0][:, 1]
    assert nearest.min() > 4 * 6


def test_large_sources_get_the_most_room(image):
    radius = np.array([0.0, 5.0, 40.0, 1.0, 0.0])
    room = FreeSpace.of(image)
    x, y = room.on_a_grid(radius, np.random.default_rng(5))
    assert np.argmax(room.around(x, y)) == 2


def test_too_many_sources_for_a_grid(image):
    with pytest.raises(OptionError, match=r"500 sources .* --number"):
        FreeSpace.of(image).on_a_grid(np.zeros(500), np.random.default_rng(6))


def test_a_source_larger_than_the_image_lies_where_it_fits_best(image):
    room = FreeSpace.of(image)
    x, y = room.anywhere(np.array([1000.0]), np.random.default_rng(7))
    assert room.around(x, y)[0] > 0.6 * room.distance.max()


def test_a_single_pixel_with_a_value_is_found():
    data = np.full((200, 200), np.nan, np.float32)
    data[120:123, 60:63] = 1.0
    x, y = FreeSpace.of(make_image(data)).anywhere(np.zeros(3), np.random.default_rng(8))
    assert np.isfinite(data[np.round(y).astype(int), np.round(x).astype(int)]).all()


def test_an_image_without_values():
    with pytest.raises(ImageError, match="no pixels with values"):
        FreeSpace.of(make_image(np.full((50, 50), np.nan, np.float32)))


def test_no_sources_need_no_room(image):
    for way in (FreeSpace.of(image).anywhere, FreeSpace.of(image).on_a_grid):
        x, y = way(np.zeros(0), np.random.default_rng(9))
        assert (len(x), len(y)) == (0, 0)

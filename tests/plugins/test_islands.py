"""The bundled detector: islands by another way, options, and tiles."""

import numpy as np
import pytest
from sciarada_islands.detector import IslandsDetector
from sciarada_islands.options import IslandsOptions
from scipy import ndimage
from skies import BEAM, PIXEL, beam_noise, islands_of, sky_image, tan_wcs

from sciarada.core.detections import TileView
from sciarada.errors import OptionError
from sciarada.geometry.tiles import Tile, TileGrid
from sciarada.hooks.manager import PluginManager
from sciarada.measure.islands import keep_in_tile, stitch
from sciarada.testing import assert_plugin_conforms

SHAPE = (180, 240)


def noisy_sky(shape=SHAPE, seed=71, sources=60) -> np.ndarray:
    """Return an image in units of its noise."""
    random = np.random.default_rng(seed)
    impulses = np.zeros(shape)
    y, x = random.integers(0, shape, (sources, 2)).T
    impulses[y, x] = random.uniform(5, 40, sources)
    return beam_noise(tan_wcs(shape), shape, seed) + ndimage.gaussian_filter(impulses, 2.0) * 25


def view(data: np.ndarray, tile: Tile, beam=BEAM, level=2.0, noise=0.1) -> TileView:
    pixels = (level + noise * data[tile.window.slices]).astype(np.float32)
    return TileView(
        tile,
        pixels,
        np.full(pixels.shape, level, np.float32),
        np.full(pixels.shape, noise, np.float32),
        tan_wcs(data.shape).slice(tile.window.slices),
        beam,
        PIXEL,
    )


def detect(data: np.ndarray, grid: TileGrid | None = None, beam=BEAM, **options):
    grid = grid or TileGrid(data.shape, 0)
    detector = IslandsDetector(IslandsOptions(**options))
    return [
        (tile, keep_in_tile(detector.detect(view(data, tile, beam)), tile, grid)) for tile in grid
    ]


def islands(data: np.ndarray, size: int = 0, halo: int = 64, **options):
    grid = TileGrid(data.shape, size, halo)
    return stitch(detect(data, grid, **options), grid)


def as_set(found):
    """Return the pixels of each island."""
    corners = [np.array([i.window.y0, i.window.x0]) for i in found]
    return {
        frozenset(map(tuple, (np.argwhere(i.mask) + corner).tolist()))
        for i, corner in zip(found, corners, strict=True)
    }


@pytest.mark.parametrize(("peak", "grow"), [(5.0, 3.0), (4.0, 4.0), (7.0, 2.5)])
def test_islands_are_connected_regions_that_peak_high_enough(peak, grow):
    data = noisy_sky()
    found = islands(data, peak_sigma=peak, grow_sigma=grow, min_pixels=1)
    expected = islands_of(data.astype(np.float32), peak, grow)
    assert len(expected) > 10
    assert as_set(found) == as_set(expected)


@pytest.mark.parametrize("least", [1, 5, 20])
def test_islands_of_too_few_pixels_are_dropped(least):
    data = noisy_sky()
    sizes = {i.mask.sum() for i in islands(data, min_pixels=1)}
    kept = {i.mask.sum() for i in islands(data, min_pixels=least)}
    assert kept == {size for size in sizes if size >= least}


def test_fewest_pixels_follow_the_beam():
    data = np.zeros(SHAPE)
    data[50, 50] = 10.0
    data[90:93, 90:93] = 10.0
    assert [i.mask.sum() for i in islands(data)] == [9]
    assert len(stitch(detect(data, beam=None), TileGrid(SHAPE, 0))) == 2


def test_missing_and_infinite_pixels_are_no_islands():
    data = np.full(SHAPE, np.nan)
    assert islands(data) == []
    data[:] = 0.0
    data[20:40, 20:40] = 10.0
    data[25:30, 25:30] = np.nan
    data[60, 60] = -np.inf
    (island,) = islands(data)
    assert island.mask.sum() == 400 - 25


def test_an_image_without_peaks_has_no_islands():
    assert islands(np.zeros(SHAPE)) == []
    assert islands(np.full(SHAPE, 4.9)) == []


@pytest.mark.parametrize(("size", "halo"), [(64, 64), (100, 64), (48, 30)])
def test_islands_do_not_depend_on_the_tiles(size, halo):
    data = noisy_sky()
    assert as_set(islands(data, size, halo)) == as_set(islands(data))


@pytest.mark.parametrize("size", [128, 256])
def test_an_island_that_peaks_in_one_tile_keeps_its_pixels_in_the_others(size):
    y, x = np.mgrid[:900, :900]
    data = 6 * np.exp(-((y - 262) ** 2 + (x - 262) ** 2) / 2 / 280.0**2)
    (whole,) = islands(data)
    (tiled,) = islands(data, size)
    assert tiled.window == whole.window
    np.testing.assert_array_equal(tiled.mask, whole.mask)


def test_growing_above_the_peak_is_refused():
    with pytest.raises(OptionError, match=r"grow_sigma=6.*-O grow_sigma="):
        IslandsDetector(IslandsOptions(peak_sigma=5.0, grow_sigma=6.0))


def test_it_is_found_as_a_plugin_and_conforms():
    spec = PluginManager.discover().find("detector", "islands")
    detector = spec.build(IslandsOptions())
    assert isinstance(detector, IslandsDetector)
    assert detector.halo(sky_image(np.zeros((20, 20)))) > 0
    assert_plugin_conforms("islands")

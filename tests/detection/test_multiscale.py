"""The coarse look: block means, where coarse pixels lie, and how islands of two scales join."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skies import (
    BEAM,
    PIXEL,
    flat_background,
    islands_of,
    place,
    sky_image,
    tan_wcs,
    white_noise,
)

from sciarada.detection.compactness import Compactness, MeasureCompactness
from sciarada.detection.multiscale import Scale, coarse_image, lift, merge_scales
from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window
from sciarada.measure.islands import Island
from sciarada.running.executor import Serial

BEAM_PIXELS = np.sqrt(BEAM.major * BEAM.minor) / PIXEL


def island(y0: int, x0: int, mask: np.ndarray | tuple[int, int], **facts) -> Island:
    mask = np.ones(mask, bool) if isinstance(mask, tuple) else mask
    window = Window(y0, y0 + mask.shape[0], x0, x0 + mask.shape[1])
    return Island(window, mask, "r000c000", **facts)


def painted(islands, shape) -> np.ndarray:
    """Return how many islands cover each pixel."""
    cover = np.zeros(shape, int)
    for one in islands:
        cover[one.window.slices] += one.mask
    return cover


def slow_means(data: np.ndarray, factor: int) -> np.ndarray:
    ny, nx = (side // factor for side in data.shape)
    means = np.full((ny, nx), np.nan)
    for i in range(ny):
        for j in range(nx):
            block = data[i * factor : (i + 1) * factor, j * factor : (j + 1) * factor]
            if np.isfinite(block).sum() >= 0.25 * factor**2:
                means[i, j] = np.nanmean(block)
    return means


def look(image, factor, compact=()) -> np.ndarray:
    coarse = coarse_image(image, list(compact), Scale(factor), Serial())
    return coarse.read()


@settings(max_examples=30)
@given(
    shape=st.tuples(st.integers(20, 70), st.integers(20, 70)),
    factor=st.integers(2, 7),
    seed=st.integers(0, 999),
)
def test_blocks_are_averaged(shape, factor, seed):
    data = white_noise(shape, seed)
    np.testing.assert_allclose(look(sky_image(data), factor), slow_means(data, factor), atol=1e-5)


def test_missing_pixels_are_left_out_of_the_means():
    data = white_noise((60, 80), 41)
    random = np.random.default_rng(42)
    data[random.random(data.shape) < 0.3] = np.nan
    np.testing.assert_allclose(look(sky_image(data), 5), slow_means(data, 5), atol=1e-5)


def test_a_wide_gap_stays_missing():
    data = white_noise((80, 80), 43)
    data[:, 40:] = np.nan
    coarse = look(sky_image(data), 4)
    assert np.isfinite(coarse[:, :10]).all()
    assert np.isnan(coarse[:, 11:]).all()


def test_compact_islands_are_taken_out_and_leave_no_hole():
    data = np.full((80, 80), 2.0)
    data[38:43, 38:43] = 1000.0
    coarse = look(sky_image(data), 4, [island(38, 38, (5, 5))])
    np.testing.assert_allclose(coarse, 2.0, rtol=1e-6)


def test_an_image_of_many_strips_is_the_same_for_every_executor(monkeypatch):
    image = sky_image(white_noise((90, 70), 44))
    compact = [island(10, 10, (5, 5)), island(43, 30, (6, 4))]
    whole = look(image, 4, compact)
    monkeypatch.setattr("sciarada.detection.multiscale.STRIP_PIXELS", 600)
    np.testing.assert_array_equal(look(image, 4, compact), whole)
    with ThreadPoolExecutor(3) as pool:
        np.testing.assert_array_equal(coarse_image(image, compact, Scale(4), pool).read(), whole)


@pytest.mark.parametrize("factor", [2, 5])
@pytest.mark.parametrize(
    "view", [{}, {"rotation": 40.0, "parity": -1}, {"frame": "galactic", "rotation": -100.0}]
)
def test_coarse_pixels_lie_in_the_middle_of_their_blocks(factor, view):
    shape = (60, 90)
    wcs = tan_wcs(shape, **view)
    coarse = coarse_image(sky_image(np.zeros(shape), wcs=wcs), [], Scale(factor), Serial())
    for row, column in ((0, 0), (3, 7), (10, 2)):
        middle = [(place + 0.5) * factor - 0.5 for place in (column, row)]
        ra, dec = place(wcs, *middle)
        found_ra, found_dec = coarse.pixel_to_sky(column, row)
        assert found_ra == pytest.approx(ra, abs=1e-8)
        assert found_dec == pytest.approx(dec, abs=1e-8)
    assert coarse.pixel_scale == pytest.approx(factor * PIXEL, rel=1e-3)


def test_the_coarse_beam_is_wider_by_a_block():
    coarse = coarse_image(sky_image(np.zeros((60, 60))), [], Scale(3), Serial())
    assert coarse.beam.major == pytest.approx(np.hypot(BEAM.major, 3 * PIXEL), rel=1e-3)
    assert coarse.beam.minor == pytest.approx(np.hypot(BEAM.minor, 3 * PIXEL), rel=1e-3)
    assert coarse.beam.pa == BEAM.pa
    assert coarse_image(sky_image(np.zeros((60, 60)), beam=None), [], Scale(3), Serial()).beam is (
        None
    )


def test_a_coarse_beam_samples_a_few_blocks_of_the_beams_asked_for():
    image = sky_image(np.zeros((500, 500)))
    assert 1.5 < 4 * BEAM_PIXELS / Scale.of(image, 4.0).factor < 4
    assert Scale.of(image, 8.0).factor > Scale.of(image, 4.0).factor
    assert Scale.of(image, 4.0).fits(image)
    assert not Scale.of(image, 4.0).fits(sky_image(np.zeros((500, 20))))


@settings(max_examples=40)
@given(
    factor=st.integers(2, 7),
    row=st.integers(0, 9),
    column=st.integers(0, 11),
    seed=st.integers(0, 999),
)
def test_lifted_islands_lie_where_their_blocks_are(factor, row, column, seed):
    """Lifted masks differ from plain blocks by less than a block along the outline only."""
    random = np.random.default_rng(seed)
    blocks = ndimage.gaussian_filter(random.normal(size=(12, 14)), 1.5) > 0
    labels, _ = ndimage.label(blocks, np.ones((3, 3)))
    blocks = labels == labels[row, column] if labels[row, column] else labels == 1
    slices = ndimage.find_objects(blocks.astype(int))[0]
    found = Island(Window.from_slices(slices), blocks[slices], "r000c000", label="ring", score=0.5)
    image = sky_image(np.zeros((12 * factor + factor - 1, 14 * factor)))
    (lifted,) = lift([found], Scale(factor), image, TileGrid(image.shape, 20))
    assert lifted.scale == factor
    assert (lifted.label, lifted.score) == ("ring", 0.5)
    fine = painted([lifted], image.shape).astype(bool)
    plain = np.zeros(image.shape, bool)
    plain[: 12 * factor, : 14 * factor] = np.kron(blocks, np.ones((factor, factor))) > 0
    near = ndimage.binary_dilation(plain, iterations=factor) & ndimage.binary_dilation(
        ~plain, iterations=factor, border_value=1
    )
    np.testing.assert_array_equal(fine[~near], plain[~near])
    if blocks.sum() > 20:
        assert fine.sum() == pytest.approx(plain.sum(), rel=0.25)
    y, x = np.nonzero(fine)
    assert lifted.window == Window(y.min(), y.max() + 1, x.min(), x.max() + 1)


def test_a_whole_image_is_lifted_to_all_of_it():
    image = sky_image(np.zeros((40, 60)))
    (lifted,) = lift([island(0, 0, (10, 15))], Scale(4), image, TileGrid(image.shape))
    cover = painted([lifted], image.shape)
    assert cover[2:-2, 2:-2].all()
    assert lifted.tile_id == "r000c000"


WHOLE = {"scale": 6}
BEAM_AREA = 20.0
FAINT = Compactness(peak=5.0, total=2000.0, core=200, pixels=400, beam_area=BEAM_AREA)
BRIGHT = Compactness(peak=50.0, total=1e6, core=2000, pixels=2500, beam_area=BEAM_AREA)
POINT = Compactness(peak=30.0, total=600.0, core=14, pixels=45, beam_area=BEAM_AREA)


def merge(fine, diffuse) -> list[Island]:
    return merge_scales(fine, diffuse)


def diffuse_island(light: Compactness = BRIGHT) -> tuple[Island, Compactness]:
    return island(15, 15, (50, 50), **WHOLE), light


def test_a_diffuse_island_takes_in_its_shreds():
    shreds = [(island(20, 20, (12, 30)), FAINT), (island(45, 25, (10, 25)), FAINT)]
    outside = (island(80, 80, (9, 9)), FAINT)
    (whole, other) = merge([*shreds, outside], [diffuse_island()])
    assert whole.window == Window(15, 65, 15, 65)
    assert whole.mask.all()
    assert whole.scale == 6
    assert (other.window, other.scale) == (outside[0].window, 1)


def test_a_shred_that_sticks_out_belongs_to_the_whole():
    (whole,) = merge([(island(30, 55, (10, 18)), FAINT)], [diffuse_island()])
    assert whole.window == Window(15, 65, 15, 73)
    assert whole.mask.sum() == 50 * 50 + 10 * 8


def test_compact_islands_on_diffuse_emission_stay_and_are_told():
    points = [(island(30, 30, (6, 6)), POINT), (island(80, 10, (6, 6)), POINT)]
    whole, on_it, free = merge(points, [diffuse_island()])
    assert (whole.scale, on_it.embedded, free.embedded) == (6, True, False)
    assert not whole.mask[15:21, 15:21].any()
    assert whole.mask.sum() == 50 * 50 - 36


def test_a_diffuse_island_that_adds_little_is_dropped():
    source = island(20, 20, (40, 40))
    merged = merge([(source, BRIGHT)], [diffuse_island()])
    assert [(i.window, i.scale) for i in merged] == [(source.window, 1)]


def test_a_diffuse_island_on_nothing_is_one_more():
    assert [i.window for i in merge([], [diffuse_island()])] == [Window(15, 65, 15, 65)]
    assert merge([], []) == []


def test_a_point_source_is_compact_and_what_is_wider_is_not():
    """Noise-free Gaussians, from the beam to five times its width, at any brightness."""
    y, x = np.mgrid[:300, :300]
    for width, compact in ((1.0, True), (5.0, False)):
        for peak in (6.0, 50.0, 5000.0):
            sigma = width * BEAM_PIXELS / 2.3548
            data = peak * np.exp(-((y - 150) ** 2 + (x - 150) ** 2) / 2 / sigma**2)
            (found,) = islands_of(data)
            (light,) = MeasureCompactness(sky_image(data), flat_background())([found])
            assert light.peak == pytest.approx(data[found.window.slices][found.mask].max())
            assert light.total == pytest.approx(data[found.window.slices][found.mask].sum())
            assert light.pixels == found.mask.sum()
            assert light.core == (data > peak / 2).sum()
            assert light.is_compact == compact


def random_islands(
    random, width: float, quantile: float, **facts
) -> list[tuple[Island, Compactness]]:
    """Return the connected regions of a random field, with light made up by their size."""
    field = ndimage.gaussian_filter(random.normal(size=CANVAS), width)
    labels, _ = ndimage.label(field > np.quantile(field, quantile), np.ones((3, 3)))
    found = []
    for number, slices in enumerate(ndimage.find_objects(labels), start=1):
        one = island(slices[0].start, slices[1].start, labels[slices] == number, **facts)
        size = int(one.mask.sum())
        found.append(
            (one, Compactness(10.0, size * random.uniform(1, 9), size // 2, size, BEAM_AREA))
        )
    return found


CANVAS = (80, 90)


@settings(max_examples=60)
@given(st.integers(0, 9999))
def test_merged_islands_lose_no_pixel_and_fit_their_boxes(seed):
    random = np.random.default_rng(seed)
    fine = random_islands(random, 1.5, 0.8)
    merged = merge(fine, random_islands(random, 6.0, 0.7, **WHOLE))
    lit = painted([i for i, _ in fine], CANVAS) > 0
    assert (painted(merged, CANVAS)[lit] > 0).all()
    assert [i.window.y0 for i in merged] == sorted(i.window.y0 for i in merged)
    for one in merged:
        rows, columns = np.nonzero(one.mask)
        assert (rows.min(), columns.min()) == (0, 0)
        assert (rows.max() + 1, columns.max() + 1) == one.mask.shape


def test_merged_islands_never_overlap():
    for seed in range(100):
        random = np.random.default_rng(seed)
        fine = random_islands(random, 1.5, 0.8)
        merged = merge(fine, random_islands(random, 6.0, 0.7, **WHOLE))
        assert painted(merged, CANVAS).max() == 1

"""Islands put together from tiles are those of the untiled image, whatever the tiles."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from sciarada.core.detections import Detection
from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window
from sciarada.measure.islands import Island, keep_in_tile, neighbours, paste, position, stitch

EIGHT = np.ones((3, 3))


def regions(mask: np.ndarray, corner: tuple[int, int] = (0, 0)) -> list[Detection]:
    """Return the eight-connected regions of a mask as detections in image pixels."""
    labels, _ = ndimage.label(mask, EIGHT)
    return [
        Detection(
            Window(
                rows.start + corner[0],
                rows.stop + corner[0],
                columns.start + corner[1],
                columns.stop + corner[1],
            ),
            labels[rows, columns] == number,
        )
        for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1)
    ]


def tiled(mask: np.ndarray, grid: TileGrid) -> list[Island]:
    """Label a mask tile by tile and put the pieces together."""
    found = []
    for tile in grid:
        pieces = regions(mask[tile.window.slices], (tile.window.y0, tile.window.x0))
        found.append((tile, keep_in_tile(pieces, tile, grid)))
    return stitch(found, grid)


def pixels(window: Window, mask: np.ndarray) -> frozenset[tuple[int, int]]:
    y, x = np.nonzero(mask)
    return frozenset(zip((y + window.y0).tolist(), (x + window.x0).tolist(), strict=True))


@st.composite
def masks(draw):
    """Draw specks, smooth islands and long filaments."""
    shape = draw(st.tuples(st.integers(1, 45), st.integers(1, 45)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = draw(st.sampled_from([0.0, 0.7, 1.5, 3.0, 6.0]))
    field = ndimage.gaussian_filter(random.normal(size=shape), width, mode="wrap")
    return field > np.quantile(field, draw(st.sampled_from([0.3, 0.5, 0.7, 0.9, 0.98])))


def drawn(*lines: str) -> np.ndarray:
    return np.array([[character == "#" for character in line] for line in lines])


SPIRAL = drawn("#######", "#.....#", "#.###.#", "#.#.#.#", "#.#...#")


@settings(max_examples=120)
@given(masks(), st.integers(8, 40), st.integers(1, 20))
@example(SPIRAL, 3, 1)
@example(SPIRAL, 2, 2)
def test_stitched_islands_are_those_of_the_whole_mask(mask, size, halo):
    islands = tiled(mask, TileGrid(mask.shape, size, halo))
    expected = {pixels(d.window, d.mask) for d in regions(mask)}
    assert [pixels(i.window, i.mask) for i in islands] != [] or not expected
    assert {pixels(i.window, i.mask) for i in islands} == expected
    assert len(islands) == len(expected)


def test_parts_that_join_on_either_side_of_a_seam_are_one_island():
    # Both tiles see columns 10 to 13: three parts, of which the left tile sees the upper two
    # joined, and the right tile the lower two.
    mask = drawn(
        "..........####......",
        "........######......",
        "........#...........",
        "........#...........",
        "........####........",
        "...........####.....",
        "..............#.....",
        "..............#.....",
        "..........#####.....",
        "..........####......",
    )
    (island,) = tiled(mask, TileGrid(mask.shape, 12, 2))
    assert pixels(island.window, island.mask) == pixels(Window.whole(mask.shape), mask)


@settings(max_examples=50)
@given(masks(), st.integers(8, 40), st.integers(1, 20))
def test_the_order_of_islands_does_not_depend_on_the_tiles(mask, size, halo):
    islands = tiled(mask, TileGrid(mask.shape, size, halo))
    whole = tiled(mask, TileGrid(mask.shape, 0, 0))
    assert [i.window for i in islands] == [i.window for i in whole]
    assert [position(i) for i in islands] == sorted(position(i) for i in islands)


@settings(max_examples=50)
@given(masks(), st.integers(8, 40), st.integers(1, 20))
def test_a_detector_that_decides_pixel_by_pixel_leaves_no_seam(mask, size, halo):
    assert not any(island.seam for island in tiled(mask, TileGrid(mask.shape, size, halo)))


@pytest.mark.parametrize(
    ("left", "right", "seam"),
    [
        (Window(2, 4, 0, 12), Window(2, 4, 8, 20), False),  # all that either sees
        (Window(2, 4, 0, 12), Window(2, 5, 8, 20), True),  # a row more, from column 8 on
        (Window(2, 4, 0, 12), Window(2, 5, 9, 20), True),  # a column less in what both see
        (Window(2, 4, 0, 11), Window(2, 4, 8, 20), True),
    ],
)
def test_tiles_that_see_something_else_leave_a_seam(left, right, seam):
    grid = TileGrid((10, 20), 10, 2)
    found = [Detection(window, np.ones(window.shape, bool)) for window in (left, right)]
    (island,) = stitch([(tile, [each]) for tile, each in zip(grid, found, strict=True)], grid)
    assert island.seam is seam


def test_a_small_island_in_the_halo_of_many_tiles_is_found_once():
    mask = np.zeros((40, 40), bool)
    mask[18:22, 18:22] = True
    grid = TileGrid(mask.shape, 20, 10)
    (island,) = tiled(mask, grid)
    assert not island.seam
    assert island.tile_id == grid.owner(19, 19).tile_id
    assert island.window == Window(18, 22, 18, 22)


def test_islands_carry_the_label_and_score_of_the_best_piece():
    grid = TileGrid((10, 20), 10, 2)
    left, right = grid
    pieces = [
        (left, [Detection(Window(2, 4, 0, 12), np.ones((2, 12), bool), "extended", 0.6)]),
        (right, [Detection(Window(2, 4, 8, 20), np.ones((2, 12), bool), "artefact", 0.9)]),
    ]
    (island,) = stitch(pieces, grid)
    assert (island.label, island.score, island.seam) == ("artefact", 0.9, False)
    assert island.window == Window(2, 4, 0, 20)
    assert island.mask.all()


def test_detections_of_one_tile_are_never_joined():
    grid = TileGrid((10, 10), 10, 0)
    (tile,) = grid
    box = Detection(Window(2, 6, 2, 6), np.ones((4, 4), bool))
    overlapping = Detection(Window(3, 7, 3, 7), np.ones((4, 4), bool))
    assert len(stitch([(tile, [box, overlapping])], grid)) == 2


def test_nothing_found_gives_no_islands():
    grid = TileGrid((10, 10), 5, 2)
    assert stitch([(tile, []) for tile in grid], grid) == []


@settings(max_examples=50)
@given(masks(), st.integers(0, 12))
def test_neighbours_are_the_boxes_that_overlap_once_widened(mask, margin):
    islands = [Island(d.window, d.mask, "r000c000") for d in regions(mask)]
    for i, near in enumerate(neighbours(islands, margin)):
        wide = islands[i].window.grow(margin)
        assert near == [
            j
            for j, other in enumerate(islands)
            if j != i and wide.overlap(other.window) is not None
        ]


@given(masks(), st.integers(-9, 30), st.integers(-9, 30))
@settings(max_examples=30)
def test_paste_is_the_union_of_masks_in_a_window(mask, y0, x0):
    window = Window(y0, y0 + 25, x0, x0 + 31)
    pieces = [(d.window, d.mask) for d in regions(mask)]
    canvas = paste(window, pieces)
    inside = {(y, x) for y, x in np.argwhere(mask).tolist() if window.contains(y, x)}
    assert pixels(window, canvas) == inside


@pytest.mark.parametrize("halo", [4, 12, 40])
def test_an_island_across_many_tiles_is_one(halo):
    y, x = np.mgrid[:90, :90]
    ring = np.abs(np.hypot(y - 45, x - 45) - 35) < 2.5
    (island,) = tiled(ring, TileGrid(ring.shape, 16, halo))
    assert pixels(island.window, island.mask) == pixels(Window.whole(ring.shape), ring)
    assert not island.seam

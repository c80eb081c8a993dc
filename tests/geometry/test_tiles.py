"""Tiles: every pixel has one owner, and every tile sees its halo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window

GRIDS = st.builds(
    TileGrid,
    shape=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    size=st.integers(0, 40),
    halo=st.integers(0, 50),
)


@given(GRIDS)
def test_every_pixel_is_owned_by_exactly_one_tile(grid):
    owners = np.zeros(grid.shape, int)
    for tile in grid:
        assert tile.core.size > 0
        owners[tile.core.slices] += 1
    assert (owners == 1).all()


@given(GRIDS)
def test_the_grid_counts_and_names_its_tiles(grid):
    tiles = list(grid)
    assert len(tiles) == len(grid) == np.prod(grid.grid_shape)
    assert len({tile.tile_id for tile in tiles}) == len(tiles)
    assert all(grid.tile(tile.row, tile.column) == tile for tile in tiles)


@given(GRIDS)
def test_a_tile_sees_its_core_and_the_halo_inside_the_image(grid):
    image = Window.whole(grid.shape)
    for tile in grid:
        wide = Window(
            tile.core.y0 - grid.halo,
            tile.core.y1 + grid.halo,
            tile.core.x0 - grid.halo,
            tile.core.x1 + grid.halo,
        )
        assert tile.window == wide.overlap(image)


@given(GRIDS, st.data())
def test_owner_is_the_tile_whose_core_holds_the_position(grid, data):
    y = data.draw(st.floats(-0.5, grid.shape[0] - 0.5, exclude_max=True, width=32))
    x = data.draw(st.floats(-0.5, grid.shape[1] - 0.5, exclude_max=True, width=32))
    if not Window.whole(grid.shape).contains(y, x):  # rounding at the border
        return
    assert [tile for tile in grid if tile.core.contains(y, x)] == [grid.owner(y, x)]


@pytest.mark.parametrize("size", [0, 16])
@pytest.mark.parametrize(("y", "x"), [(-0.51, 3), (3, -0.51), (19.5, 3), (3, 29.5), (np.nan, 3)])
def test_a_position_outside_the_image_has_no_owner(size, y, x):
    with pytest.raises(ValueError, match="outside the image"):
        TileGrid((20, 30), size).owner(y, x)


@pytest.mark.parametrize("wrong", [{"size": -1}, {"halo": -1}])
def test_negative_sizes_are_refused(wrong):
    with pytest.raises(ValueError, match="must not be negative"):
        TileGrid((20, 30), **wrong)

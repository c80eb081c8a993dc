"""Which components make up one source: near ones that emission joins."""

import numpy as np
import pytest
from scipy import ndimage

from sciarada.measure.gaussians import Components, evaluate
from sciarada.measure.grouping import group_components

WIDTH = 6.0  # FWHM in pixels
ORIGIN = (100, 200)  # (y0, x0) of the window
SHAPE = (60, 120)


def components(*places: tuple[float, float], peak: float = 50.0, width: float = WIDTH):
    """Return round components at (x, y) of the window, in image pixels."""
    precision = 8 * np.log(2) / width**2
    return Components.started(
        np.array(
            [(peak, x + ORIGIN[1], y + ORIGIN[0], precision, 0.0, precision) for x, y in places]
        )
    )


def groups(found: Components, *, resolved: bool = False, snr: np.ndarray | None = None):
    if snr is None:
        y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
        snr = evaluate(found.values, x + ORIGIN[1], y + ORIGIN[0])
    number = group_components(found, np.full(len(found), resolved), snr, ORIGIN, 3.0)
    assert sorted(set(number.tolist())) == list(range(number.max() + 1))
    return [np.flatnonzero(number == n).tolist() for n in np.unique(number)]


@pytest.mark.parametrize("resolved", [False, True])
def test_components_on_top_of_each_other_are_one_source(resolved):
    assert groups(components((30, 30), (32, 31)), resolved=resolved) == [[0, 1]]
    assert groups(components((30, 30), (30, 30)), resolved=resolved) == [[0, 1]]


@pytest.mark.parametrize("resolved", [False, True])
def test_components_far_apart_are_sources_of_their_own(resolved):
    assert groups(components((20, 30), (70, 30)), resolved=resolved) == [[0], [1]]
    side_by_side = components((30, 30), (30 + 1.6 * WIDTH, 30))
    assert groups(side_by_side, resolved=resolved) == [[0], [1]]


def test_a_bridge_joins_lobes():
    lobes = components((30, 30), (30 + 3 * WIDTH, 30))
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    snr = evaluate(lobes.values, x + ORIGIN[1], y + ORIGIN[0])
    assert groups(lobes, resolved=True, snr=snr) == [[0], [1]]
    bridge = 1 + 0.01 * (x - 30 - 1.5 * WIDTH) ** 2  # faintest half-way
    assert groups(lobes, resolved=True, snr=np.maximum(snr, 25 * bridge)) == [[0, 1]]
    assert groups(lobes, resolved=True, snr=np.maximum(snr, 4 * bridge)) == [[0], [1]]


def test_components_without_emission_between_them_are_not_joined():
    near = components((30, 30), (33, 30))
    snr = np.full(SHAPE, 10.0)
    assert groups(near, snr=snr) == [[0, 1]]
    snr[:, 31:33] = 1.0
    assert groups(near, snr=snr) == [[0], [1]]


def test_missing_pixels_neither_join_nor_part():
    near, far = components((30, 30), (33, 30)), components((30, 30), (60, 30))
    snr = np.full(SHAPE, 10.0)
    snr[:, 31:33] = np.nan
    assert groups(near, snr=snr) == [[0, 1]]
    snr[:, 30:34] = np.nan
    assert groups(near, snr=snr) == [[0, 1]]
    snr[:, 40] = 1.0
    assert groups(far, snr=snr) == [[0], [1]]


def test_a_chain_is_one_source():
    chain = components(*((20 + 3.5 * i, 30) for i in range(8)))
    assert groups(chain) == [list(range(8))]


def test_groups_do_not_depend_on_the_order():
    places = [(20, 20), (80, 20), (22, 21), (81, 22), (50, 45)]
    expected = {frozenset({0, 2}), frozenset({1, 3}), frozenset({4})}
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        found = groups(components(*(places[i] for i in order)))
        assert {frozenset(order[i] for i in group) for group in found} == expected


def test_the_width_along_the_line_counts():
    """Two long, thin components end to end are one, side by side they are two."""
    across, along = (8 * np.log(2) / width**2 for width in (4.0, 30.0))

    def pair(dx: float, dy: float) -> Components:
        places = ((40 + ORIGIN[1], 20 + ORIGIN[0]), (40 + dx + ORIGIN[1], 20 + dy + ORIGIN[0]))
        return Components.started(np.array([(50.0, x, y, along, 0.0, across) for x, y in places]))

    assert groups(pair(8, 0)) == [[0, 1]]
    assert groups(pair(0, 8)) == [[0], [1]]


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_components_need_no_grouping(count):
    found = components(*[(30.0, 30.0)] * count) if count else Components.none()
    number = group_components(found, np.zeros(count, bool), np.zeros(SHAPE), ORIGIN, 3.0)
    assert number.tolist() == [0] * count


def test_a_smooth_sky_joins_what_a_gap_parts():
    pair = components((30, 30), (34, 30))
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    snr = evaluate(pair.values, x + ORIGIN[1], y + ORIGIN[0])
    assert groups(pair, snr=snr) == [[0, 1]]
    trench = ndimage.gaussian_filter((x == 32).astype(float), (0, 0.5)) * 200
    assert groups(pair, snr=snr - trench) == [[0], [1]]

"""The true segmentation, against pictures of every source drawn one by one."""

import pickle

import numpy as np
import pytest
from scipy import ndimage
from true_fields import RMS, Look, crowd, make_field, point, with_look

from sciarada.geometry.windows import Window


@pytest.fixture(scope="module")
def field():
    """A crowded field, larger than the strips that the truth is made in."""
    return crowd(5, (700, 620), 90)


@pytest.fixture(scope="module")
def labels(field):
    return field.truth.segmentation.read(field.image.window)


@pytest.fixture(scope="module")
def pictures(field):
    return np.array([field.alone(row) for row in range(len(field.sources))])


def thresholds(field):
    return np.minimum(3 * RMS, 0.5 * field.table["peak_flux"].data.data)


def test_each_pixel_belongs_to_the_brightest_source_that_fills_it(field, labels, pictures):
    filled = pictures >= thresholds(field)[:, None, None]
    filled &= (field.table["snr"].data >= 3)[:, None, None]
    expected = np.where(filled.any(axis=0), np.argmax(np.where(filled, pictures, 0), axis=0) + 1, 0)
    assert labels.dtype == np.int32
    # Pixels on the very line of a threshold may fall to either side.
    assert np.count_nonzero(labels != expected) <= 2
    assert np.count_nonzero(filled.sum(axis=0) > 1) > 500


def test_every_window_shows_the_same(field, labels):
    segmentation = field.truth.segmentation
    assert segmentation.shape == field.image.shape
    for window in (
        Window(0, 700, 0, 1),
        Window(300, 301, 0, 620),
        Window(511, 514, 100, 400),
        Window(0, 64, 0, 64),
        Window(699, 700, 619, 620),
        Window(5, 5, 5, 9),
    ):
        assert np.array_equal(segmentation.read(window), labels[window.slices])
    copy = pickle.loads(pickle.dumps(segmentation))
    assert np.array_equal(copy.read(Window(100, 300, 50, 400)), labels[100:300, 50:400])


def test_pixels_and_boxes_are_those_of_the_footprints(field, pictures):
    table = field.table
    for row, (picture, level) in enumerate(zip(pictures, thresholds(field), strict=True)):
        y, x = np.nonzero(picture >= level)
        assert abs(len(y) - table["n_pix"][row]) <= 1
        found = [table[name][row] for name in ("x_min", "x_max", "y_min", "y_max")]
        assert found == pytest.approx([x.min(), x.max(), y.min(), y.max()], abs=1)


def test_sources_that_share_no_pixel_have_all_of_theirs(field, labels):
    table = field.table
    painted = np.bincount(labels.ravel(), minlength=len(table) + 1)[1:]
    visible = table["snr"].data >= 3
    blended = (table["flags"].data & 4) > 0
    assert visible.sum() > blended.sum() > 10
    assert np.array_equal(painted[visible & ~blended], table["n_pix"][visible & ~blended])
    assert np.all(painted[blended] < table["n_pix"][blended])
    assert not painted[~visible].any()
    assert (~visible).any()


def test_components_of_radio_galaxy_zoo_are_those_of_an_independent_count(field, pictures):
    table = field.table
    islands = [
        ndimage.label(picture >= 4 * RMS, structure=np.ones((3, 3)))[1] for picture in pictures
    ]
    assert table["n_islands"].tolist() == islands
    assert len(set(islands)) > 2
    names = [
        f"{i}C-{p}P" if i else "" for i, p in zip(islands, table["n_peaks"].tolist(), strict=True)
    ]
    assert table["rgz_class"].filled("").tolist() == names


def test_missing_pixels_belong_to_nobody(field, labels):
    look = Look(missing=lambda x, y: (x - 300) ** 2 + (y - 300) ** 2 > 250**2)
    seen = with_look(field, look)
    valid = look.valid(field.image.window)
    table = seen.table
    found = seen.truth.segmentation.read(field.image.window)
    assert not found[~valid].any()
    # The same sources lie in the same places, under other numbers: some are omitted.
    assert np.array_equal(found[valid] > 0, labels[valid] > 0)
    assert 0 < len(table) < len(field.table)
    assert table["source_id"].tolist() == list(range(1, len(table) + 1))
    assert table["n_pix"].min() > 0
    before = {float(ra): n for ra, n in zip(field.table["ra"], field.table["n_pix"], strict=True)}
    lost = np.array([before[float(row["ra"])] > row["n_pix"] for row in table])
    assert np.array_equal(table["flags"].data & 2 > 0, lost)
    assert lost.any()
    joined = np.isin(seen.truth.catalogue.components["source_id"], table["source_id"])
    assert joined.all()


def test_artefacts_lie_on_top_where_they_are_brighter():
    def ray(x, y):
        return 10 * RMS * np.exp(-0.5 * ((y - 600) / 3) ** 2) * np.ones_like(x)

    shapes = [point(100, 600, 500), point(300, 600, 6), point(200, 100, 50)]
    field = make_field((700, 400), shapes, [0, 0, 0], Look(artefact=ray))
    labels = field.truth.segmentation.read(field.image.window)
    table = field.table
    spurious = table["source_id"][table["det_class"] == "spurious"].tolist()
    picture = ray(*np.meshgrid(np.arange(400.0), np.arange(700.0)))
    alone = np.array([field.alone(row) for row in range(3)])
    brighter = (picture >= 3 * RMS) & (picture > np.where(alone > 3 * RMS, alone, 0).max(axis=0))
    assert np.count_nonzero(np.isin(labels, spurious) != brighter) <= 4
    for number in spurious:
        row = table[number - 1]
        y, x = np.nonzero(labels == number)
        assert len(y) == row["n_pix"]
        assert (x.min(), x.max(), y.min(), y.max()) == tuple(
            row["x_min", "x_max", "y_min", "y_max"]
        )
        assert ndimage.label(labels == number, structure=np.ones((3, 3)))[1] == 1


def test_artefacts_that_cross_strips_are_found_whole():
    def arc(x, y):
        return 7 * RMS * np.exp(-0.5 * ((np.hypot(x - 30.0, y - 512) - 150) / 4) ** 2)

    field = make_field((1100, 300), [point(30, 512, 20)], [0], Look(artefact=arc))
    assert field.table["det_class"].tolist() == ["compact", "spurious"]
    assert (field.table["y_min"][1], field.table["y_max"][1]) == pytest.approx((355, 669), abs=4)

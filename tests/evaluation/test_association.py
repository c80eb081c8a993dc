"""Who belongs to whom: positions, masks, artefacts, parts and blends."""

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.pixels import ArrayPixels
from sciarada.core.schema import Flag
from sciarada.evaluation.association import associate
from sciarada.evaluation.matching import match_positions
from sciarada.evaluation.overlap import measure_overlaps
from sciarada.evaluation.truth_status import TruthStatus


def at(*arcsec, **columns) -> Table:
    """Return sources on the equator at declinations in arcsec."""
    count = len(arcsec)
    table = Table({"ra": np.zeros(count), "dec": np.array(arcsec, dtype=float) / 3600})
    table["source_id"] = np.arange(1, count + 1)
    for name, values in columns.items():
        table[name] = values
    return table


class Labels:
    """A label image in memory."""

    def __init__(self, rows):
        self.values = np.array(rows, dtype=np.int32, ndmin=2)
        self.shape = self.values.shape

    def read(self, window):
        return self.values[window.slices].copy()


def overlaps(truth, found):
    return measure_overlaps(Labels(truth), Labels(found))


def test_a_detection_goes_to_a_source_that_had_to_be_found():
    truth = at(0, 3, class_name=["compact", "compact"])
    became = associate(at(2), truth, 5.0, statuses=[TruthStatus.COUNTED, TruthStatus.OPTIONAL])
    assert became.found_of.tolist() == [0, -1]
    assert became.separation[0] == pytest.approx(2.0)
    assert became.recovered.tolist() == [True, False]


def test_who_takes_an_artefact_for_a_source_is_wrong():
    truth = at(0, 60, class_name=["compact", "spurious"])
    became = associate(at(0, 60), truth, 5.0)
    assert became.truth_of.tolist() == [0, 1]
    assert became.real.tolist() == [True, False]
    assert became.false.tolist() == [False, True]
    assert became.counted.tolist() == [True, False]


@pytest.mark.parametrize(
    "label",
    [{"class_name": ["compact", "spurious"]}, {"flags": [0, int(Flag.ARTEFACT | Flag.EDGE)]}],
)
def test_who_calls_an_artefact_by_its_name_is_neither_right_nor_wrong(label):
    truth = at(0, 60, class_name=["compact", "spurious"])
    became = associate(at(0, 60, **label), truth, 5.0)
    assert became.accepted.tolist() == [True, False]
    assert became.truth_of.tolist() == [0, 1]
    assert not became.false.any()


def test_a_source_called_spurious_is_not_found():
    became = associate(at(0, class_name=["spurious"]), at(0, class_name=["compact"]), 5.0)
    assert became.truth_of.tolist() == [0]
    assert not became.recovered.any()
    assert not became.real.any()


def test_masks_decide_where_both_have_one():
    truth, found = at(0, 100), at(50, 101)
    masks = overlaps([[1, 1, 1, 0, 0, 2, 2]], [[0, 1, 1, 1, 0, 0, 0]])
    became = associate(found, truth, 5.0, overlaps=masks)
    assert became.found_of.tolist() == [0, 1]  # by mask, though far; by position, without a mask
    assert became.iou[0] == 2 / 4
    assert np.isnan(became.iou[1])
    apart = associate(at(0), at(0), 5.0, overlaps=overlaps([[1, 0]], [[0, 1]]))
    assert apart.found_of.tolist() == [-1]


def test_masks_that_hardly_overlap():
    masks = overlaps([[1] * 10 + [0] * 10], [[0] * 8 + [1] * 12])
    assert associate(at(0), at(0), 5.0, overlaps=masks).found_of.tolist() == [-1]
    assert associate(at(0), at(0), 5.0, overlaps=masks, min_iou=0.1).found_of.tolist() == [0]


def test_the_lobes_of_a_double_found_by_themselves_are_its_parts():
    truth = at(0, 500, las=[200.0, np.nan], class_name=["extended-multisland", "compact"])
    became = associate(at(-80, 80, 1, 500, 900), truth, 10.0)
    assert became.found_of.tolist() == [2, 3]
    assert became.part_of.tolist() == [0, 0, -1, -1, -1]
    assert became.in_parts.tolist() == [True, False]
    assert became.false.tolist() == [True, True, False, False, True]
    assert became.fragments.sum() == 2


def test_parts_by_masks():
    truth, found = at(0), at(90, -90, 0)
    masks = overlaps([[1, 1, 1, 1, 1, 1, 0, 0]], [[1, 1, 1, 0, 2, 0, 3, 3]])
    became = associate(found, truth, 5.0, overlaps=masks)
    assert became.found_of.tolist() == [0]
    assert became.part_of.tolist() == [-1, 0, -1]


def test_two_sources_in_one_detection():
    truth, found = at(0, 12, 90), at(2, maj_axis=[30.0])
    became = associate(found, truth, 5.0)
    assert became.found_of.tolist() == [0, -1, -1]
    assert became.merged_into.tolist() == [-1, 0, -1]
    masks = overlaps([[1, 1, 1, 2, 2, 3]], [[1, 1, 1, 1, 1, 0]])
    assert associate(found, truth, 5.0, overlaps=masks).merged_into.tolist() == [-1, 0, -1]


def test_an_artefact_is_no_owner_and_no_victim():
    truth = at(0, las=[200.0], class_name=["spurious"])
    became = associate(at(-40, 40), truth, 5.0)
    assert not became.fragments.any()
    assert not became.merged.any()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["nearest", "most"]))
def test_one_to_one_and_as_by_position_alone(seed, method):
    rng = np.random.default_rng(seed)
    truth, found = (at(*rng.uniform(0, 100, count)) for count in rng.integers(0, 15, 2))
    became = associate(found, truth, 8.0, method=method)
    expected = match_positions(
        truth["ra"], truth["dec"], found["ra"], found["dec"], 8.0, method=method
    )
    assert np.array_equal(became.matches.first, expected.first)
    assert np.array_equal(became.matches.second, expected.second)
    np.testing.assert_allclose(became.matches.separation, expected.separation, atol=1e-8)
    rows = np.flatnonzero(became.found_of >= 0)
    assert np.array_equal(became.truth_of[became.found_of[rows]], rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_row_has_one_fate(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(0, 12, 2)
    truth = at(*rng.uniform(0, 60, n), las=rng.uniform(1, 60, n))
    found = at(*rng.uniform(0, 60, m), maj_axis=rng.uniform(1, 40, m))
    truth["class_name"] = rng.choice(["compact", "flagged", "spurious"], n)
    found["class_name"] = rng.choice(["compact", "spurious"], m)
    masks = measure_overlaps(
        Labels(rng.integers(0, n + 1, (8, 8))), Labels(rng.integers(0, m + 1, (8, 8)))
    )
    became = associate(found, truth, 4.0, overlaps=masks, min_iou=0.05)
    assert np.array_equal(became.accepted, became.real | became.false)
    assert not np.any(became.real & became.false)
    assert np.all(became.false[became.fragments])
    assert not np.any(became.merged & became.recovered)
    real = became.statuses != TruthStatus.SPURIOUS
    assert (became.recovered & real).sum() == became.real.sum()
    assert np.all(real[became.part_of[became.fragments]])


def test_labels_that_are_not_unique():
    truth = at(0, 1)
    truth["source_id"] = 1
    with pytest.raises(ValueError, match="not unique"):
        associate(at(0), truth, 1.0, overlaps=overlaps([[1]], [[1]]))
    with pytest.raises(ValueError, match="source_id"):
        associate(at(0)["ra", "dec"], at(0), 1.0, overlaps=overlaps([[1]], [[1]]))


def test_overlaps_of_label_images_against_the_slow_way():
    rng = np.random.default_rng(5)
    one, other = (rng.integers(0, 6, (40, 30)) * (rng.random((40, 30)) < 0.7) for _ in range(2))
    measured = overlaps(one, other)
    slow = {
        (a, b): ((one == a) & (other == b)).sum() / ((one == a) | (other == b)).sum()
        for a in range(1, 6)
        for b in range(1, 6)
    }
    pairs = zip(measured.first.tolist(), measured.second.tolist(), strict=True)
    assert dict(zip(pairs, measured.iou.tolist(), strict=True)) == pytest.approx(slow)
    assert measured.first_sizes.tolist() == [(one == a).sum() for a in range(1, 6)]
    back = overlaps(other, one)
    assert sorted(back.iou.tolist()) == pytest.approx(sorted(measured.iou.tolist()))
    np.testing.assert_allclose(
        measured.share_of_first,
        [((one == a) & (other == b)).sum() / (one == a).sum() for a, b in slow],
    )


def test_strips_do_not_show(monkeypatch):
    rng = np.random.default_rng(6)
    one, other = rng.integers(0, 5, (2, 50, 7))
    whole = overlaps(one, other)
    monkeypatch.setattr("sciarada.evaluation.overlap.PIXELS_AT_ONCE", 20)
    parts = overlaps(one, other)
    for name in vars(whole):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_label_images_that_cannot_be_compared():
    with pytest.raises(ValueError, match="do not compare"):
        overlaps([[1, 2]], [[1]])
    with pytest.raises(ValueError, match="whole numbers"):
        overlaps([[-1]], [[1]])
    with pytest.raises(ValueError, match="whole numbers"):
        measure_overlaps(ArrayPixels(np.array([[0.5]])), Labels([[1]]))


def test_empty_label_images():
    nothing = overlaps(np.zeros((3, 3)), np.zeros((3, 3)))
    assert len(nothing.iou) == len(nothing.first_labels) == 0
    became = associate(at(0), at(0), 1.0, overlaps=nothing)
    assert became.found_of.tolist() == [0]

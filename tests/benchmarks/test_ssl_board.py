"""The board's scores against slow versions, and its tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn.metrics import average_precision_score

from benchmarks.ssl.board.features import principal_axes
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.ranking import DETECTORS, predicted_scores
from benchmarks.ssl.board.rgz import square_around
from benchmarks.ssl.board.statistics import (
    area_under_curve,
    average_precisions,
    coinciding,
    neighbours,
    resampled,
)
from benchmarks.ssl.board.table import board_table, difference_table


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_area_under_curve_is_the_share_of_pairs_in_order(seed):
    generator = np.random.default_rng(seed)
    scores, positive = generator.integers(0, 6, 25).astype(float), np.arange(25) < 8
    statistic = mannwhitneyu(scores[positive], scores[~positive]).statistic
    assert area_under_curve(scores, positive) == pytest.approx(statistic / (8 * 17))


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_average_precision_is_that_of_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    features, labels = generator.normal(size=(14, 3)), generator.integers(0, 2, 14)
    labels[:4] = [0, 0, 1, 1]
    unit = features / np.linalg.norm(features, axis=1)[:, None]
    for row, found in enumerate(average_precisions(features, labels)):
        others = np.arange(14) != row
        wanted = average_precision_score(labels[others] == labels[row], (unit @ unit[row])[others])
        assert found == pytest.approx(wanted)


def test_no_row_is_its_own_neighbour():
    features = np.random.default_rng(1).normal(size=(9, 4))
    order = neighbours(features, 8)
    assert all(set(near) == set(range(9)) - {row} for row, near in enumerate(order.tolist()))


def test_vectors_that_coincide_are_all_counted():
    features = np.array([[1, 2], [3, 4], [1, 2], [1, 2], [5, 6], [5, 6], [7, 8]], np.float32)
    assert coinciding(features) == 5
    assert coinciding(features[[0, 1, 4]]) == 0


def test_rows_are_drawn_again_in_the_same_way_each_time():
    first, second = (resampled(lambda rows: rows.mean(), 40) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first[0] == 19.5
    assert first[1:].std() == pytest.approx(np.arange(40).std() / np.sqrt(40), rel=0.1)


@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_rank_the_far_ones_first(name):
    generator = np.random.default_rng(3)
    features = generator.normal(size=(120, 6))
    features[:5] += 9 * np.eye(6)[:5]
    strange = DETECTORS[name](features)
    assert set(np.argsort(strange)[-5:].tolist()) == set(range(5))


def test_scores_are_predicted_from_other_rows_only():
    generator = np.random.default_rng(4)
    noise, scores = generator.normal(size=(200, 40)), generator.integers(1, 6, 200).astype(float)
    assert abs(np.corrcoef(predicted_scores(noise, scores), scores)[0, 1]) < 0.25
    signal = scores[:, None] * generator.normal(size=40) + noise
    assert np.corrcoef(predicted_scores(signal, scores), scores)[0, 1] > 0.95


def test_constant_columns_do_not_matter():
    columns = np.random.default_rng(5).normal(size=(30, 3))
    with_constant = np.column_stack([columns, np.full(30, 7.0)])
    np.testing.assert_allclose(
        np.abs(principal_axes(with_constant)), np.abs(principal_axes(columns)), atol=1e-9
    )


def test_a_square_is_centred_on_its_box_and_blank_beyond_the_image():
    picture = np.zeros((50, 60), np.float32)
    picture[4, 57] = 1.0
    square = square_around(picture, 57.2, 3.9, 10.0)  # 65 pixels wide
    bright = np.argwhere(square > 0.5 * np.nanmax(square))
    np.testing.assert_allclose(bright.mean(axis=0), 47.5, atol=0.5)
    assert square.shape == (96, 96)
    assert np.isnan(square[:40]).all()
    assert np.isnan(square[:, 56:]).all()


def test_tables_pair_differences_and_leave_out_what_was_not_measured():
    samples = np.random.default_rng(6).normal(0.7, 0.05, 501)
    board = {
        "ours": [
            Measurement("t", "AUC", samples + 0.1),
            Measurement("u", "n", np.array([3]), True),
        ],
        "theirs": [Measurement("t", "AUC", samples)],
    }
    value = f"{samples[0] + 0.1:.3f}"
    table = board_table(board).splitlines()
    assert value in table[2]
    assert table[3].split("|")[2:4] == [" 3 ", "  "]
    assert "+0.100 (+0.100 to +0.100)" in difference_table(board, "theirs")

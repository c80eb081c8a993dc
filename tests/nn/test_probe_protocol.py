"""Who learns from what: cutouts of the same sky are not on both sides, or that is said."""

from dataclasses import replace

import numpy as np
import pytest
from probe_samples import write_set

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.reading import read_set
from sciarada.nn.probes.labelled_set import read_labels
from sciarada.nn.probes.protocol import build_protocol
from sciarada.nn.probes.settings import ProbeSettings

FOLDS = ProbeSettings("label", folds=3, seeds=2)


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory):
    """12 cutouts of each of two classes, of 40 arcsec and far from one another."""
    return read_labels(
        read_set(write_set(tmp_path_factory.mktemp("set") / "pictures", 12)), "label"
    )


def moved(cutouts, places):
    """The same cutouts at other declinations, in arcsec."""
    dec = np.asarray(places) / 3600
    cover = SkyCover(np.zeros(24), dec, cutouts.cover.size)
    return replace(cutouts, find_cover=lambda: cover)


def folds_of(protocol):
    """Fold of each cutout, one row per seed."""
    fold = np.full((len(protocol.splits), len(protocol.test)), -1)
    for row, splits in zip(fold, protocol.splits.values(), strict=True):
        for number, split in enumerate(splits):
            assert not set(split.train) & set(split.test)
            row[split.test] = number
    assert (fold >= 0).all()
    return fold


def test_cutouts_that_overlap_are_in_one_fold(cutouts):
    pairs = moved(cutouts, np.arange(24) // 2 * 1000 + np.arange(24) % 2 * 30)
    protocol = build_protocol(pairs, FOLDS)
    fold = folds_of(protocol)
    np.testing.assert_array_equal(fold[:, ::2], fold[:, 1::2])
    assert not np.array_equal(*fold)  # drawn again for each seed
    for name in ("double", "single"):
        assert np.bincount(fold[0][cutouts.labels == name]).tolist() == [4, 4, 4]
    assert protocol.notes == ()
    assert protocol.text.endswith(", overlapping ones together")


def test_cutouts_that_do_not_are_dealt_as_ever(cutouts):
    apart = build_protocol(cutouts, FOLDS)
    unknown = build_protocol(moved(cutouts, np.full(24, np.nan)), FOLDS)
    np.testing.assert_array_equal(folds_of(apart), folds_of(unknown))
    assert apart.notes == unknown.notes == ()
    assert "together" not in apart.text


def test_it_is_said_where_all_hang_together(cutouts):
    protocol = build_protocol(moved(cutouts, 30 * np.arange(24)), FOLDS)
    np.testing.assert_array_equal(folds_of(protocol), folds_of(build_protocol(cutouts, FOLDS)))
    (note,) = protocol.notes
    fold = folds_of(protocol)[0]
    shared = [
        any(fold[row] != fold[near] for near in (row - 1, row + 1) if 0 <= near < 24)
        for row in range(24)
    ]
    assert note.startswith(f"{sum(shared)} of the 24 tested cutouts, first ")
    assert "sky that is also in a cutout learned from" in note


def test_a_given_split_is_kept_and_what_it_shares_is_said(cutouts):
    part = np.where(np.arange(24) % 4 == 0, "test", "train")
    places = 1000 * np.arange(24)
    places[4] = places[5] + 39  # a tested one beside one that is learned from
    places[8] = places[12] + 39  # two tested ones
    given = replace(moved(cutouts, places), part=part)
    protocol = build_protocol(given, ProbeSettings("label", split="part"))
    assert protocol.test.tolist() == list(range(0, 24, 4))
    (note,) = protocol.notes
    assert note.startswith("1 of the 6 tested cutouts, first double_04, show sky")

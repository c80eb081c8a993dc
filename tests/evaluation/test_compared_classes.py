"""Which classes of detections are compared with which of the truth."""

import pytest
from astropy.table import Table

from sciarada.evaluation.columns import compared_classes
from sciarada.evaluation.truth_status import TruthStatus, labelled_spurious, truth_status

DET, NAME = {"det_class": ["compact", "spurious"]}, {"class_name": ["FRI", "FRII"]}
OLD = {"class_name": ["compact", "spurious"]}


def columns(found: dict, truth: dict, column: str | None = None) -> tuple[list, list]:
    one, other = compared_classes(Table(found), Table(truth), column)
    return one.tolist(), other.tolist()


@pytest.mark.parametrize(
    ("found", "truth", "compared"),
    [
        (DET | NAME, DET | NAME, (DET["det_class"], DET["det_class"])),
        (DET | NAME, NAME, (NAME["class_name"], NAME["class_name"])),
        (DET, OLD, (DET["det_class"], OLD["class_name"])),
        (OLD, DET, (OLD["class_name"], DET["det_class"])),
        ({"ra": [1, 2]}, DET, (["", ""], DET["det_class"])),
    ],
)
def test_classes_of_the_same_sort_are_compared_where_there_are_some(found, truth, compared):
    assert columns(found, truth) == compared


def test_a_chosen_column_is_compared():
    assert columns(DET | NAME, DET | NAME, "class_name") == (NAME["class_name"],) * 2


@pytest.mark.parametrize("table", [DET, OLD, DET | NAME])
def test_spurious_rows_are_known_in_catalogues_new_and_old(table):
    statuses = [TruthStatus.COUNTED, TruthStatus.SPURIOUS]
    assert truth_status(Table(table)).tolist() == statuses
    assert labelled_spurious(Table(table)).tolist() == [False, True]


def test_a_classifier_may_reject_what_the_detector_found():
    found = Table({"det_class": ["compact", "extended"], "class_name": ["spurious", "FRI"]})
    assert labelled_spurious(found).tolist() == [True, False]

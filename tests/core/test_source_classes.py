"""The class of a source: the classifier's, else the detector's."""

import pytest
from astropy.table import MaskedColumn, Table

from sciarada.core.source_classes import has_classes, source_classes

DETECTOR = MaskedColumn(["compact", "extended", "", ""], mask=[0, 0, 1, 0])
CLASSIFIER = MaskedColumn(["FRI", "", " ", ""], mask=[0, 1, 0, 1])


@pytest.mark.parametrize(
    ("columns", "classes"),
    [
        ({"det_class": DETECTOR}, ["compact", "extended", "", ""]),
        ({"class_name": CLASSIFIER}, ["FRI", "", "", ""]),
        ({"class_name": CLASSIFIER, "det_class": DETECTOR}, ["FRI", "extended", "", ""]),
        ({"snr": [1, 2, 3, 4]}, ["", "", "", ""]),
    ],
)
def test_the_class_of_the_classifier_counts_before_that_of_the_detector(columns, classes):
    table = Table(columns)
    assert has_classes(table) == ("snr" not in columns)
    assert source_classes(table).tolist() == classes

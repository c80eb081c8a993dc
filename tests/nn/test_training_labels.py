"""Labels for a training: in a column of the set or in a table beside it."""

import logging

import numpy as np
import pytest
from probe_samples import write_set

from sciarada.cutouts.reading import read_sets
from sciarada.errors import OptionError
from sciarada.nn.training.labels import labels_of_set


@pytest.fixture
def source(tmp_path):
    write_set(tmp_path / "set", count=3)
    return read_sets([tmp_path / "set"])


def test_a_table_gives_the_labels_that_it_has(source, tmp_path, caplog):
    files = source.to_table(headers=False)["file"].tolist()
    lines = [f"{files[4]},b", f"{files[1]},a", "stranger.fits,c", f"{files[0]},"]
    (tmp_path / "labels.csv").write_text("\n".join(["file,class", *lines]))
    with caplog.at_level(logging.WARNING):
        found = labels_of_set(source, str(tmp_path / "labels.csv"))
    np.testing.assert_array_equal(found, ["", "a", "", "", "b", ""])
    assert any("labels.csv" in message for message in caplog.messages)


def test_other_columns_are_named_with_column_and_key(source, tmp_path):
    files = source.to_table(headers=False)["file"].tolist()
    text = "\n".join(["who,kind", *(f"{name},k{row % 2}" for row, name in enumerate(files))])
    (tmp_path / "labels.csv").write_text(text)
    found = labels_of_set(source, str(tmp_path / "labels.csv"), "kind", "file=who")
    np.testing.assert_array_equal(found, ["k0", "k1"] * 3)
    with pytest.raises(OptionError, match=r"--column"):
        labels_of_set(source, str(tmp_path / "labels.csv"), "colour", "file=who")


def test_a_column_of_the_set_takes_no_names_of_columns_of_a_table(source):
    with pytest.raises(OptionError, match="leave out --key"):
        labels_of_set(source, "label", None, "file")

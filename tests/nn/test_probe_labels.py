"""Labels: from the set, or from a table beside it."""

import numpy as np
import pytest
from probe_samples import write_set

from sciarada.cutouts.reading import read_set
from sciarada.errors import CatalogueError, OptionError
from sciarada.nn.probes.labelled_set import read_labels
from sciarada.nn.probes.protocol import build_protocol
from sciarada.nn.probes.settings import ProbeSettings


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Four pictures of each of two classes, without positions."""
    return read_set(write_set(tmp_path_factory.mktemp("set") / "pictures", 4, placed=False))


@pytest.fixture
def table(tmp_path):
    """Write a table of labels and return its path."""

    def write(*lines):
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(lines) + "\n")
        return str(path)

    return write


KNOWN = ("file,class", "double_00.fits,A")


def test_folders_are_labels(source):
    found = read_labels(source, "label")
    assert (found.labels == source.labels).all()
    assert (found.part == "").all()
    assert read_labels(source, "label", classes=("single",)).labels.tolist() == ["single"] * 4


def test_a_table_is_joined_by_file_with_or_without_its_folder(source, table):
    labels = table(
        "file,class,ra,dec",
        "single/single_01.fits,A,10,-30",
        "double_02.fits,B,20,-40",
        "double_03.fits,,30,-50",
        "nowhere.fits,A,1,1",
    )
    found = read_labels(source, labels)
    by_id = dict(zip(found.source.ids.tolist(), found.labels.tolist(), strict=True))
    assert by_id == {"single_01": "A", "double_02": "B"}
    assert found.column == "class"
    np.testing.assert_allclose(sorted(found.cover.dec), [-40, -30])  # of the table


def test_classes_in_any_script(source, table):
    labels = table(*KNOWN, "double_01.fits,FR Ⅱ")
    assert read_labels(source, labels, classes=("A",)).labels.tolist() == ["A"]
    assert sorted(read_labels(source, labels).labels.tolist()) == ["A", "FR Ⅱ"]


def test_what_is_not_joined_is_said(source, table):
    (note,) = read_labels(source, table(*KNOWN, "elsewhere.fits,B")).notes
    assert "1 of 8 cutouts have a row by file of" in note
    assert "7 have none; 1 rows of the table belong to none" in note


@pytest.mark.parametrize("option", ["column", "key"])
def test_what_is_for_a_table_is_not_asked_of_the_set(source, option):
    with pytest.raises(OptionError, match=f"label is a column of the set: leave out --{option}"):
        read_labels(source, "label", **{option: "class"})


@pytest.mark.parametrize(
    ("name", "key"), [("cutout_id", None), ("source_name", None), ("who", "cutout_id=who")]
)
def test_a_table_is_joined_by_other_columns(source, table, name, key):
    labels = table(f"{name},kind", "single_00,A", "double_00,B")
    found = read_labels(source, labels, column="kind", key=key)
    assert sorted(found.labels) == ["A", "B"]


def test_only_what_is_asked_for_takes_part(source, table):
    rows = [f"single_0{n}.fits,{'AB'[n % 2]},{n},sure" for n in range(4)]
    labels = table("file,class,number,how", *rows, "double_00.fits,A,9,unsure")
    found = read_labels(source, labels, where=("how=sure", "class=A"))
    assert found.source.ids.tolist() == ["single_00", "single_02"]


def test_the_column_of_the_split(source, table):
    parts = ["train", "Training", "val", "TEST", "train", "valid", "train", ""]
    names = [f"{kind}_0{n}.fits" for kind in ("double", "single") for n in range(4)]
    classes = ["A", "B"] * 4
    rows = [",".join(row) for row in zip(names, classes, parts, strict=True)]
    labels = table("file,class,part", *rows)
    found = read_labels(source, labels, split="part")
    assert found.part.tolist() == ["train", "train", "valid", "test", "train", "valid", "train"]

    def tested(test_on):
        settings = ProbeSettings(labels, split="part", test_on=test_on, seeds=2)
        protocol = build_protocol(found, settings)
        assert protocol.splits[1] == protocol.splits[2]
        (split,) = protocol.splits[1]
        assert not set(split.train) & set(split.test)
        return found.part[split.test].tolist()

    assert tested(None) == tested("test") == ["test"]
    assert tested("valid") == ["valid", "valid"]


@pytest.mark.parametrize(
    ("lines", "options", "error", "sentence"),
    [
        (["name,class", "a,A"], {}, OptionError, "the set and .* share none of"),
        (["file,kind", "a,A"], {}, OptionError, "no column 'class_name'"),
        (["file,class", "a,A", "a,B"], {}, CatalogueError, "the file of .* has a twice"),
        (["file,class"], {}, CatalogueError, "has no rows"),
        (
            ["file,class", "x/double/double_00.fits,A"],
            {},
            OptionError,
            "no file of the set .such as double/double_00.fits. is a file of .*labels.csv .such as "
            "x/double/double_00.fits.: .* --key OF_SET=OF_TABLE",
        ),
        ([*KNOWN], {"where": ("class=B",)}, OptionError, "no cutout of the set takes part"),
        ([*KNOWN], {"where": ("class",)}, OptionError, "--where class says no value"),
        ([*KNOWN], {"split": "class"}, OptionError, "holds a"),
        ([*KNOWN], {"where": ("how=sure",)}, OptionError, "no column 'how'"),
        (
            [*KNOWN, "double_01.fits,B"],
            {"classes": ("B", "Typo")},
            OptionError,
            "of the class 'Typo' of --classes: those in the column 'class' of .* are A, B$",
        ),
        (["file,class", "a,A"], {"key": "who"}, OptionError, "the set has no column 'who'"),
    ],
)
def test_what_cannot_be_joined_is_one_sentence(source, table, lines, options, error, sentence):
    with pytest.raises(error, match=sentence):
        read_labels(source, table(*lines), **options)


def test_a_class_that_is_never_learned_from_is_not_tested_on(source, table):
    labels = table(
        "file,class,part",
        "double_00.fits,A,train",
        "double_01.fits,B,train",
        "double_02.fits,C,test",
    )
    found = read_labels(source, labels, split="part")
    with pytest.raises(OptionError, match="the class 'C' is tested on but never learned from"):
        build_protocol(found, ProbeSettings(labels, split="part"))

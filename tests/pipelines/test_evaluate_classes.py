"""Classes whose scores are known by construction."""

import json

import numpy as np
import pytest
from astropy.table import Table
from sklearn.metrics import average_precision_score

import sciarada as sc
from sciarada.errors import CatalogueError, OptionError
from sciarada.evaluation.score_table import chosen, first_of
from sciarada.evaluation.settings import EvaluateSettings
from sciarada.io.single_table import read_table
from sciarada.pipelines.evaluate import run_evaluate
from sciarada.report.evaluation_pages import CLASS_FILES

CLASSES = ("FRI", "FRII", "1C-1P")
COUNT = 600


def evaluate_classes(given, truth, out, *, compare=None, overwrite=False, **settings):
    how = EvaluateSettings(score="classes", **settings)
    return run_evaluate(given, truth, out, how, compare=compare, overwrite=overwrite)


@pytest.fixture(scope="module")
def tables():
    """A truth, and probabilities from which its classes were drawn, so that they are true."""
    rng = np.random.default_rng(5)
    p = rng.dirichlet([0.6, 0.6, 0.6], COUNT)
    true = np.array([rng.choice(3, p=row) for row in p])
    names = np.array(CLASSES)
    truth = Table({"file": [f"i{n}.fits" for n in range(COUNT)], "label": names[true]})
    given = Table({"file": truth["file"], "class_name": names[p.argmax(axis=1)]})
    for name, values in zip(("p_FRI", "p_FRII", "p_1C_1P"), p.T, strict=True):
        given[name] = values
    return truth, given[rng.permutation(COUNT)], float(np.mean(true == p.argmax(axis=1)))


@pytest.fixture
def write(tmp_path):
    def write(truth, given):
        truth.write(tmp_path / "truth.csv", overwrite=True)
        given.write(tmp_path / "given.fits", overwrite=True)
        return tmp_path / "given.fits", tmp_path / "truth.csv", tmp_path / "out"

    return write


def test_scores_are_those_of_the_tables(tables, write):
    truth, given, accuracy = tables
    result = evaluate_classes(*write(truth, given), true_column="label")
    assert first_of(result.rows, "given", "accuracy").value == pytest.approx(accuracy)
    by_name = dict(zip(given["file"], given["class_name"], strict=True))
    called = np.array([by_name[name] for name in truth["file"]])
    for name in CLASSES:
        (recall,) = [
            r for r in chosen(result.rows, "given", "recall", "class") if r.bin_name == name
        ]
        of_it = truth["label"] == name
        assert recall.value == pytest.approx(np.mean(called[of_it] == name))
        assert recall.count == of_it.sum()
    confusion = read_table(result.out / "confusion.ecsv", "CONFUSION")
    assert confusion["true_class"].tolist() == sorted(CLASSES)
    assert sum(np.sum(confusion[name]) for name in confusion.colnames[1:]) == COUNT
    assert {path.name for path in result.out.iterdir()} == {*CLASS_FILES, "report.html"}
    run = json.loads((result.out / "run.json").read_text())
    assert run["counts"]["sources"] == COUNT


def test_true_probabilities_are_calibrated(tables, write):
    truth, given, _ = tables
    result = evaluate_classes(*write(truth, given), true_column="label")
    ece, chance = (first_of(result.rows, "given", name) for name in ("ece", "ece_by_chance"))
    assert ece.value < 2 * chance.value
    for row in chosen(result.rows, "given", "share_right", "probability"):
        assert row.bin_low <= 1.0
    certain = chosen(result.rows, "given", "accuracy", "certainty")
    assert certain[0].value < certain[-1].value


def test_sources_without_a_prediction_are_wrong(tables, write):
    truth, given, _ = tables
    half = given[: COUNT // 2]
    result = evaluate_classes(*write(truth, half), true_column="label")
    accuracy = first_of(result.rows, "given", "accuracy")
    assert accuracy.count == COUNT
    assert accuracy.value < 0.5
    assert result.run["counts"]["not predicted"] == {"given": COUNT - COUNT // 2}
    assert "count as wrong" in (result.out / "report.html").read_text()


def test_probabilities_put_the_sources_of_each_class_first(tables, write):
    truth, given, _ = tables
    half = given[: COUNT // 2]
    for table in (given, half):
        paths = write(truth, table)
        result = evaluate_classes(*paths, true_column="label", overwrite=True)
        order = {name: number for number, name in enumerate(truth["file"])}
        rows = [order[name] for name in table["file"]]
        areas = []
        for name in CLASSES:
            (row,) = [
                row
                for row in chosen(result.rows, "given", "average_precision", "class")
                if row.bin_name == name
            ]
            of_it = np.asarray(truth["label"] == name)
            found = of_it[rows].sum() / of_it.sum()  # who has no probability is not found
            ranked = average_precision_score(of_it[rows], table[f"p_{name.replace('-', '_')}"])
            areas.append(row.value)
            assert row.value == pytest.approx(found * ranked)
            assert row.low < row.value < row.high
            assert row.count == of_it.sum()
        mean = first_of(result.rows, "given", "mean_average_precision")
        assert mean.value == pytest.approx(np.mean(areas))


def test_two_classifications_are_compared_on_the_same_sources(tables, write, tmp_path):
    truth, given, _ = tables
    worse = given["file", "class_name"].copy()
    worse["class_name"][: COUNT // 10] = "FRI"
    worse["class_name"][-3:] = "relic"  # a class that only the other gives
    worse.write(tmp_path / "worse.csv")
    paths = write(truth, given)
    result = evaluate_classes(
        *paths, compare={"worse": tmp_path / "worse.csv"}, true_column="label"
    )
    alone = {name: first_of(result.rows, name, "accuracy") for name in ("given", "worse")}
    (row,) = chosen(result.rows, "given", "accuracy_difference", "finder")
    assert row.bin_name == "given - worse"
    assert row.value == pytest.approx(alone["given"].value - alone["worse"].value)
    assert 0 < row.low < row.value < row.high
    assert alone["given"].low < alone["worse"].high  # which the two intervals alone do not show
    assert set(result.run["scores"]) == {"given", "worse"}
    page = (result.out / "report.html").read_text()
    assert "given − worse" in page
    assert "Each class: worse" in page
    confusion = read_table(result.out / "confusion.fits", "CONFUSION")
    assert confusion["given_relic"].tolist() == [0] * 4
    with pytest.raises(OptionError, match="another name than 'given'"):
        evaluate_classes(*paths, compare={"given": paths[0]}, true_column="label", overwrite=True)


def test_numbers_join_whatever_their_type(write):
    truth = Table({"source_id": [1, 2, 3], "class_name": ["a", "b", "b"]})
    given = Table({"source_id": np.array([3, 2, 1], "f8"), "class_name": ["b", "a", "a"]})
    result = evaluate_classes(*write(truth, given))
    assert first_of(result.rows, "given", "accuracy").value == pytest.approx(2 / 3)
    assert first_of(result.rows, "given", "ece") is None


def test_classes_that_are_numbers_are_the_same_in_all_formats(write):
    """A CSV has no types, and its numbers are read as floats."""
    truth = Table({"id": [1, 2, 3], "class_name": [0, 1, 1]})
    result = evaluate_classes(*write(truth, truth))
    assert first_of(result.rows, "given", "accuracy").value == 1
    assert list(result.run["counts"]["classes"]) == ["0", "1"]


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({}, {}, OptionError, "no column 'class_name'; name one with --true-column"),
        ({}, {"column": "kind"}, OptionError, "no column 'kind'; name one with --column"),
        ({}, {"true_column": "label", "key": "nr"}, OptionError, "'nr'; name one with --key"),
        ({"file": None}, {"true_column": "label"}, OptionError, "share none of"),
        (
            {"file": "x"},
            {"true_column": "label"},
            CatalogueError,
            "the file of .*given.fits has x twice",
        ),
        ({"file": "other"}, {"true_column": "label"}, CatalogueError, "of the same sources"),
        ({"p_FRI": 5.0}, {"true_column": "label"}, CatalogueError, "add up to"),
        ({"label": ""}, {"true_column": "label"}, CatalogueError, "nothing to score"),
    ],
)
def test_refusals(tables, write, change, options, error, words):
    truth, given = tables[0].copy(), tables[1].copy()
    for name, value in change.items():
        table = truth if name == "label" else given
        if value is None:
            table.remove_column(name)
        elif value == "other":
            table[name] = [f"{n}.png" for n in range(COUNT)]
        else:
            table[name] = value
    paths = write(truth, given)
    with pytest.raises(error, match=words) as caught:
        evaluate_classes(*paths, **options)
    assert "\n" not in str(caught.value)
    assert not paths[2].exists()


def test_classes_of_detectors_are_used_where_there_are_no_others(write):
    truth = Table({"id": [1, 2, 3], "det_class": ["compact", "extended", "compact"]})
    given = Table({"id": [1, 2, 3], "class_name": ["compact", "extended", "extended"]})
    result = evaluate_classes(*write(truth, given))
    assert first_of(result.rows, "given", "accuracy").value == pytest.approx(2 / 3)


def test_the_public_function_scores_classes_too(tables, write):
    truth, given, accuracy = tables
    predicted, true, _ = write(truth, given)
    result = sc.evaluate(predicted, true, score="classes", true_column="label")
    assert first_of(result.rows, "given", "accuracy").value == pytest.approx(accuracy)
    assert result.confusion["true_class"].tolist() == sorted(CLASSES)
    with pytest.raises(OptionError, match="no table of matches"):
        _ = result.matches
    with pytest.raises(OptionError, match="detections or classes, not 'sizes'"):
        sc.evaluate(predicted, true, score="sizes")

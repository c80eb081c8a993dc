"""Probes end to end: one protocol for all, and tables that tell what was done."""

import json
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table
from probe_samples import write_encoder, write_set
from sklearn import metrics

from sciarada.errors import OptionError, OutputError
from sciarada.evaluation.calibration import class_probabilities
from sciarada.evaluation.columns import words
from sciarada.nn.embedding import embed
from sciarada.nn.probes.settings import FineTuneSettings, ProbeSettings
from sciarada.nn.probes.tables import MEASURES
from sciarada.pipelines.probe import run_probe

QUICK = FineTuneSettings(epochs=1, steps=3, batch=6, views=("rotation", "flip"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("set") / "pictures")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write_encoder(tmp_path_factory.mktemp("weights") / "first.safetensors")


@pytest.fixture(scope="module")
def settings(weights):
    """Two contenders in two ways, with two amounts of labels and two seeds."""
    return ProbeSettings(
        "label",
        weights=(str(weights), "scratch"),
        kinds=("linear", "knn"),
        fractions=(1.0,),
        per_class=(2,),
        seeds=2,
        folds=2,
    )


@pytest.fixture(scope="module")
def probed(pictures, settings, tmp_path_factory):
    return run_probe([pictures], tmp_path_factory.mktemp("probe") / "out", settings)


def test_a_row_a_probe_and_a_row_a_training(probed):
    summary = Table.read(probed.out / "summary.fits")
    assert len(summary) == 2 * 2 * 2
    assert {*summary["contender"]} == {"first", "scratch"}
    assert {*summary["labels"]} == {20, 4}
    assert (summary["tested"] == 40).all()
    for name in ("macro_f1", "accuracy", "f1_double", "ece"):
        inside = (summary[f"{name}_low"] <= summary[name]) & (
            summary[name] <= summary[f"{name}_high"]
        )
        assert inside.all(), name
    runs = Table.read(probed.out / "runs.ecsv")
    assert len(runs) == 16
    for row in summary:
        mine = runs[np.all([runs[n] == row[n] for n in ("contender", "kind", "amount")], axis=0)]
        assert sorted(mine["seed"]) == [1, 2]
        for name in MEASURES:
            assert np.mean(mine[name]) == pytest.approx(row[name], abs=1e-9), name
    assert all("C = " in r["chosen"] for r in runs[runs["kind"] == "linear"])


def test_predictions_give_the_scores_again(probed):
    table = Table.read(probed.out / "predictions_first.fits")
    classes, probabilities = class_probabilities(table)
    assert classes == ("double", "single")
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (np.array(classes)[probabilities.argmax(axis=1)] == table["class_name"]).mean() > 0.99
    for score in probed.scores:
        if score.contender != "first":
            continue
        values = []
        for seed in (1, 2):
            chosen = (table["kind"] == score.kind) & (table["amount"] == score.amount)
            mine = table[chosen & (table["seed"] == seed)]
            assert len(np.unique(mine["cutout_id"])) == len(mine) == 40
            values.append(
                metrics.f1_score(
                    words(mine, "true_class"), words(mine, "class_name"), average="macro"
                )
            )
        assert score.score.macro_f1.value == pytest.approx(np.mean(values))


def test_differences_and_confusion(probed):
    differences = Table.read(probed.out / "differences.fits")
    assert len(differences) == 6 * 2 * 3  # pairs of four probes, amounts, measures
    confusion = Table.read(probed.out / "confusion.fits")
    counts = np.array([confusion[name] for name in ("given_double", "given_single")])
    assert counts.sum() == 8 * 40 * 2


def test_the_run_tells_all_about_itself(probed, weights):
    run = json.loads((probed.out / "run.json").read_text())
    assert run["protocol"]["seeds"] == [1, 2]
    assert len(run["inputs"]["set_hash"]) == 64
    assert run["contenders"]["first"]["model_id"].startswith("first@1+")
    assert run["contenders"]["scratch"]["model_id"] == ""
    assert {"torch", "scikit-learn", "sciarada"} <= set(run["versions"])
    assert run["counts"]["classes"] == {"double": 20, "single": 20}
    (warning,) = run["warnings"]
    assert "whether first was trained on what it is tested on cannot be checked" in warning
    page = (probed.out / "report.html").read_text()
    assert "first, linear" in page
    assert all(name in page for name in run["contenders"])
    assert (probed.out / "probe.png").read_bytes().startswith(b"\x89PNG")


def test_each_contender_is_embedded_once_and_the_same_comes_again(
    probed, pictures, settings, tmp_path, monkeypatch
):
    seen = []

    def counted(source, encoder, *rest, **more):
        seen.append((encoder.card.name, len(source)))
        return embed(source, encoder, *rest, **more)

    monkeypatch.setattr("sciarada.nn.probes.trials.embed", counted)
    again = run_probe([pictures], tmp_path / "again", replace(settings, kinds=("knn",)))
    assert seen == [("first", 40), ("scratch", 40)]
    before = [score for score in probed.scores if score.kind == "knn"]
    for first, second in zip(before, again.scores, strict=True):
        np.testing.assert_array_equal(first.score.confusion, second.score.confusion)


def test_fine_tuning_beside_the_network_from_scratch(pictures, weights, tmp_path):
    chosen = ProbeSettings(
        "label",
        weights=(f"ours={weights}", f"scratch:{weights}"),
        kinds=("finetune",),
        seeds=1,
        folds=2,
        balanced=True,
        fine_tuning=QUICK,
    )
    result = run_probe([pictures], tmp_path / "out", chosen)
    assert [score.name for score in result.scores] == ["ours, finetune", "scratch, finetune"]
    # From other weights, other probabilities.
    first, second = (
        Table.read(tmp_path / "out" / f"predictions_{name}.fits")["p_single"]
        for name in ("ours", "scratch")
    )
    assert np.abs(first - second).max() > 1e-4


def test_contenders_of_like_names_have_files_of_their_own(pictures, weights, settings, tmp_path):
    names = ["a b", "a_b", "A_b"]
    chosen = replace(
        settings,
        weights=tuple(f"{name}={weights}" for name in names),
        kinds=("knn",),
        per_class=(),
        seeds=1,
    )
    result = run_probe([pictures], tmp_path / "out", chosen)
    assert list(result.run["contenders"]) == names
    page = (tmp_path / "out" / "report.html").read_text()
    for file in ("predictions_a_b", "predictions_a_b_2", "predictions_A_b_3"):
        assert len(Table.read(tmp_path / "out" / f"{file}.fits")) == 40
        assert f"{file}.fits" in page


def test_long_names_of_classes_and_contenders_are_cut_in_those_of_columns_and_files(
    pictures, weights, tmp_path
):
    long = [letter * 120 + end for letter, end in ("ax", "ay", "bz")]
    names = [path.stem for path in sorted(pictures.rglob("*.fits"))]
    table = Table({"cutout_id": names, "class": [long[n % 3] for n in range(40)]})
    table.write(tmp_path / "labels.csv")
    name = "n" * 300
    chosen = ProbeSettings(
        str(tmp_path / "labels.csv"),
        weights=(f"{name}={weights}",),
        kinds=("knn",),
        seeds=1,
        folds=2,
    )
    run_probe([pictures], tmp_path / "out", chosen)
    table = Table.read(tmp_path / "out" / f"predictions_{name[:100]}.fits")
    assert table.colnames[-3:] == ["p_" + "a" * 40, "p_" + "a" * 40 + "_2", "p_" + "b" * 40]
    assert {*table["true_class"]} == {*long}


def test_an_earlier_probe_is_kept(probed, pictures, settings):
    with pytest.raises(OutputError, match="--overwrite"):
        run_probe([pictures], probed.out, settings)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"labels": "colour"}, "neither a column of the set nor a file"),
        ({"weights": ("scratch",)}, "scratch takes the network of other weights"),
        ({"kinds": ("magic",)}, "no probe of kind 'magic'"),
        ({"kinds": ("knn", "knn")}, "--kind needs one value or more, none of them twice"),
        ({"folds": 30}, "has 20 cutout"),
        (
            {"classes": ("single",)},
            "have one class, single, in the column 'label' of label: .*--wh",
        ),
        ({"classes": ("single", "double", "single")}, "--classes names single twice"),
        ({"test_on": "valid"}, "--test-on valid needs --split"),
        ({"npix": 0}, "give --npix 16 or more"),
        ({"where": ("cutout_id=nobody",)}, "no cutout of the set takes part"),
        ({"split": "nowhere"}, "no column 'nowhere'"),
        ({"seeds": 0}, "--seeds 1 or more"),
    ],
)
def test_what_cannot_be_probed_is_one_sentence(pictures, settings, tmp_path, changes, sentence):
    with pytest.raises(OptionError, match=sentence):
        run_probe([pictures], tmp_path / "out", replace(settings, **changes))
    assert not list(tmp_path.iterdir())

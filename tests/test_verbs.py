"""The verbs of ``import sciarada``: one signature, and the same results with an executor."""

import csv
import inspect
from concurrent.futures import Executor

import numpy as np
import pytest

import sciarada as sc
from sciarada.cutouts.reading import write_set
from sciarada.errors import OptionError
from sciarada.pipelines.embed import EmbedSettings
from sciarada.running.progress import silent
from sciarada.running.workers import local_executor

VERBS = (sc.detect, sc.embed, sc.evaluate, sc.pretrain, sc.probe, sc.simulate)
COMMON = {"out": None, "settings": None, "overwrite": False, "progress": silent, "executor": None}


class Counting(Executor):
    """Passes all work to another executor, and counts it."""

    def __init__(self, executor):
        self.executor, self.count = executor, 0

    def submit(self, function, /, *args, **kwargs):
        self.count += 1
        return self.executor.submit(function, *args, **kwargs)


class Stages(list):
    """The stages that a progress display was shown, with how many items were taken."""

    def __call__(self, items, stage, total):
        taken = 0
        for item in items:
            taken += 1
            yield item
        self.append((stage, taken, total))


@pytest.fixture(scope="module")
def processes():
    with local_executor(2) as executor:
        yield executor


@pytest.fixture
def executor(processes):
    return Counting(processes)


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    return sc.simulate("emu", out=tmp_path_factory.mktemp("sky") / "emu", size=256, workers=1)


@pytest.fixture(scope="module")
def found(sky):
    return sc.detect(sky.image, workers=1)


@pytest.fixture(scope="module")
def labelled(sky, tmp_path_factory):
    image = sc.read_image(sky.out / "image.fits")
    rng = np.random.default_rng(5)
    ra, dec = image.pixel_to_sky(*rng.uniform(30, 220, (2, 70)))
    cutouts = sc.CutoutSet.from_positions(image, ra, dec, 12, labels=["even", "odd"] * 35)
    path = tmp_path_factory.mktemp("set") / "set.fits"
    write_set(cutouts, path)
    return path


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_all_verbs_have_the_same_arguments(verb):
    first, *others = inspect.signature(verb).parameters.values()
    assert first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    by_name = {each.name: each for each in others}
    for name, default in COMMON.items():
        assert by_name[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert by_name[name].default is default
    assert by_name["options"].kind is inspect.Parameter.VAR_KEYWORD


def test_scores_are_the_same_by_an_executor(found, sky, executor):
    stages = Stages()
    one = sc.evaluate(found, sky, compare={"again": found})
    other = sc.evaluate(found, sky, compare={"again": found}, progress=stages, executor=executor)
    assert executor.count == 2
    assert stages == [("scoring", 2, 2)]
    assert repr(one.rows) == repr(other.rows)  # with NaN
    assert one.matches.pformat(max_lines=-1) == other.matches.pformat(max_lines=-1)


def test_scores_of_classes_are_the_same_by_an_executor(executor, tmp_path):
    rng = np.random.default_rng(2)
    for name in ("true", "given", "other"):
        names = rng.choice(["fr1", "fr2"], 40)
        rows = "".join(f"{number},{each}\n" for number, each in enumerate(names))
        (tmp_path / f"{name}.csv").write_text(f"file,class_name\n{rows}")
    call = [tmp_path / "given.csv", tmp_path / "true.csv"]
    how = {"score": "classes", "compare": {"b": tmp_path / "other.csv"}}
    one = sc.evaluate(*call, **how)
    other = sc.evaluate(*call, **how, executor=executor)
    assert executor.count == 2
    assert repr(one.rows) == repr(other.rows)  # with NaN


def test_vectors_are_the_same_by_an_executor(labelled, executor):
    stages = Stages()
    one = sc.embed(labelled, batch=40)
    other = sc.embed(labelled, batch=40, progress=stages, executor=executor)
    assert executor.count == 3  # 40 cutouts in two parts, and 30
    assert stages == [("embedding", 2, 2)]
    np.testing.assert_array_equal(one.ids, other.ids)
    np.testing.assert_array_equal(one.vectors, other.vectors)


def test_the_settings_of_an_embedding_are_an_object_or_names(labelled):
    settings = EmbedSettings(batch=40)
    vectors = sc.embed(labelled, settings=settings).vectors
    np.testing.assert_array_equal(vectors, sc.embed(labelled, batch=40).vectors)
    with pytest.raises(OptionError, match=r"bach is not a setting; .*weights, batch"):
        sc.embed(labelled, bach=40)


def test_probes_are_the_same_by_an_executor(labelled, executor):
    how = {"labels": "label", "kinds": ("linear", "knn"), "folds": 3, "seeds": 2}
    stages = Stages()
    one = sc.probe(labelled, **how)
    assert repr(one).startswith("<ProbeResult: scores of ")
    other = sc.probe(labelled, **how, progress=stages, executor=executor)
    assert executor.count == 3 + 2 * 3 * 2  # 70 cutouts in parts, and the trainings
    assert [stage.rpartition(", ")[2] for stage, *_ in stages] == ["embedding", "linear", "knn"]
    table, same = one.summary, other.summary
    assert table.pformat(max_lines=-1, max_width=-1) == same.pformat(max_lines=-1, max_width=-1)
    for name in one.run["contenders"]:
        files = [each.out / f"predictions_{name}.fits" for each in (one, other)]
        assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("cache", [0.0, 1.0])
def test_a_training_is_the_same_by_an_executor(labelled, executor, cache, tmp_path):
    how = {"npix": 16, "epochs": 1, "warmup": 0, "batch": 20, "device": "cpu", "cache": cache,
           "options": ("stem=standard", "channels=asinh")}  # fmt: skip
    cutouts = sc.read_cutouts(labelled)[:40]
    stages = Stages()
    sc.pretrain(cutouts, out=tmp_path / "one", **how)
    sc.pretrain(cutouts, out=tmp_path / "two", **how, progress=stages, executor=executor)
    assert executor.count >= 2
    assert stages == [("training", 2, 2)]
    assert _losses(tmp_path / "one") == _losses(tmp_path / "two")
    weights = [(tmp_path / name / "encoder.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]


def _losses(folder):
    with (folder / "log.csv").open(newline="") as file:
        return [{k: v for k, v in line.items() if k != "seconds"} for line in csv.DictReader(file)]

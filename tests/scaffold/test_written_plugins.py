"""Each kind of plugin that is written can be built, installed, checked, tested and used."""

import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import sciarada as sc
from sciarada.cli.main import main
from sciarada.hooks.manager import PluginManager
from sciarada.scaffold import KINDS
from sciarada.simulation.generators import generators
from sciarada.testing import small_sky

FITTED = ("classifier", "anomaly", "clusterer", "index")


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def plugins(tmp_path_factory):
    """A folder with a new plugin of each kind, called as its kind with ``new-`` before it."""
    folder = tmp_path_factory.mktemp("plugins")
    for kind in KINDS:
        result = run("plugins", "new", f"new-{kind}", "--kind", kind, "-o", folder / kind)
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def site(plugins, tmp_path_factory):
    """A folder that pip has built and installed all of them into."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index", "--no-compile"]
    folders = [str(plugins / kind) for kind in KINDS]
    subprocess.run([*pip, *alone, "--target", str(target), *folders], check=True, timeout=300)
    return target


@pytest.fixture
def installed(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    yield
    for module in [name for name in sys.modules if name.startswith("sciarada_new_")]:
        del sys.modules[module]


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_the_checks(installed, kind):
    result = run("plugins", "check", f"new-{kind}")
    assert result.exit_code == 0, result.output
    assert f"{kind} new-{kind} of sciarada-new-{kind}/new-{kind} 0.1.0" in result.stdout
    assert "FAILED" not in result.stdout


def test_their_own_tests_pass(plugins, site):
    tests = [str(plugins / kind / "tests") for kind in KINDS]
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*pytest_alone, f"--rootdir={plugins}", *tests],
        cwd=plugins,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(site), *sys.path]))},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


def test_a_second_one_of_the_name_is_refused(installed, tmp_path):
    result = run("plugins", "new", "new-index", "--kind", "index", "-o", tmp_path / "again")
    assert result.exit_code == 2
    assert "sciarada_new_index is installed already" in result.stderr
    assert not (tmp_path / "again").exists()


def test_the_detector_and_the_writer_work_in_a_run(installed, tmp_path):
    from sciarada.simulation.files import write_image

    write_image(small_sky(), tmp_path / "image.fits")
    how = ["--detector", "new-detector", "--writer", "new-writer", "--workers", 1]
    result = run("detect", tmp_path / "image.fits", "--out", tmp_path / "found", *how)
    assert result.exit_code == 0, result.output
    names, *rows = (tmp_path / "found" / "catalogue.new-writer").read_text().splitlines()
    sources = sc.read_catalogue(tmp_path / "found" / "catalogue.fits").sources
    assert len(rows) == len(sources) > 5
    assert names.startswith("source_name|")
    result = run("new-command", tmp_path / "found" / "catalogue.fits")
    assert result.exit_code == 0, result.output
    counted = [int(line.split()[-1]) for line in result.stdout.splitlines()[1:]]
    assert sum(counted) == np.sum(np.ma.filled(sources["total_flux"], 0) > 0)


def test_the_reader_serves_a_command(installed, tmp_path):
    table = "cutout_id|label\na|double\nb|compact\n"
    (tmp_path / "labels.new-reader").write_text(table)
    (tmp_path / "truth.csv").write_text(table.replace("|", ","))
    labels = ["--labels", tmp_path / "labels.new-reader", "--column", "label"]
    truth = ["--truth", tmp_path / "truth.csv", "--key", "cutout_id", "--out", tmp_path / "scores"]
    result = run("evaluate", *labels, *truth)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "scores").is_dir()


def test_the_encoder_and_the_augmentation_work_in_a_training(installed, tmp_path):
    from sciarada.simulation.files import write_image

    write_image(small_sky((400, 400), sources=30), tmp_path / "image.fits")
    cut = ["--sampler", "random", "--size", 32, "--number", 24, "-o", tmp_path / "set.fits"]
    result = run("cutouts", tmp_path / "image.fits", *cut)
    assert result.exit_code == 0, result.output
    small = ["--npix", 32, "--epochs", 2, "--warmup", 0, "--batch", 12, "--device", "cpu"]
    how = ["--encoder", "new-encoder", "--view", "new-augmentation", "--view", "rotation"]
    result = run("pretrain", tmp_path / "set.fits", "--out", tmp_path / "run", *how, *small)
    assert result.exit_code == 0, result.output
    (weights,) = (tmp_path / "run").glob("*.safetensors")
    features = sc.load_encoder(str(weights))(np.zeros((2, 32, 32), np.float32))
    assert features.shape == (2, 64)


def test_the_morphology_is_drawn(installed):
    drawn = generators(["new-morphology"])["new-morphology"]
    assert drawn.draw(60.0, np.random.default_rng(1)).extent == pytest.approx(60, rel=1e-3)


@pytest.mark.parametrize("kind", FITTED)
def test_a_task_is_found_and_fitted(installed, kind):
    task = PluginManager.discover(quiet=True).find(kind, f"new-{kind}").build()
    features = np.random.default_rng(1).normal(size=(30, 3)).astype(np.float32)
    assert task.fit(features, np.repeat(["a", "b"], 15)) is task

"""The weights that come with SCIARADA, and how they get there."""

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import sciarada_pretrained
from click.testing import CliRunner
from sciarada_pretrained import FOLDER, PINNED, bundled

from benchmarks import bundle_weights
from benchmarks.bundle_weights import bundle
from sciarada.cli.main import main
from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
from sciarada.cutouts.table_files import write_cutouts
from sciarada.errors import WeightsError
from sciarada.io.fits_image import read_image
from sciarada.io.weights import read_weights
from sciarada.nn.trained import load_encoder
from sciarada.nn.training.settings import PretrainSettings
from sciarada.pipelines.pretrain import run_pretrain
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image
from sciarada.testing import conformance

TOLD = {
    "licence": "BSD-3-Clause",
    "command": "sciarada pretrain set.fits --name tiny",
    "trained_on": [{"name": "simulated", "cutouts": 24, "hash": "0", "licence": "CC0-1.0"}],
    "metrics": [{"measure": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6, "data": "noise"}],
    "hours": 0.01,
}
SETTINGS = PretrainSettings(
    options=("hidden=16", "outputs=8", "stem=standard"),
    views=("rotation",),
    npix=32,
    epochs=1,
    batch=8,
    warmup=0,
    name="tiny",
    device="cpu",
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    write_image(simulate_field("emu", 200, 3).image, folder / "field.fits")
    cutouts = sample_random(read_image(folder / "field.fits"), RandomSampler(24, size=32))
    write_cutouts(cutouts, folder / "set.fits")
    run_pretrain([folder / "set.fits"], folder / "run", SETTINGS)
    return folder / "run" / "tiny.safetensors"


@pytest.fixture(scope="module")
def shipped(trained, tmp_path_factory) -> Path:
    """A folder like that of the plugin, with weights in it."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / PINNED).write_text('# Kept.\ndefault = ""\n\n[sha256]\n')
    bundle(trained, "tiny-emu", TOLD, folder, default=True)
    return folder


@pytest.fixture(params=["in the plugin", "of this test"])
def folder(request) -> Path:
    """The folder of the plugin as it is, and one that has weights for certain."""
    return FOLDER if request.param == "in the plugin" else request.getfixturevalue("shipped")


def test_each_file_is_pinned_and_has_a_card(folder):
    table = tomllib.loads((folder / PINNED).read_text())
    for suffix in ("safetensors", "json"):
        assert {path.stem for path in folder.glob(f"*.{suffix}")} == set(table["sha256"])
    assert table["default"] in table["sha256"] or not table["sha256"]


def test_all_that_is_offered_conforms_and_is_in_float16(folder):
    for spec in bundled(folder):
        assert [str(check) for check in conformance(spec) if not check.passed] == []
        tensors, card = read_weights(spec.build(), spec.sha256)
        kinds = {t.dtype for t in tensors.values() if np.issubdtype(t.dtype, np.floating)}
        assert kinds == {np.dtype(np.float16)}
        assert card.name == spec.name
        assert spec.build().stat().st_size <= bundle_weights.LARGEST


def test_the_table_names_weights_and_the_default(shipped, trained):
    (spec,) = bundled(shipped)
    assert (spec.name, spec.encoder, spec.default) == ("tiny-emu", "simclr", True)
    assert spec.summary == "simclr, resnet18, 32 pixels, trained on 24 cutouts"
    assert spec.build().read_bytes() == trained.read_bytes()
    assert (shipped / PINNED).read_text().startswith("# Kept.\ndefault =")


def test_more_weights_are_added_and_old_ones_replaced(shipped, trained, tmp_path):
    other = tmp_path / "plugin"
    shutil.copytree(shipped, other)
    bundle(trained, "tiny-more", TOLD, other, default=False)
    bundle(trained, "tiny-emu", TOLD | {"notes": "new"}, other, default=False)
    assert [(spec.name, spec.default) for spec in bundled(other)] == [
        ("tiny-emu", True),
        ("tiny-more", False),
    ]
    assert read_weights(other / "tiny-emu.safetensors")[1].notes == "new"


def test_a_card_that_leaves_something_out_is_not_bundled(trained, tmp_path):
    (tmp_path / PINNED).write_text('default = ""\n[sha256]\n')
    told = {key: value for key, value in TOLD.items() if key not in ("licence", "metrics")}
    with pytest.raises(WeightsError, match="does not tell metrics, licence: use --told"):
        bundle(trained, "tiny-emu", told, tmp_path, default=False)
    assert [path.name for path in tmp_path.iterdir()] == [PINNED]


def test_large_weights_are_not_bundled(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_weights, "LARGEST", 1000)
    with pytest.raises(WeightsError, match="has more than 1,000 bytes"):
        bundle(trained, "tiny-emu", TOLD, tmp_path, default=False)


@pytest.fixture
def installed(shipped, install_plugin):
    install_plugin(
        "shipping",
        f"""
        from pathlib import Path
        from sciarada.hooks import hookimpl
        from sciarada_pretrained import bundled

        @hookimpl
        def sciarada_weights():
            return bundled(Path({str(shipped)!r}))
        """,
    )


def weights(*arguments):
    result = CliRunner().invoke(main, ["weights", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_they_are_listed_shown_verified_and_loaded_by_name(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIARADA_WEIGHTS", str(tmp_path))
    assert ["tiny-emu", "encoder"] in [line.split()[:2] for line in weights("list").splitlines()]
    assert json.loads(weights("show", "tiny-emu"))["licence"] == "BSD-3-Clause"
    assert "correct" in weights("verify", "tiny-emu")
    assert load_encoder("tiny-emu").card.name == "tiny-emu"


def test_one_changed_bit_is_seen(shipped, tmp_path):
    other = tmp_path / "plugin"
    shutil.copytree(shipped, other)
    path = other / "tiny-emu.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="changed or damaged"):
        read_weights(path)
    (spec,) = bundled(other)
    assert any("the file has" in check.detail for check in conformance(spec) if not check.passed)


def test_a_wheel_holds_them(shipped, repository, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", ".gitignore", "README.md", "LICENSE"):
        shutil.copy(repository / name, tree)
    for name in ("sciarada", "plugins"):
        shutil.copytree(repository / name, tree / name)
    package = tree / "plugins" / Path(sciarada_pretrained.__file__).parent.name
    shutil.copytree(shipped, package, dirs_exist_ok=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=tree, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for path in shipped.iterdir():
            assert archive.read(f"{package.name}/{path.name}") == path.read_bytes()

import dataclasses
import json
import types

import numpy as np
import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.model_card import ModelCard
from sciarada.errors import WeightsError
from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import WeightsSpec
from sciarada.io.weights import write_weights
from sciarada.nn.store import find_weights

CARD = ModelCard("tiny", "1", "simclr", {}, 64, 512, "")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("SCIARADA_WEIGHTS", str(folder))
    return folder


def weights(*arguments):
    return CliRunner().invoke(main, ["weights", *map(str, arguments)])


def test_weights_are_listed_shown_and_verified(folder):
    card = write_weights({"a": np.ones(3)}, CARD, folder / "tiny.safetensors")
    line = weights("list").output.splitlines()[-1]  # after those that come along
    assert line.split()[:4] == ["tiny", "encoder", "simclr", "64"]
    assert json.loads(weights("list", "--json").output)[-1]["sha256"] == card.sha256
    shown = json.loads(weights("show", "tiny").output)
    assert (shown["encoder"], shown["kind"]) == ("simclr", "encoder")
    assert "tiny@1+" in weights("verify", "tiny").output


def test_changed_weights_do_not_verify(folder):
    path = folder / "mine.safetensors"
    write_weights({"a": np.ones(3)}, CARD, path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    result = weights("verify", "mine")
    assert result.exit_code == 2
    assert "changed or damaged" in result.output


def test_unknown_names_say_what_there_is(folder):
    none = PluginManager.of()
    with pytest.raises(WeightsError, match="there are none; train some with `sciarada pretrain`"):
        find_weights("best", none)
    with pytest.raises(WeightsError, match="no weights are bundled as the default"):
        find_weights("default", none)
    write_weights({"a": np.ones(3)}, CARD, folder / "mine.safetensors")
    with pytest.raises(WeightsError, match="there are mine"):
        find_weights("best", none)
    with pytest.raises(WeightsError, match=r"there are no weights gone\.safetensors"):
        find_weights("gone.safetensors", none)


def test_a_plugin_offers_weights_and_a_default(folder, tmp_path):
    path = tmp_path / "shipped.safetensors"
    card = write_weights({"a": np.ones(3)}, CARD, path)
    plugin = types.ModuleType("shipping")
    plugin.sciarada_weights = hookimpl(
        lambda: [
            WeightsSpec(
                name="shipped",
                summary="For this test",
                factory=lambda: path,
                encoder="simclr",
                sha256=card.sha256,
                default=True,
            )
        ],
        specname="sciarada_weights",
    )
    manager = PluginManager.of(shipping=plugin)
    assert find_weights("default", manager).path == path
    assert find_weights("shipped", manager).sha256 == card.sha256
    write_weights({"a": np.ones(3)}, CARD, folder / "shipped.safetensors")
    with pytest.raises(WeightsError, match="two weights are called 'shipped'"):
        find_weights("shipped", manager)


def test_weights_of_a_detector_are_no_encoder(folder, tmp_path):
    card = dataclasses.replace(CARD, kind="detector", encoder="boxes")
    write_weights({"a": np.ones(3)}, card, folder / "boxes.safetensors")
    assert weights("list").output.splitlines()[-1].split()[:3] == ["boxes", "detector", "boxes"]
    result = weights("export", "boxes", "--out", tmp_path / "boxes.onnx")
    assert result.exit_code == 2
    assert "boxes.safetensors has the weights of a detector, not of an encoder" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_default_is_that_of_encoders(folder, tmp_path):
    path = tmp_path / "boxes.safetensors"
    card = write_weights({"a": np.ones(3)}, CARD, path)
    spec = WeightsSpec(
        name="boxes",
        summary="For this test",
        factory=lambda: path,
        encoder="boxes",
        sha256=card.sha256,
        default=True,
        model_kind="detector",
    )
    plugin = types.ModuleType("boxes")
    plugin.sciarada_weights = hookimpl(lambda: [spec], specname="sciarada_weights")
    with pytest.raises(WeightsError, match="no weights are bundled as the default"):
        find_weights("default", PluginManager.of(boxes=plugin))

import http.server
import json
import threading
import types
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.errors import WeightsError
from sciarada.core.model_card import ModelCard
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


@pytest.fixture
def site(tmp_path):
    """Serve weights from this machine; give the folder, the address and the card."""
    folder = tmp_path / "site"
    folder.mkdir()
    card = write_weights({"a": np.ones(3)}, CARD, folder / "tiny.safetensors")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *told):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=folder)
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/tiny.safetensors", card
        server.shutdown()
        thread.join()


def weights(*arguments):
    return CliRunner().invoke(main, ["weights", *map(str, arguments)])


def test_weights_are_fetched_listed_shown_and_verified(folder, site):
    _, url, card = site
    result = weights("pull", url, "--sha256", card.sha256)
    assert result.exit_code == 0, result.output
    assert "use it as --weights tiny" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.json", "tiny.safetensors"]
    line = weights("list").output.splitlines()[1]
    assert line.split()[:4] == ["tiny", "simclr", "64", "512"]
    assert json.loads(weights("list", "--json").output)[0]["sha256"] == card.sha256
    assert json.loads(weights("show", "tiny").output)["encoder"] == "simclr"
    assert "tiny@1+" in weights("verify", "tiny").output


def test_what_is_not_pinned_so_is_refused_and_not_kept(folder, site):
    _, url, _ = site
    result = weights("pull", url, "--sha256", "0" * 64)
    assert result.exit_code == 2
    assert "cannot be used" in result.output
    assert not list(folder.iterdir())


def test_a_card_of_other_weights_is_refused(folder, site):
    served, url, card = site
    values = replace(card, sha256="1" * 64).as_json()
    (served / "tiny.json").write_text(json.dumps(values))
    result = weights("pull", url, "--sha256", card.sha256)
    assert result.exit_code == 2
    assert "that of other weights" in result.output
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", ["model.pt", "tiny"])
def test_other_kinds_of_files_are_not_fetched(folder, name):
    result = weights("pull", f"http://127.0.0.1:9/{name}", "--sha256", "0" * 64)
    assert result.exit_code == 2
    assert "does not end in .safetensors" in result.output


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

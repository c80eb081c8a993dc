"""Weights are fetched from a server of this machine that is honest, or not."""

import http.server
import json
import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.model_card import ModelCard
from sciarada.io.weights import card_path, read_weights, write_weights

CARD = ModelCard("tiny", "1", "simclr", {}, 64, 512, "")


class Site(http.server.BaseHTTPRequestHandler):
    """Serves the files of a folder; some addresses behave badly."""

    def log_message(self, *told):
        pass

    def do_GET(self):
        where, _, name = self.path.strip("/").rpartition("/")
        if where == "moved":
            self.send_response(302)
            self.send_header("Location", f"/files/{name}")
            self.end_headers()
            return
        if where == "round":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
            return
        path = self.server.folder / name
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if where == "half" else data)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIARADA_WEIGHTS", str(tmp_path / "mine"))
    return tmp_path / "mine"


@pytest.fixture
def site(tmp_path):
    """Yield the folder that is served, its address and the digest of the weights there."""
    served = tmp_path / "site"
    served.mkdir()
    card = write_weights({"a": np.ones(300)}, CARD, served / "tiny.safetensors")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.folder = served
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield served, f"http://127.0.0.1:{server.server_port}", card.sha256
        server.shutdown()
        thread.join()


def pull(address, digest, *more):
    return CliRunner().invoke(main, ["weights", "pull", address, "--sha256", digest, *more])


def held(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("where", ["files", "moved"])
def test_weights_and_card_are_kept(folder, site, where):
    _, address, digest = site
    result = pull(f"{address}/{where}/tiny.safetensors", digest.upper())
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "use it as --weights tiny" in result.output
    assert held(folder) == ["tiny.json", "tiny.safetensors"]
    assert read_weights(folder / "tiny.safetensors")[1].sha256 == digest


def flip(served):
    path = served / "tiny.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def forge(served):
    """Change the weights, and the card with them."""
    _, card = read_weights(served / "tiny.safetensors")
    write_weights({"a": np.zeros(300)}, card, served / "tiny.safetensors", overwrite=True)


def mix_up(served):
    path = card_path(served / "tiny.safetensors")
    path.write_text(json.dumps(replace(CARD, sha256="1" * 64).as_json()))


@pytest.mark.parametrize(
    ("spoil", "where", "sentence"),
    [
        (flip, "files", "changed or damaged"),
        (forge, "files", "changed or damaged"),
        (mix_up, "files", "changed or damaged"),
        (
            lambda served: card_path(served / "tiny").unlink(),
            "files",
            "tiny.json cannot be downloaded",
        ),
        (lambda served: card_path(served / "tiny").write_text("{"), "files", "is not JSON"),
        (
            lambda served: shutil.rmtree(served),
            "files",
            "tiny.json cannot be downloaded: the server answers 404",
        ),
        (lambda served: None, "half", "cannot be downloaded: the connection ended before"),
        (lambda served: None, "round", "redirects more than 10 times"),
    ],
    ids=["changed", "forged", "other card", "no card", "bad card", "gone", "cut short", "circle"],
)
def test_nothing_is_kept_unless_all_is_well(folder, site, spoil, where, sentence):
    served, address, digest = site
    spoil(served)
    result = pull(f"{address}/{where}/tiny.safetensors", digest)
    assert result.exit_code == 2, result.output
    assert sentence in result.output
    assert result.output.count("\n") == 1
    assert held(folder) == []


def test_a_server_that_is_not_there_is_one_sentence(folder):
    result = pull("http://127.0.0.1:9/tiny.safetensors", "0" * 64)
    assert result.exit_code == 2
    assert "cannot be downloaded: there is no connection to 127.0.0.1:9" in result.output
    assert held(folder) == []


def test_what_is_there_already_is_left_alone(folder, site):
    served, address, digest = site
    address = f"{address}/files/tiny.safetensors"
    assert pull(address, digest).exit_code == 0
    before = (folder / "tiny.safetensors").stat()
    shutil.rmtree(served)
    assert pull(address, digest).exit_code == 0
    assert (folder / "tiny.safetensors").stat().st_mtime_ns == before.st_mtime_ns


def test_others_of_that_name_outlive_a_pull_that_fails(folder, site):
    _, address, digest = site
    folder.mkdir()
    mine = folder / "tiny.safetensors"
    write_weights({"mine": np.ones(3)}, CARD, mine)
    address = f"{address}/files/tiny.safetensors"
    refused = pull(address, digest)
    assert refused.exit_code == 2
    assert "has other weights, or no card that fits them: allow it" in refused.output
    assert pull(address, "0" * 64, "--overwrite").exit_code == 2
    assert list(read_weights(mine)[0]) == ["mine"]
    assert pull(address, digest, "--overwrite").exit_code == 0
    assert list(read_weights(mine)[0]) == ["a"]
    assert held(folder) == ["tiny.json", "tiny.safetensors"]


def test_a_folder_that_cannot_be_made_is_told(site, tmp_path, monkeypatch):
    _, address, digest = site
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCIARADA_WEIGHTS", str(tmp_path / "file" / "mine"))
    result = pull(f"{address}/files/tiny.safetensors", digest)
    assert result.exit_code == 2
    assert "cannot keep weights in" in result.output


@pytest.mark.parametrize(
    ("address", "digest", "sentence"),
    [
        ("http://127.0.0.1:9/model.pt", "0" * 64, "other weights are not read"),
        ("http://127.0.0.1:9/.safetensors", "0" * 64, "is not an address"),
        ("http://127.0.0.1:9/..%2fx.safetensors", "0" * 64, "is not an address"),
        ("file:///x/tiny.safetensors", "0" * 64, "is not an address"),
        ("http://127.0.0.1:9/x.safetensors", "abc", "is not a SHA-256"),
    ],
)
def test_odd_addresses_and_digests_are_refused_before_anything_is_fetched(
    folder, address, digest, sentence
):
    result = pull(address, digest)
    assert result.exit_code == 2
    assert sentence in result.output
    assert held(folder) == []


def test_one_bad_card_does_not_hide_the_others(folder):
    folder.mkdir()
    write_weights({"a": np.ones(3)}, CARD, folder / "good.safetensors")
    (folder / "bad.safetensors").write_bytes(b"")
    result = CliRunner().invoke(main, ["weights", "list"])
    assert result.exit_code == 0
    assert "good" in result.stdout
    assert "bad.safetensors has no model card" in result.stderr


def test_more_than_is_allowed_is_not_fetched(folder, tmp_path):
    served = tmp_path / "site"
    served.mkdir()
    card = write_weights({"a": np.ones(300_000)}, CARD, served / "tiny.safetensors")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.folder = served
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/files/tiny.safetensors"
        refused = pull(address, card.sha256, "--max-size", "2")
        kept = held(folder)
        allowed = pull(address, card.sha256, "--max-size", "3")
        server.shutdown()
        thread.join()
    assert refused.exit_code == 2
    assert "and 2,000,000 are allowed; allow more with --max-size" in refused.output
    assert kept == []
    assert allowed.exit_code == 0
    assert held(folder) == ["tiny.json", "tiny.safetensors"]

"""A server on this machine that answers as the Hugging Face hub does, from a folder."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from huggingface_hub import constants

COMMIT = "c0ffee" * 6 + "cafe"
TEMPLATE = "{repo_id}/resolve/{revision}/{filename}"


def handler(folder: Path) -> type[http.server.BaseHTTPRequestHandler]:
    """Return what answers: files lie as OWNER/NAME/FILE, others right in the folder."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *told):
            pass

        def do_HEAD(self):
            self.answer()

        def do_GET(self):
            self.wfile.write(self.answer())

        def answer(self) -> bytes:
            repository, _, rest = self.path.strip("/").partition("/resolve/")
            revision, _, name = rest.partition("/")
            path = folder / repository / name
            absent = (
                (not path.parent.is_dir(), "RepoNotFound"),
                (revision not in ("", "main", COMMIT), "RevisionNotFound"),
                (not path.is_file(), "EntryNotFound"),
            )
            code = next((code for is_so, code in absent if is_so), None)
            if code:
                self.send_response(404)
                self.send_header("X-Error-Code", code)
                content = b""
            else:
                self.send_response(200)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("ETag", f'"{repository}-{name}"')
                content = path.read_bytes()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return content

    return Handler


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder; give its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def fake_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have models fetched from a folder, which is given, into a cache that is empty at first."""
    site = tmp_path / "hub"
    site.mkdir()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with serving(site) as address:
        point_to(address, monkeypatch)
        yield site


def point_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have models fetched from an address."""
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", f"{address}/{TEMPLATE}")

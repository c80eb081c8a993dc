"""Servers that send too much, too little, too slowly or something else."""

import gzip
import http.server
import threading
import time
from contextlib import suppress

import pytest

from sciarada.io import download as downloading
from sciarada.io.download import DownloadError, TooLargeError, download

MOST = 1000
BODY = bytes(range(250)) * 3


class Server(http.server.BaseHTTPRequestHandler):
    """Answers as the first part of the address says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *told):
        pass

    def do_GET(self):
        self.close_connection = True
        with suppress(ConnectionError):
            getattr(self, self.path.strip("/"))()

    def start(self, *headers, code=200):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def sound(self):
        self.start(("Content-Length", str(len(BODY))))
        self.wfile.write(BODY)

    def without_length(self):
        self.start(("Connection", "close"))
        self.wfile.write(BODY)

    def promises_much(self):
        self.start(("Content-Length", str(10**15)))

    def endless(self):
        self.start(("Connection", "close"))
        while True:
            self.wfile.write(bytes(1 << 16))

    def endless_pieces(self):
        self.start(("Transfer-Encoding", "chunked"))
        while True:
            self.wfile.write(b"100\r\n" + bytes(256) + b"\r\n")

    def short(self):
        self.start(("Content-Length", str(len(BODY))))
        self.wfile.write(BODY[:100])

    def silent(self):
        time.sleep(1)

    def stalls(self):
        self.start(("Content-Length", str(len(BODY))))
        self.wfile.write(BODY[:100])
        self.wfile.flush()
        time.sleep(1)

    def drips(self):
        self.start(("Content-Length", str(len(BODY))))
        for byte in BODY:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.02)

    def packed(self):
        data = gzip.compress(bytes(10_000_000))[:900]
        self.start(("Content-Length", str(len(data))), ("Content-Encoding", "gzip"))
        self.wfile.write(data)

    def refuses(self):
        self.start(("Content-Length", "0"), code=403)

    def to_a_file(self):
        self.start(("Location", "file:///etc/passwd"), ("Content-Length", "0"), code=302)

    def to_nowhere(self):
        self.start(("Location", "http://[::"), ("Content-Length", "0"), code=302)

    def no_http(self):
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n" + bytes(range(256)))


@pytest.fixture(scope="module")
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", ["sound", "without_length"])
def test_a_file_comes_whole(address, way, tmp_path):
    download(f"{address}/{way}", tmp_path / "file", MOST)
    assert (tmp_path / "file").read_bytes() == BODY


@pytest.mark.parametrize("way", ["promises_much", "endless", "endless_pieces"])
def test_no_more_is_taken_than_is_allowed(address, way, tmp_path):
    with pytest.raises(TooLargeError, match="and 1,000 are allowed"):
        download(f"{address}/{way}", tmp_path / "file", MOST)
    assert not (tmp_path / "file").exists() or (tmp_path / "file").stat().st_size <= MOST


@pytest.mark.parametrize(
    ("way", "cause"),
    [
        ("short", "the connection ended before the download was complete"),
        ("silent", "no answer came within"),
        ("stalls", "no answer came within"),
        ("drips", r"only \d+ bytes came in"),
        ("refuses", "the server answers 403 Forbidden"),
        ("to_a_file", "it is not an address of HTTP, or redirects to one that is not"),
        ("to_nowhere", "it is not an address of HTTP, or redirects to one that is not"),
        ("no_http", "there is no connection|connection ended|not valid HTTP"),
        ("nothing", "the connection ended|there is no connection"),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(address, way, cause, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "PATIENCE", 0.3)
    monkeypatch.setattr(downloading, "AFTER", 0.2)
    with pytest.raises(DownloadError, match=cause):
        download(f"{address}/{way}", tmp_path / "file", MOST)


def test_packed_answers_are_not_unpacked(address, tmp_path):
    download(f"{address}/packed", tmp_path / "file", MOST)
    assert (tmp_path / "file").stat().st_size == 900

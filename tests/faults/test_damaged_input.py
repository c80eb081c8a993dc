"""Input that promises too much, or wants something fetched, ends in one sentence at once."""

import gzip
import http.server
import struct
import threading
import zlib

import numpy as np
import pytest
from astropy.table import Table
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.io import temporary

VOTABLE = """<?xml version="1.0"?>{doctype}
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>
<TABLE {rows}><FIELD name="ra" datatype="double" unit="deg" {size}/>
<FIELD name="dec" datatype="double" unit="deg"/>
<DATA><BINARY2><STREAM {stream}>{data}</STREAM></BINARY2></DATA></TABLE></RESOURCE></VOTABLE>"""


def evaluated(path, truth):
    arguments = ["evaluate", str(path), "--truth", str(truth), "--out", str(path.parent / "out")]
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def truth(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("ra,dec,total_flux,beam_maj\n10,20,1,10\n")
    return path


@pytest.fixture
def server():
    """Yield the address of a server and the list of what it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *told):
            pass

        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("doctype", "stream", "data", "cause"),
    [
        ("", 'href="{url}/rows" encoding="base64"', "", "data lie elsewhere"),
        ('<!DOCTYPE VOTABLE SYSTEM "{url}/votable.dtd">', "", "", "document type declaration"),
        (
            '<!DOCTYPE v [<!ENTITY e SYSTEM "{url}/entity">]>',
            'encoding="base64"',
            "&e;",
            "document type declaration",
        ),
        (
            '<!DOCTYPE v [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
            'encoding="base64"',
            "&b;",
            "document type declaration",
        ),
    ],
)
def test_a_votable_fetches_nothing(tmp_path, truth, server, doctype, stream, data, cause):
    url, asked = server
    parts = {"doctype": doctype, "stream": stream, "data": data, "rows": "", "size": ""}
    path = tmp_path / "catalogue.vot"
    path.write_text(VOTABLE.format(**{k: v.replace("{url}", url) for k, v in parts.items()}))
    result = evaluated(path, truth)
    assert result.exit_code == 2
    assert "catalogue.vot cannot be read as a table: " in result.stderr
    assert cause in result.stderr
    assert asked == []


@pytest.mark.parametrize(
    ("rows", "size"), [('nrows="99999999999"', ""), ("", 'arraysize="9999999999"')]
)
def test_a_votable_that_promises_too_much_takes_no_memory(tmp_path, truth, rows, size):
    path = tmp_path / "catalogue.vot"
    text = VOTABLE.format(doctype="", rows=rows, size=size, stream='encoding="base64"', data="")
    path.write_text(text)
    result = evaluated(path, truth)
    assert result.exit_code == 2
    assert "catalogue.vot cannot be read as a table: it promises" in result.stderr


def test_a_gzip_file_does_not_grow_without_measure(tmp_path, truth, monkeypatch):
    monkeypatch.setattr(temporary, "ALWAYS_ALLOWED", 1 << 20)
    path = tmp_path / "catalogue.csv.gz"
    path.write_bytes(gzip.compress(bytes(20_000_000)))
    result = evaluated(path, truth)
    assert result.exit_code == 2
    assert "catalogue.csv.gz unpacks to more than 500 times its size" in result.stderr


def test_a_picture_that_promises_too_much_is_left_out(tmp_path):
    from sciarada.cutouts.image_files import read_picture
    from sciarada.errors import ImageError

    def chunk(name, data):
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(np.zeros(1000, np.uint8).tobytes()))
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b""))
    with pytest.raises(ImageError, match=r"bomb\.png is 60000 x 60000 pixels by its header"):
        read_picture(path)


def test_a_fits_table_without_the_format_of_a_column_is_damaged(tmp_path, truth):
    path = tmp_path / "found.fits"
    Table({"ra": [1.0], "dec": [[[2.0, 3.0], [4.0, 5.0]]]}).write(path)
    assert b"TDIM2 " in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b"TFORM2", b"TFORN2"))
    result = evaluated(path, truth)
    assert result.exit_code == 2
    assert f"{path} cannot be read as a table: it is damaged" in result.output

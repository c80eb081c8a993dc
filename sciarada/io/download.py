"""Download of one file over HTTP, with limits of size and time and clear errors."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3

from sciarada.errors import SciaradaError

PATIENCE = 30.0  # seconds without an answer
REDIRECTS = 10
SLOWEST, AFTER = 1000.0, 60.0  # bytes per second, asked for after so many seconds
BLOCK = 1 << 16  # bytes


class DownloadError(SciaradaError):
    """A file cannot be downloaded; the message gives the reason, without the address."""


class TooLargeError(DownloadError):
    """A file has more bytes than are allowed."""


def download(url: str, path: Path, most: int) -> None:
    """Fetch a file.

    Parameters
    ----------
    url : str
        Address, http or https.
    path : Path
        File to write; what is there of it after an error is not whole.
    most : int
        Most bytes that it may have.

    Raises
    ------
    DownloadError
        If the server cannot be reached, refuses, redirects without end, is too slow, sends more
        than ``most`` bytes, or fewer than it promises.
    OSError
        If the file cannot be written.
    """
    try:
        with requests.Session() as session:
            session.max_redirects = REDIRECTS
            session.headers["Accept-Encoding"] = "identity"  # so bytes are those of the file
            with session.get(url, stream=True, timeout=PATIENCE) as answer:
                _check(answer, most)
                _keep(answer, path, most)
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise DownloadError(_explain(error, url)) from error


def _check(answer: requests.Response, most: int) -> None:
    if not answer.ok:
        raise DownloadError(f"the server answers {answer.status_code} {answer.reason}")
    promised = answer.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) > most:
        raise TooLargeError(_too_large(f"{int(promised):,} bytes", most))


def _keep(answer: requests.Response, path: Path, most: int) -> None:
    begun, received = time.monotonic(), 0
    with path.open("wb") as file:
        while piece := answer.raw.read1(BLOCK):
            received += len(piece)
            if received > most:
                raise TooLargeError(_too_large("more bytes than that", most))
            spent = time.monotonic() - begun
            if spent > AFTER and received < SLOWEST * spent:
                raise DownloadError(f"only {received:,} bytes came in {spent:.0f} s")
            file.write(piece)


def _too_large(what: str, most: int) -> str:
    return f"it has {what}, and {most:,} are allowed"


def _explain(error: Exception, url: str) -> str:
    """Return the meaning of a network error."""
    match error:
        case requests.TooManyRedirects():
            return f"it redirects more than {REDIRECTS} times"
        case requests.exceptions.SSLError():
            return "the certificate of the server cannot be verified"
        case requests.Timeout() | urllib3.exceptions.TimeoutError():
            return f"no answer came within {PATIENCE:.0f} s"
        case urllib3.exceptions.ProtocolError() | requests.exceptions.ChunkedEncodingError():
            return "the connection ended before the download was complete"
        case requests.exceptions.ConnectionError():
            return f"there is no connection to {urlsplit(url).netloc}"
        case ValueError():  # an invalid address
            return "it is not an address of HTTP, or redirects to one that is not"
    return "the answer of the server is not valid HTTP"

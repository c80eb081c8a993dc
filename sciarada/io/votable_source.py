"""VOTables of any origin: looked through before astropy reads them.

astropy opens the address of a ``STREAM`` that lies elsewhere, and takes memory for as many rows as
a table promises. So the XML is looked through first: nothing is fetched, and document type
declarations, which define entities, are refused.
"""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from xml.parsers import expat

from astropy.io.votable import parse
from astropy.io.votable.tree import VOTableFile

from sciarada.errors import CatalogueError
from sciarada.io.plausible import is_plausible

DEEPEST = 64  # elements inside one another
_ROWS_AT_LEAST = 256  # that astropy takes memory for
_BYTES = {
    "short": 2, "int": 4, "float": 4, "long": 8, "double": 8, "floatComplex": 8,
    "doubleComplex": 16, "unicodeChar": 4, "char": 4,
}  # fmt: skip
_NUMBER = re.compile(r"\d+")


def parse_votable(path: Path) -> VOTableFile:
    """Return the content of a VOTable file.

    Raises
    ------
    CatalogueError
        If it is not XML, has a document type declaration or data that lie elsewhere, or promises
        more than it can hold. Other damage raises exceptions of astropy.
    """
    _look_through(path)
    with warnings.catch_warnings():
        # Many write units and fields that the standards do not know.
        warnings.simplefilter("ignore")
        # As a stream: astropy takes a name such as "ftp:field.vot" for an address.
        with path.open("rb") as stream:
            return parse(stream, verify="ignore")


def _look_through(path: Path) -> None:
    scan = _Scan(path.stat().st_size)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = scan.refuse_doctype
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise CatalogueError(
            f"its XML is damaged or cut short in line {error.lineno}, so fetch or write it again"
        ) from error


class _Scan:
    """The sizes that the elements of a VOTable declare.

    Parameters
    ----------
    size : int
        Bytes of the file.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.depth = self.rows = self.width = 0

    def refuse_doctype(self, *_: object) -> None:
        """Refuse a document type declaration."""
        raise CatalogueError("it has a document type declaration (DTD), which no VOTable needs")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Look at the start of an element."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CatalogueError(f"it has more than {DEEPEST} elements inside one another")
        match name.rpartition(" ")[2]:
            case "STREAM" if "href" in attributes:
                raise CatalogueError(
                    "its data lie elsewhere (STREAM href), and nothing is fetched: save it as a "
                    "VOTable that holds its data"
                )
            case "TABLE":
                self.rows, self.width = _whole(attributes.get("nrows", "")), 0
            case "FIELD":
                self.width += _width(attributes)
            case "DATA":
                self._check()

    def end(self, _: str) -> None:
        """Look at the end of an element."""
        self.depth -= 1

    def _check(self) -> None:
        if not is_plausible(max(self.rows, _ROWS_AT_LEAST) * self.width, self.size):
            raise CatalogueError(
                f"it promises {self.rows or 'some'} rows of {self.width} bytes, which a file of "
                f"{self.size} bytes cannot hold"
            )


def _width(attributes: dict[str, str]) -> int:
    """Return the bytes of a cell in memory; a dimension of any length counts as one."""
    lengths = _NUMBER.findall(attributes.get("arraysize", "").partition("*")[0])
    return _BYTES.get(attributes.get("datatype", ""), 1) * math.prod(map(_whole, lengths))


def _whole(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 20 else 10**20 if digits else 0

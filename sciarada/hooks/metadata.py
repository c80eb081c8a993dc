"""Read the metadata of installed distributions, damaged or not."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import Distribution, EntryPoint, EntryPoints
from typing import NamedTuple

from sciarada.hooks.describing import printable

ENTRY_POINTS = "entry_points.txt"


class Entry(NamedTuple):
    """One line of ``entry_points.txt``.

    Attributes
    ----------
    group, name : str
        Group and name of the entry point.
    value : str
        The object that it refers to; empty if the line has no ``=``.
    """

    group: str
    name: str
    value: str


def read_tolerantly(distribution: Distribution, file: str) -> str:
    """Return a metadata file of a distribution; empty if it is missing or cannot be read.

    What is not UTF-8 is replaced, so that the rest of the file can be used.
    """
    try:
        return distribution.read_text(file) or ""
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "replace")
    except OSError:
        return ""


def name_and_version(distribution: Distribution) -> tuple[str, str]:
    """Return name and version of a distribution, each empty if its metadata do not give it."""
    texts = (read_tolerantly(distribution, file) for file in ("METADATA", "PKG-INFO", ""))
    headers = HeaderParser().parsestr(next(filter(None, texts), ""))
    name, version = (printable(str(headers[key] or "").strip()) for key in ("Name", "Version"))
    return name, version


def entries(text: str) -> Iterator[Entry]:
    """Yield the lines of ``entry_points.txt``, also those that do not name an object."""
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group and line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield Entry(group, name.strip(), value.strip())


def tolerate_damaged_entry_points() -> None:
    """Keep a damaged ``entry_points.txt`` from affecting libraries that read all of them.

    Some libraries, such as numcodecs, which astropy imports, read the entry points of every
    installed distribution when they are imported, and Python raises if a single line of them is
    malformed. From now on such lines are omitted, in this process.
    """
    strict = vars(Distribution)["entry_points"].fget

    def tolerant(distribution: Distribution) -> EntryPoints:
        try:
            return strict(distribution)
        except Exception:
            found = entries(read_tolerantly(distribution, ENTRY_POINTS))
            return EntryPoints(EntryPoint(e.name, e.value, e.group) for e in found if e.value)

    Distribution.entry_points = property(tolerant)  # type: ignore[assignment, method-assign] # on purpose

"""File formats of plugins, for all functions that read and write files."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sciarada.errors import (
    CatalogueError,
    ImageError,
    OptionError,
    OutputError,
    PluginError,
    SciaradaError,
)
from sciarada.hooks.describing import describe_value
from sciarada.hooks.listing import preferred, telling_labels
from sciarada.hooks.loading import DISABLE
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import ReaderSpec, WriterSpec
from sciarada.io.foreign import OWN_TABLES, Write, use_foreign_formats

if TYPE_CHECKING:
    from astropy.table import Table

    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.image import SkyImage

logger = logging.getLogger(__name__)

READERS = "SCIARADA_READERS"
"""Environment variable with the chosen readers, separated by commas."""

Format = TypeVar("Format", ReaderSpec, WriterSpec)


def use_formats_of_plugins() -> None:
    """Let files of formats that only plugins know be read and written wherever others are.

    No plugin is imported before such a file is met.
    """
    use_foreign_formats(PluginFormats)


class PluginFormats:
    """The readers and writers of plugins; `sciarada.io.foreign.ForeignFormats`."""

    def reads_images(self, path: Path) -> bool:
        """Return whether a plugin reads images from files so named."""
        return bool(_readers(path, "image"))

    def read_image(self, path: Path) -> SkyImage | None:
        """Return the image that a plugin reads from a file, or None if none reads such files."""
        spec = _chosen(path, _readers(path, "image"))
        if spec is None:
            return None
        image = _read(spec, path, ImageError)
        return spec.ask(partial(_checked_image, image, spec, path), f"cannot read {path}")

    def read_table(self, path: Path) -> Table | SourceCatalogue | None:
        """Return the table that a plugin reads from a file, or None if none reads such files."""
        spec = _chosen(path, _readers(path, "table"))
        return None if spec is None else _checked_table(_read(spec, path, CatalogueError), spec)

    def writer(self, path: Path, name: str | None = None) -> Write | None:
        """Return the writer for a file of this name, or None; ``name`` chooses among several."""
        claiming = _claiming(path, _plugins().offered(WriterSpec))
        if name is not None:
            claiming = [spec for spec in claiming if name in _names_of(spec)]
            if not claiming:
                there = _plugins().find(WriterSpec, name)
                raise OutputError(f"{there.title} does not write files such as {path.name}")
        spec = _chosen(path, claiming)
        return None if spec is None else partial(write_with, spec)


def chosen_readers() -> list[str]:
    """Return the names of readers that the user has chosen."""
    names = (name.strip() for name in os.environ.get(READERS, "").split(","))
    return [name for name in names if name]


def check_chosen_readers() -> None:
    """Check that plugins offer the chosen readers.

    Raises
    ------
    PluginError
        If there is no reader of a chosen name; it names the nearest one.
    """
    for name in chosen_readers():
        if not any(name in _names_of(spec) for spec in _plugins().offered(ReaderSpec)):
            _plugins().find(ReaderSpec, name)  # its error lists the readers


def chosen_writers(manager: PluginManager, names: Iterable[str]) -> dict[str, WriterSpec]:
    """Return the chosen writers by the ending of the file that each makes.

    Raises
    ------
    PluginError
        If there is no such writer, or it cannot be built.
    OptionError
        If two would write the same file, or one a file that SCIARADA itself writes.
    """
    chosen: dict[str, WriterSpec] = {}
    for name in dict.fromkeys(names):
        spec = manager.find(WriterSpec, name)
        spec.build()  # what cannot work is said before the work
        suffix = spec.suffixes[0]
        if suffix in chosen or OWN_TABLES.search(suffix):
            other = chosen[suffix].title if suffix in chosen else "SCIARADA itself"
            raise OptionError(f"{spec.title} writes catalogue{suffix}, which {other} does, too")
        chosen[suffix] = spec
    return chosen


def write_with(spec: WriterSpec, catalogue: SourceCatalogue, path: Path) -> None:
    """Write a catalogue with a plugin's writer.

    Raises
    ------
    PluginError, OutputError
        If the writer fails, or leaves no file.
    """
    writer = spec.build()
    try:
        spec.ask(lambda: writer.write(copy.deepcopy(catalogue), path), f"cannot write {path.name}")
    except SciaradaError as error:
        if isinstance(error, PluginError):
            raise
        raise OutputError(f"{path.name} cannot be written by {spec.title}: {error}") from error
    if not path.is_file():
        raise OutputError(f"{spec.title} wrote no {path.name}")


@lru_cache(maxsize=1)
def _manager(_path: tuple[str, ...], _disabled: str | None) -> PluginManager:
    """Return the plugins, loaded once as long as the places to look for them are the same."""
    return PluginManager.discover(quiet=True)


def _plugins() -> PluginManager:
    return _manager(tuple(sys.path), os.environ.get(DISABLE))


def _readers(path: Path, content: str) -> list[ReaderSpec]:
    """Return the readers of images, or of tables, that know files so named."""
    offered = _plugins().offered(ReaderSpec)
    return _claiming(path, [spec for spec in offered if spec.content == content])


def _claiming(path: Path, offered: Iterable[Format]) -> list[Format]:
    """Return the specs for files of this name: those with the longest matching suffix."""
    found: dict[int, list[Format]] = {}
    for spec in offered:
        fitting = [len(each) for each in spec.suffixes if path.name.lower().endswith(each.lower())]
        if fitting:
            found.setdefault(max(fitting), []).append(spec)
    return found[max(found)] if found else []


def _chosen(path: Path, claiming: Sequence[Format]) -> Format | None:
    """Return the spec for files of this name, None if there is none.

    Raises
    ------
    PluginError
        If several plugins know them, what the one requires is missing, or a chosen reader is
        unknown.
    """
    specs = preferred(claiming)
    if not specs:
        for problem in _plugins().problems:
            if problem.state == "broken":
                logger.info("%s", problem)
        return None
    check_chosen_readers()
    labels = {
        f"{each}:{spec.name}": spec for each, spec in zip(telling_labels(specs), specs, strict=True)
    }
    asked = [label for label, spec in labels.items() if _is_asked_for(spec)]
    if len(specs) > 1 and len(asked) != 1:
        raise PluginError(
            f"{path} is a file for each of the {specs[0].kind}s {' and '.join(labels)}: "
            f"{_remedy(specs[0].kind, next(iter(labels)))}"
        )
    return _plugins().find(type(specs[0]), next(iter(asked or labels)))


def _is_asked_for(spec: Format) -> bool:
    """Return whether the user has chosen a reader."""
    if spec.kind != "reader":
        return False
    return not _names_of(spec).isdisjoint(chosen_readers())


def _names_of(spec: ReaderSpec | WriterSpec) -> set[str]:
    """Return the names under which a reader or writer can be chosen."""
    names = (spec.name, *spec.formerly)
    return {*names, *(f"{label}:{name}" for label in spec.owner.labels for name in names)}


def _remedy(kind: str, label: str) -> str:
    if kind == "reader":
        return f"choose one with sciarada --reader {label}, or {READERS}={label} in Python"
    return f"choose one with format={label!r}"


def _read(spec: ReaderSpec, path: Path, error_class: type[SciaradaError]) -> Any:
    """Return the result of a plugin's reader; errors name plugin and file."""
    if not path.exists():
        raise error_class(f"{path} cannot be read: there is no such file")
    try:
        return spec.ask(lambda: spec.build().read(path), f"cannot read {path}")
    except PluginError:
        raise
    except SciaradaError as error:
        raise error_class(f"{path} cannot be read by {spec.title}: {error}") from error


def _checked_image(image: Any, spec: ReaderSpec, path: Path) -> SkyImage:
    """Return the image of a reader, with pixels that name the reader in errors."""
    from sciarada.core.image import SkyImage
    from sciarada.core.pixels import ArrayPixels
    from sciarada.hooks.reader_pixels import ReaderPixels

    if not isinstance(image, SkyImage):
        raise TypeError(f"it gave {describe_value(image)} in place of a SkyImage")
    if not isinstance(image.pixels, ArrayPixels):
        pickle.dumps(image.pixels)  # as other processes must get them
    ny, nx = image.shape
    reader = f"reader {spec.name} of {spec.owner}"
    known = [n for n in ("unit", "beam", "frequency") if getattr(image, n) is not None]
    return replace(
        image,
        name=str(image.name) or path.stem,
        pixels=ReaderPixels(image.pixels, spec.title, path, (int(ny), int(nx))),
        path=path,
        provenance={**dict.fromkeys(("reader", *known), reader), **image.provenance},
    )


def _checked_table(table: Any, spec: ReaderSpec) -> Table | SourceCatalogue:
    """Return the table that a reader gave."""
    from astropy.table import Table

    from sciarada.core.catalogue import SourceCatalogue

    if not isinstance(table, Table | SourceCatalogue):
        raise PluginError(f"{spec.title} gave {describe_value(table)} in place of a Table")
    return table

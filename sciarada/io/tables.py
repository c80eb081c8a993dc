"""Catalogues to and from files: FITS, VOTable, ECSV and Parquet, all without loss."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from astropy.table import Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.errors import CatalogueError, SciaradaError
from sciarada.io.atomic import atomic_path
from sciarada.io.companion import components_path
from sciarada.io.foreign import Write, foreign_table, foreign_writer
from sciarada.io.kinds import Kind
from sciarada.io.table_damage import table_damage_explained

SOURCES, COMPONENTS = "SOURCES", "COMPONENTS"


@dataclass(frozen=True)
class TableFormat:
    """A file format of catalogues.

    Parameters
    ----------
    name : str
        Name, which is also the usual ending of its files.
    title : str
        What people call it.
    suffixes : tuple of str
        Endings of file names by which it is known.
    module : str
        Module with ``read`` and ``write``, imported on first use.
    two_files : bool
        Holds one table per file, so that the components are in a separate file.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    two_files: bool = False

    def load(self) -> ModuleType:
        """Return the module that reads and writes the format."""
        return import_module(self.module)


FORMATS = {
    known.name: known
    for known in (
        TableFormat("fits", "FITS", (".fits", ".fit"), "sciarada.io.table_fits"),
        TableFormat("vot", "VOTable", (".vot", ".xml", ".votable"), "sciarada.io.table_votable"),
        TableFormat("ecsv", "ECSV", (".ecsv",), "sciarada.io.table_ecsv", two_files=True),
        TableFormat("parquet", "Parquet", (".parquet",), "sciarada.io.table_parquet", True),
    )
}
"""Formats of catalogues by name."""


def find_format(path: str | Path, name: str | None = None) -> TableFormat:
    """Return the format called ``name``, or the one that the ending of ``path`` means.

    Raises
    ------
    CatalogueError
        If there is no such format; the message lists those there are.
    """
    suffix = Path(path).suffix.lower()
    for known in FORMATS.values():
        if name == known.name or (name is None and suffix in known.suffixes):
            return known
    listing = ", ".join(f"{f.name} ({f.title})" for f in FORMATS.values())
    wanted = f"format {name!r}" if name is not None else f"format of files that end in {suffix!r}"
    raise CatalogueError(f"{path}: there is no {wanted}; choose one of {listing}")


def table_kind(known: TableFormat, name: str) -> Kind:
    """Return the kind of a file of this format with a first table of this name."""
    return Kind(f"{known.title} file of {name}", partial(_is_own, known, name))


def _is_own(known: TableFormat, name: str, path: Path) -> bool:
    return known.load().is_own(path, name)


def write_catalogue(
    catalogue: SourceCatalogue,
    path: str | Path,
    format: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write a catalogue; the file appears whole or not at all.

    ECSV and Parquet hold one table per file: the components go to a second file beside it,
    such as ``catalogue.components.ecsv``.

    Parameters
    ----------
    catalogue : SourceCatalogue
        What to write.
    path : str or Path
        File to make.
    format : str, optional
        ``fits``, ``vot``, ``ecsv`` or ``parquet``; by default that of the file's ending, which
        may also be one that a plugin writes. ``OWNER:NAME`` chooses among several plugins.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError
        If the format is unknown.
    PluginError
        If several plugins write such files and none is chosen, or there is no such writer.
    OutputError
        If the file exists or cannot be written.
    """
    path = Path(path)
    foreign = foreign_writer(path, format) if format is None or ":" in format else None
    if foreign is not None:
        _write_foreign(foreign, catalogue, path, overwrite)
        return
    known = find_format(path, format)
    module = known.load()
    tables = {SOURCES: catalogue.sources, COMPONENTS: catalogue.components}
    with ExitStack() as files:
        part = files.enter_context(atomic_path(path, overwrite, table_kind(known, SOURCES)))
        if not known.two_files:
            module.write(tables, catalogue.meta, part)
            return
        # Closed last in, first out: the components are in place before their sources appear.
        kind = table_kind(known, COMPONENTS)
        beside = files.enter_context(atomic_path(components_path(path), overwrite, kind))
        module.write({SOURCES: catalogue.sources}, catalogue.meta, part)
        module.write({COMPONENTS: catalogue.components}, {}, beside)


def read_catalogue(path: str | Path, format: str | None = None) -> SourceCatalogue:
    """Read a catalogue that `write_catalogue` wrote, or one in a format that a plugin reads.

    Parameters
    ----------
    path : str or path
        The file.
    format : {'fits', 'votable', 'ecsv', 'parquet'}, optional
        Its format; by default that of its ending.

    Returns
    -------
    SourceCatalogue

    Raises
    ------
    CatalogueError
        If the file is missing, damaged, of an unknown format, or not a catalogue of SCIARADA.

    See Also
    --------
    sciarada.detect : Makes the catalogue of an image.
    sciarada.SourceCatalogue : What is returned.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_catalogue(SourceCatalogue.empty(), f"{folder}/catalogue.fits")
    ...     len(read_catalogue(f"{folder}/catalogue.fits"))
    0
    """
    path = Path(path)
    foreign = foreign_table(path) if format is None else None
    if foreign is not None:
        return _of_foreign(foreign, path)
    known = find_format(path, format)
    beside = components_path(path)
    for needed in (path, beside) if known.two_files else (path,):
        if not needed.is_file():
            what = "such file" if needed == path else f"file {needed} beside it"
            raise CatalogueError(
                f"{path} cannot be read: there is no {what}; `sciarada detect` makes one"
            )
    module = known.load()
    names = [SOURCES] if known.two_files else [SOURCES, COMPONENTS]
    with table_damage_explained(path, known.title):
        tables, meta = module.read(path, names)
    if known.two_files:
        with table_damage_explained(beside, known.title):
            tables += module.read(beside, [COMPONENTS])[0]
    sources, components = tables
    try:
        return SourceCatalogue(sources, components, meta)
    except CatalogueError as error:
        raise CatalogueError(f"{path} is not a SCIARADA catalogue: {error}") from error


def _of_foreign(table: Table | SourceCatalogue, path: Path) -> SourceCatalogue:
    """Return the result of another reader as a catalogue, if it is one."""
    if isinstance(table, SourceCatalogue):
        return table
    try:
        return SourceCatalogue(table, SourceCatalogue.empty({}).components, dict(table.meta))
    except CatalogueError as error:
        raise CatalogueError(f"{path} is not a SCIARADA catalogue: {error}") from error


def _is_foreign_catalogue(path: Path) -> bool:
    try:
        return isinstance(foreign_table(path), SourceCatalogue)
    except SciaradaError:
        return False


_FOREIGN = Kind("catalogue in this format", _is_foreign_catalogue)


def _write_foreign(write: Write, catalogue: SourceCatalogue, path: Path, overwrite: bool) -> None:
    """Write a catalogue with a writer that may look at the name of the file."""
    with atomic_path(path, overwrite, _FOREIGN) as part:
        folder = part.parent / "named"  # goes with the folder that the part lies in
        folder.mkdir()
        write(catalogue, folder / path.name)
        (folder / path.name).replace(part)

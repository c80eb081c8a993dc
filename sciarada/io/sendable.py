"""Files in the form in which running programs take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from astropy.io import fits
from astropy.table import Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.errors import CatalogueError, ImageError
from sciarada.io.embeddings import read_embeddings, write_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.foreign import foreign_table, holds_image, is_foreign_image
from sciarada.io.samp import Message
from sciarada.io.tables import FORMATS, read_catalogue, write_catalogue
from sciarada.running.scratch import scratch_folder

LOAD_TABLE, LOAD_IMAGE = "table.load.votable", "image.load.fits"


@contextmanager
def sendable(path: Path) -> Iterator[Message]:
    """Return the message by which a file is sent; a catalogue goes as VOTable.

    What has to be converted for it is kept as long as the context lasts.

    Parameters
    ----------
    path : Path
        A catalogue or embeddings of SCIARADA in any of their formats, any VOTable, a FITS
        image, or a table or an image of a format of a plugin.

    Raises
    ------
    CatalogueError, ImageError
        If the file cannot be read.
    """
    if not (path.is_file() or holds_image(path)):
        raise ImageError(f"{path} cannot be sent: there is no such file")
    suffix = path.suffix.lower()
    if suffix in FORMATS["vot"].suffixes:
        yield Message(LOAD_TABLE, path, path)
        return
    with scratch_folder(Path(gettempdir()), hidden=False) as scratch:
        image, table = scratch.new / f"{path.stem}.fits", scratch.new / f"{path.stem}.vot"
        if is_foreign_image(path):
            read = read_image(path)
            fits.PrimaryHDU(read.read(), read.map_header()).writeto(image)
            yield Message(LOAD_IMAGE, path, image)
        elif (foreign := foreign_table(path)) is not None:
            _write_foreign(foreign, path, table)
            yield Message(LOAD_TABLE, path, table)
        elif _is_image(path, suffix):
            yield Message(LOAD_IMAGE, path, path)
        else:
            _convert(path, table)
            yield Message(LOAD_TABLE, path, table)


def _write_foreign(table: Table | SourceCatalogue, path: Path, converted: Path) -> None:
    """Write a table of a plugin's reader as VOTable."""
    if isinstance(table, SourceCatalogue):
        write_catalogue(table, converted)
        return
    try:
        table.write(converted, format="votable")
    except (TypeError, ValueError) as error:
        raise CatalogueError(
            f"{path} cannot be sent: it has a column that VOTable cannot store, so convert its "
            "columns to numbers or text"
        ) from error


def _convert(path: Path, converted: Path) -> None:
    """Write a table of SCIARADA, a catalogue or embeddings, as VOTable."""
    try:
        write_catalogue(read_catalogue(path), converted)
    except CatalogueError as no_catalogue:
        try:
            embeddings = read_embeddings(path)
        except CatalogueError:
            raise no_catalogue from None
        write_embeddings(embeddings, converted)


def _is_image(path: Path, suffix: str) -> bool:
    """Return whether a file is a FITS image and not one of the kinds of catalogues."""
    tables = {ending for known in FORMATS.values() for ending in known.suffixes}
    if suffix in tables - set(FORMATS["fits"].suffixes):
        return False
    try:
        with path.open("rb") as stream, fits.open(stream, lazy_load_hdus=True) as hdus:
            images = (hdu for hdu in hdus if hdu.is_image)
            return any(hdu.shape for hdu in images)
    except (OSError, ValueError) as error:
        raise CatalogueError(
            f"{path} is neither a FITS image nor a catalogue of the kinds "
            f"{', '.join(FORMATS)}, which alone can be sent"
        ) from error

"""Files in the form in which running programs take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from astropy.io import fits

from sciarada.errors import CatalogueError, ImageError
from sciarada.io.embeddings import read_embeddings, write_embeddings
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
        A catalogue or embeddings of SCIARADA in any of their formats, any VOTable, or a FITS
        image.

    Raises
    ------
    CatalogueError, ImageError
        If the file cannot be read.
    """
    if not path.is_file():
        raise ImageError(f"{path} cannot be sent: there is no such file")
    suffix = path.suffix.lower()
    if suffix in FORMATS["vot"].suffixes:
        yield Message(LOAD_TABLE, path, path)
    elif _is_image(path, suffix):
        yield Message(LOAD_IMAGE, path, path)
    else:
        with scratch_folder(Path(gettempdir()), hidden=False) as scratch:
            converted = scratch.new / f"{path.stem}.vot"
            _convert(path, converted)
            yield Message(LOAD_TABLE, path, converted)


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

"""Read cutouts."""

from __future__ import annotations

from collections.abc import Sequence

from sciarada.api.arguments import PathLike, paths_of
from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.reading import read_sets
from sciarada.results.parameters import errors_name_parameters


@errors_name_parameters()
def read_cutouts(paths: PathLike | Sequence[PathLike]) -> CutoutSource:
    """Read the cutouts of sets, folders of images or catalogues; several are concatenated.

    Parameters
    ----------
    paths : str, path or a sequence of them
        The files or folders.

    Returns
    -------
    CutoutSource

    Raises
    ------
    SciaradaError
        If one of them cannot be read.

    See Also
    --------
    CutoutSet : Cutouts at positions on images.
    embed : Turns cutouts into feature vectors.

    Examples
    --------
    >>> import tempfile
    >>> import sciarada as sc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sc.simulate(out=f"{folder}/sky", size=256, workers=1)
    ...     found = sc.detect(f"{folder}/sky/image.fits", out=f"{folder}/run", workers=1)
    ...     len(sc.read_cutouts(f"{folder}/run")) == len(found.sources)
    True
    """
    return read_sets(paths_of(paths))

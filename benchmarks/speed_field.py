"""The simulated field that source finders are timed on."""

from pathlib import Path

from sciarada.io.tables import write_catalogue
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image


def write_benchmark_field(
    path: Path, truth: Path, size: int, seed: int, sources_per_megapixel: float = 125.0
) -> None:
    """Write a field of sources on correlated noise, and its truth.

    The beam is 5 pixels across (10.6 x 9.4 arcsec on pixels of 2 arcsec), the rms 20 uJy/beam
    everywhere. Fluxes follow ``dN/dS ~ S^-2`` from 6 times the rms up; some of the brighter
    sources are resolved or double. Time and number of sources go with the area; the image is
    written in strips, so memory does not.

    Parameters
    ----------
    path : Path
        FITS image to write.
    truth : Path
        Catalogue to write; its format follows from the name (``.fits``, ``.vot``, ``.ecsv``).
    size : int
        Side in pixels.
    seed : int
        Same seed, same field. Files that exist are replaced.
    sources_per_megapixel : float
        Sources a million pixels.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    field = simulate_field(
        "benchmark", size, seed, n_sources=round(sources_per_megapixel * size**2 / 1e6)
    )
    write_image(field.image, path, overwrite=True, storage=field.storage)
    write_catalogue(field.truth, truth, overwrite=True)

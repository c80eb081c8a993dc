"""From sets of cutouts to a table of embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import write_embedding_parts
from sciarada.io.inputs import Inputs
from sciarada.nn.embedding import embedded_parts, provenance
from sciarada.nn.store import weights_files
from sciarada.nn.threads import use_cores
from sciarada.nn.trained import load_encoder
from sciarada.pipelines.run import Run
from sciarada.running.progress import Progress, silent


@dataclass(frozen=True)
class EmbedSettings:
    """Settings of an embedding.

    Parameters
    ----------
    weights : str
        A path, a name, or ``default``.
    batch : int
        Cutouts at once: memory grows with it, not with the set.
    device : str
        Where the encoder works: ``cpu``, ``cuda``, ``cuda:1``, or ``auto``: a
        GPU if there is one, else the CPU.
    hdu : str or None
        Which HDU of each FITS file of a folder is read.
    """

    weights: str = "default"
    batch: int = 256
    device: str = "auto"
    hdu: str | None = None


@dataclass(frozen=True)
class Embedded:
    """A table of embeddings that was written.

    Parameters
    ----------
    path : Path
        The table; `sciarada.io.embeddings.read_embeddings` reads it.
    count, dimension : int
        Vectors, and their length.
    meta : mapping
        Where they come from.
    """

    path: Path
    count: int
    dimension: int
    meta: Mapping[str, Any]


def run_embed(
    sets: Sequence[str | Path],
    out: Path,
    settings: EmbedSettings | None = None,
    *,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Embedded:
    """Embed sets of cutouts and write the vectors.

    Parameters
    ----------
    sets : sequence of path
        What `sciarada cutouts` made, or folders of images; several are joined.
    out : Path
        Table to make; its ending says the format. FITS is written batch by batch, so memory
        does not grow with the set.
    settings : EmbedSettings, optional
    overwrite : bool
        Replace a table that exists.
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default.

    Returns
    -------
    Embedded

    Raises
    ------
    CutoutError, CatalogueError, ImageError
        A set cannot be read, or has no cutouts.
    WeightsError, PluginError
        The weights are unavailable.
    OptionError
        The device is unavailable.
    OutputError
        The table cannot be written.
    """
    settings = settings or EmbedSettings()
    use_cores()
    manager = PluginManager.discover()
    run = Run(Inputs.of(*sets, *weights_files(settings.weights, manager)), out)
    source = run.read_sets(sets, settings.hdu)
    encoder = load_encoder(settings.weights, manager, settings.device)
    meta = provenance(source, encoder)
    parts = embedded_parts(source, encoder, meta, settings.batch, progress, executor)
    write_embedding_parts(source.ids, run.inputs.unchanged_after(parts), out, overwrite)
    return Embedded(out, len(source), encoder.card.dimension, meta)

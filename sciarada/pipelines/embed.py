"""From sets of cutouts to a table of embeddings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.facts import facts_of
from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import write_embedding_parts
from sciarada.io.inputs import Inputs
from sciarada.io.vector_file import kept_on_disk
from sciarada.nn.cutout_views import CutoutViews
from sciarada.nn.embedding import embedded_parts, provenance
from sciarada.nn.feature_map import FeatureMap, MapMethod
from sciarada.nn.indistinct import IndistinctCount
from sciarada.nn.store import weights_files
from sciarada.nn.threads import use_cores
from sciarada.nn.trained import load_encoder
from sciarada.pipelines.run import Run
from sciarada.running.invocation import invoked
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
    average_views : bool
        Average the features over the 8 rotations by 90 degrees and their mirror images.
    two_crops : bool
        Concatenate the features of two crops: the square around the source, and one twice as wide.
    map : {'pca', 'umap', 'none'}
        Method of the map of the vectors in two dimensions.
    seed : int
        Seed of the map.
    """

    weights: str = "default"
    batch: int = 256
    device: str = "auto"
    hdu: str | None = None
    average_views: bool = False
    two_crops: bool = False
    map: MapMethod = "pca"
    seed: int = 1

    @property
    def views(self) -> CutoutViews:
        """The views of each cutout."""
        return CutoutViews(self.average_views, self.two_crops)

    @property
    def feature_map(self) -> FeatureMap:
        """The map of the vectors."""
        return FeatureMap(self.map, self.seed)


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
    views, chart, count = settings.views, settings.feature_map, IndistinctCount()
    vectors = embedded_parts(source, encoder, settings.batch, count, views, progress, executor)
    facts = facts_of(source)
    meta = provenance(source, encoder, views) | chart.record() | invoked()
    parts = run.inputs.unchanged_after(_parts(source.ids, vectors, count, facts, chart, meta, out))
    write_embedding_parts(source.ids, parts, out, overwrite, facts)
    meta["counts"] = count.record()
    return Embedded(out, len(source), views.dimension(encoder.card), meta)


def _parts(
    ids: np.ndarray,
    vectors: Iterable[np.ndarray],
    count: IndistinctCount,
    facts: Mapping[str, np.ndarray],
    chart: FeatureMap,
    meta: Mapping[str, Any],
    out: Path,
) -> Iterator[Embeddings]:
    """Yield embeddings in parts, when all vectors have been computed, counted and mapped."""
    with kept_on_disk(out.parent, vectors) as kept:
        whole = {**meta, "counts": count.record()}
        facts = {**facts, **chart.places(kept.arrays, len(kept))}
        start = 0
        for block in kept.arrays():
            rows = slice(start, start + len(block))
            yield Embeddings(ids[rows], block, whole, {n: each[rows] for n, each in facts.items()})
            start += len(block)

"""Embeddings of a set of cutouts: what a trained encoder makes of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sciarada
from sciarada.core.cutout_source import CutoutSource, Rows, batches
from sciarada.core.embeddings import Embeddings
from sciarada.core.errors import CutoutError
from sciarada.core.framed_source import in_frame
from sciarada.core.model_card import ModelCard
from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import write_embedding_parts
from sciarada.io.sets import read_sets
from sciarada.nn.prefetch import prefetched
from sciarada.nn.threads import use_cores
from sciarada.nn.trained import TrainedEncoder, load_encoder
from sciarada.pipelines.progress import Progress, silent


@dataclass(frozen=True)
class EmbedSettings:
    """How cutouts are embedded.

    Parameters
    ----------
    weights : str
        A path, a name, or ``default``.
    batch : int
        Cutouts at once: memory grows with it, not with the set.
    device : str
        Where the encoder works: ``cpu``, ``cuda``, ``cuda:1``.
    """

    weights: str = "default"
    batch: int = 256
    device: str = "cpu"


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
        Shows how far it has come.

    Returns
    -------
    Embedded

    Raises
    ------
    CutoutError, CatalogueError, ImageError
        A set cannot be read, or has no cutouts.
    WeightsError, PluginError
        The weights cannot be had.
    OptionError
        The device cannot be had.
    OutputError
        The table cannot be written.
    """
    settings = settings or EmbedSettings()
    use_cores()
    source = read_sets(sets)
    encoder = load_encoder(settings.weights, PluginManager.discover(), settings.device)
    meta = _provenance(source, encoder)
    parts = _embedded(source, encoder, meta, settings.batch, progress)
    write_embedding_parts(source.ids, parts, out, overwrite)
    return Embedded(out, len(source), encoder.card.dimension, meta)


def embed(
    source: CutoutSource,
    encoder: TrainedEncoder,
    batch: int = 256,
    *,
    progress: Progress = silent,
) -> Embeddings:
    """Return the embeddings of a set, all at once.

    Parameters
    ----------
    source : CutoutSource
        Its pixels are read in batches, the next while the encoder works on one.
    encoder : TrainedEncoder
        Cutouts are shown to it as those that it was trained on.
    batch : int
        Cutouts at once.
    progress : Progress
        Shows how far it has come.

    Raises
    ------
    CutoutError
        If the set has no cutouts.
    """
    meta = _provenance(source, encoder)
    return Embeddings.join(_embedded(source, encoder, meta, batch, progress))


def _embedded(
    source: CutoutSource,
    encoder: TrainedEncoder,
    meta: Mapping[str, Any],
    batch: int,
    progress: Progress,
) -> Iterator[Embeddings]:
    """Give the embeddings of a set, batch by batch."""
    if not len(source):
        raise CutoutError("there are no cutouts to embed: the set is empty")
    ids, parts = source.ids, list(batches(len(source), batch))
    ahead = prefetched(lambda rows: encoder.images(shown(source, encoder.card, rows)), parts)
    for rows, images in zip(progress(parts, "embedding", len(parts)), ahead, strict=True):
        yield Embeddings(ids[rows], encoder.features_of_images(images), meta)


def shown(source: CutoutSource, card: ModelCard, rows: Rows) -> np.ndarray:
    """Return what an encoder is shown of some cutouts, as it was trained: (n, npix, npix)."""
    return in_frame(source, card.frame).pixels(rows, card.npix)


def _provenance(source: CutoutSource, encoder: TrainedEncoder) -> dict[str, Any]:
    card = asdict(encoder.card)
    return {
        "model_id": encoder.card.model_id,
        "encoder": card["encoder"],
        "options": dict(card["options"]),
        "npix": card["npix"],
        "frame": card["frame"],
        "set_hash": source.data_hash(),
        "sciarada": sciarada.__version__,
    }

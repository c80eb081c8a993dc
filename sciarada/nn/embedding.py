"""Embeddings of a set of cutouts: the vectors that a trained encoder gives."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import asdict
from typing import Any

import numpy as np
from torch import Tensor

import sciarada
from sciarada.core.cutout_source import CutoutSource, batches
from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.pixel_reader import pixel_reader
from sciarada.errors import CutoutError
from sciarada.nn.cutout_views import CutoutViews
from sciarada.nn.indistinct import IndistinctCount, is_constant
from sciarada.nn.sky import level_reader
from sciarada.nn.trained import TrainedEncoder
from sciarada.nn.training.prefetch import prefetched
from sciarada.running.progress import Progress, silent

ONE_VIEW = CutoutViews()


def embed(
    source: CutoutSource,
    encoder: TrainedEncoder,
    batch: int = 256,
    *,
    views: CutoutViews = ONE_VIEW,
    progress: Progress = silent,
    executor: Executor | None = None,
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
    views : CutoutViews
        Views of each cutout that make its vector.
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default.

    Returns
    -------
    Embeddings
        ``meta["counts"]`` gives the number of cutouts that cannot be told apart, as
        `sciarada.nn.indistinct.IndistinctCount.record`.

    Raises
    ------
    CutoutError
        If the set has no cutouts.
    """
    count = IndistinctCount()
    vectors = list(embedded_parts(source, encoder, batch, count, views, progress, executor))
    meta = provenance(source, encoder, views) | {"counts": count.record()}
    return Embeddings(source.ids, np.concatenate(vectors), meta)


def embedded_parts(
    source: CutoutSource,
    encoder: TrainedEncoder,
    batch: int,
    count: IndistinctCount,
    views: CutoutViews = ONE_VIEW,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Iterator[np.ndarray]:
    """Yield the vectors of a set, batch by batch; arguments as of `embed`.

    Parameters
    ----------
    count : IndistinctCount
        To which the cutouts are added.

    Yields
    ------
    ndarray of float32, shape (m, d)

    Raises
    ------
    CutoutError
        If the set has no cutouts.
    """
    if not len(source):
        raise CutoutError("there are no cutouts to embed: the set is empty")
    parts = list(batches(len(source), batch))
    npix, crops = encoder.card.npix, views.sources(source, encoder.card)
    readers = [
        (pixel_reader(crop, npix, executor), level_reader(crop, npix, executor)) for crop in crops
    ]

    def fetch(rows: slice) -> tuple[list[Tensor], np.ndarray]:
        made = [
            encoder.images(read(rows), *around(rows) if encoder.uses_sky else ())
            for read, around in readers
        ]
        return made, np.all([is_constant(images) for images in made], axis=0)

    ahead = prefetched(fetch, parts)
    for _, (made, constant) in zip(progress(parts, "embedding", len(parts)), ahead, strict=True):
        features = [views.features(encoder, images) for images in made]
        vectors = np.concatenate(features, axis=1)
        count.add(constant, vectors)
        yield vectors


def provenance(
    source: CutoutSource, encoder: TrainedEncoder, views: CutoutViews = ONE_VIEW
) -> dict[str, Any]:
    """Return the provenance of embeddings: model, options, views and set."""
    card = asdict(encoder.card)
    return {
        "encoder": card["encoder"],
        "options": dict(card["options"]),
        "npix": card["npix"],
        "crop": card["crop"],
        "set_hash": source.data_hash(),
        "sciarada": sciarada.__version__,
        **views.provenance(encoder.card),
        **({"features": dict(encoder.columns)} if encoder.columns else {}),
    }

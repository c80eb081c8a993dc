"""Embeddings of a set of cutouts: the vectors that a trained encoder gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import asdict
from typing import Any

import sciarada
from sciarada.core.cutout_source import CutoutSource, batches
from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.cropped_source import cropped
from sciarada.cutouts.pixel_reader import pixel_reader
from sciarada.errors import CutoutError
from sciarada.nn.trained import TrainedEncoder
from sciarada.nn.training.prefetch import prefetched
from sciarada.running.progress import Progress, silent


def embed(
    source: CutoutSource,
    encoder: TrainedEncoder,
    batch: int = 256,
    *,
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
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default.

    Raises
    ------
    CutoutError
        If the set has no cutouts.
    """
    meta = provenance(source, encoder)
    return Embeddings.join(embedded_parts(source, encoder, meta, batch, progress, executor))


def embedded_parts(
    source: CutoutSource,
    encoder: TrainedEncoder,
    meta: Mapping[str, Any],
    batch: int,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Iterator[Embeddings]:
    """Yield the embeddings of a set, batch by batch; arguments as of `embed`.

    Raises
    ------
    CutoutError
        If the set has no cutouts.
    """
    if not len(source):
        raise CutoutError("there are no cutouts to embed: the set is empty")
    ids, parts = source.ids, list(batches(len(source), batch))
    card = encoder.card
    read = pixel_reader(cropped(source, card.crop), card.npix, executor)
    ahead = prefetched(lambda rows: encoder.images(read(rows)), parts)
    for rows, images in zip(progress(parts, "embedding", len(parts)), ahead, strict=True):
        yield Embeddings(ids[rows], encoder.features_of_images(images), meta)


def provenance(source: CutoutSource, encoder: TrainedEncoder) -> dict[str, Any]:
    """Return the provenance of embeddings: model, options and set."""
    card = asdict(encoder.card)
    return {
        "model_id": encoder.card.model_id,
        "encoder": card["encoder"],
        "options": dict(card["options"]),
        "npix": card["npix"],
        "crop": card["crop"],
        "set_hash": source.data_hash(),
        "sciarada": sciarada.__version__,
        **({"features": dict(encoder.columns)} if encoder.columns else {}),
    }

"""The catalogue put together from measured batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.detection.tasks import MeasuredBatch


def assemble(
    batches: Sequence[MeasuredBatch], facts: dict[str, Any], finder: str, image_id: str
) -> SourceCatalogue:
    """Put the batches together, in the order of the islands, and number the sources."""
    if not batches:
        return SourceCatalogue.empty(facts)
    sources = {
        name: np.concatenate([batch.sources[name] for batch in batches])
        for name in batches[0].sources
    }
    order = np.argsort(sources["island_id"], kind="stable")
    sources = {name: values[order] for name, values in sources.items()}
    count = len(order)
    sources["source_id"] = np.arange(1, count + 1)
    sources["finder"] = np.full(count, finder)
    sources["image_id"] = np.full(count, image_id)
    if not (sources["det_class"] != "").any():
        del sources["det_class"]
    if not np.isfinite(sources["det_score"]).any():
        del sources["det_score"]

    starts = np.cumsum([0, *(len(batch.sources["ra"]) for batch in batches)])
    owner = np.concatenate(
        [batch.components["source"] + start for batch, start in zip(batches, starts, strict=False)]
    )
    owner = np.argsort(order)[owner]
    order = np.argsort(owner, kind="stable")
    components = {
        name: np.concatenate([batch.components[name] for batch in batches])[order]
        for name in batches[0].components
        if name != "source"
    }
    components["component_id"] = np.arange(1, len(order) + 1)
    components["source_id"] = sources["source_id"][owner[order]]
    components["island_id"] = sources["island_id"][owner[order]]
    return SourceCatalogue.from_columns(sources, components, facts)

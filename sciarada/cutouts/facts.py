"""What is known of the cutouts of a set, as columns beside their feature vectors."""

from __future__ import annotations

import numpy as np

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.embeddings import FACTS
from sciarada.cutouts.cutout_set import NAMED_AFTER
from sciarada.tabular.cells import numbers, texts


def facts_of(source: CutoutSource) -> dict[str, np.ndarray]:
    """Return those of `sciarada.core.embeddings.FACTS` that a set knows of any cutout.

    ``source_name`` is known where the cutouts are named after the sources of a catalogue.
    """
    table = source.to_table()
    facts = {
        name: (texts if spec.dtype == "str" else numbers)(table[name])
        for name, spec in FACTS.items()
        if name in table.colnames
    }
    if table.meta.get(NAMED_AFTER) == "source_name":
        facts["source_name"] = np.asarray(source.ids).astype(np.str_)
    return {name: values for name, values in facts.items() if np.any(_known(values))}


def _known(values: np.ndarray) -> np.ndarray:
    return values != "" if values.dtype.kind == "U" else np.isfinite(values)

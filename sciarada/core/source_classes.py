"""Classes of the sources of a catalogue, from a classifier or else from the detector."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

CLASS_COLUMNS = ("class_name", "det_class")
"""Columns of classes; the first one that has a value for a source counts."""


def has_classes(sources: Table) -> bool:
    """Return whether a table of sources has a column of classes."""
    return any(name in sources.colnames for name in CLASS_COLUMNS)


def source_classes(sources: Table) -> np.ndarray:
    """Return the class of each source, as text ``(n,)``.

    It is that of the classifier (``class_name``) or, where there is none, that of the detector
    (``det_class``); empty text where neither gives one.
    """
    classes = np.full(len(sources), "", dtype="U1")
    for name in CLASS_COLUMNS:
        if name in sources.colnames:
            given = np.ma.filled(np.ma.asarray(sources[name]), "").astype(str)
            given = np.where(np.char.strip(given) == "", "", given)
            classes = np.where(classes == "", given, classes)
    return classes

"""Features on one scale."""

from __future__ import annotations

import numpy as np


def standardised(features: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return features with mean 0 and standard deviation 1 over some rows.

    Parameters
    ----------
    features : ndarray, shape (n, d)
        Numbers that do not vary over the rows are only shifted.
    rows : ndarray of int64
        Rows whose features may be used; their labels are not.

    Returns
    -------
    ndarray of float64, shape (n, d)
    """
    seen = np.asarray(features[rows], np.float64)
    spread = seen.std(axis=0)
    return (features - seen.mean(axis=0)) / np.where(spread > 0, spread, 1.0)

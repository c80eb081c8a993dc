"""The classes of simulated sources, in every taxonomy at once.

The rules are in one table in ``docs/reference/truth.md``. What is counted or measured, is so
on the source alone, without noise, at the image's beam and the local rms.
"""

from __future__ import annotations

import numpy as np

from sciarada.core.taxonomy import DETECTION_CLASSES

COMPACT, EXTENDED, MULTISLAND, SPURIOUS, FLAGGED = DETECTION_CLASSES

RESOLVED = 2.0  # beams across from which a source in one island is extended
STRUCTURED = 3.0  # beams across from which its structure can be told


def beams_across(
    size: np.ndarray, extent: np.ndarray, n_islands: np.ndarray, beam: float
) -> np.ndarray:
    """Return how large sources look, in beams.

    Parameters
    ----------
    size : ndarray
        Largest angular size before the beam, in arcsec.
    extent : ndarray
        Largest extent of what is above the threshold of islands, in arcsec.
    n_islands : ndarray of int
        Islands; without any, the size alone counts.
    beam : float
        FWHM in arcsec.
    """
    return np.where(n_islands > 0, np.minimum(size, extent), size) / beam


def detection_classes(n_islands: np.ndarray, across: np.ndarray, spoilt: np.ndarray) -> np.ndarray:
    """Return the detection class of each source.

    Parameters
    ----------
    n_islands : ndarray of int
        Islands of the source alone.
    across : ndarray
        Of `beams_across`.
    spoilt : ndarray of bool
        Whether artefacts lie on the source.
    """
    return np.select(
        [spoilt, n_islands > 1, across >= RESOLVED], [FLAGGED, MULTISLAND, EXTENDED], COMPACT
    )


def rgz_classes(n_islands: np.ndarray, n_peaks: np.ndarray) -> np.ndarray:
    """Return Radio Galaxy Zoo's components and peaks, ``2C-3P``; empty without a component."""
    counts = zip(n_islands.tolist(), n_peaks.tolist(), strict=True)
    return np.array([f"{c}C-{p}P" if c else "" for c, p in counts], dtype=np.str_)


def fr_classes(drawn_as: np.ndarray, n_islands: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Return the class of Fanaroff and Riley (1974); empty where it cannot be seen.

    Parameters
    ----------
    drawn_as : ndarray of str
        Class of the generator; empty where it has none.
    n_islands, across : ndarray
        As in `detection_classes`.
    """
    return np.where((n_islands > 0) & (across >= STRUCTURED), drawn_as, "")


def structure_classes(
    drawn_as: np.ndarray, n_islands: np.ndarray, n_peaks: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """Return the class among the twelve of Baron Perez et al. (2025); empty if none applies.

    Parameters
    ----------
    drawn_as : ndarray of str
        Class of the generator; empty where it has none.
    n_islands, n_peaks, across : ndarray
        As in `detection_classes` and `rgz_classes`.
    """
    blob = (across < RESOLVED) | ((across < STRUCTURED) & (n_peaks == 1))
    return np.select([n_islands == 0, blob], ["", "cp_ellipse"], drawn_as)

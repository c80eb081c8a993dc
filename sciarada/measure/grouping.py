"""Which components of an island belong to one source."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sciarada.measure.gaussians import PA, PC, X0, Y0, Components
from sciarada.measure.peaks import lowest_between

RESOLVED_REACH = 0.7


def group_components(
    components: Components,
    resolved: np.ndarray,
    snr: np.ndarray,
    origin: tuple[int, int],
    grow_sigma: float,
    reach: float = 1.0,
) -> np.ndarray:
    """Say by number which source each component belongs to.

    Two components are linked if emission above the island threshold joins them in a
    straight line and they are nearer than half the sum of their widths along that line;
    one and a half times that if both are resolved, for the lobes of one radio galaxy are
    resolved while sources that merely lie side by side mostly are not.

    Parameters
    ----------
    components : Components
        In image pixels.
    resolved : ndarray of bool, shape (n,)
    snr : ndarray
        Signal to noise of the island's window.
    origin : tuple of int
        (y0, x0) of that window.
    grow_sigma : float
        Island threshold.
    reach : float
        Factor on the distance at which components are linked.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0.
    """
    count = len(components)
    if count < 2:
        return np.zeros(count, int)
    links = []
    values = components.values
    for i in range(count):
        for j in range(i + 1, count):
            step = values[j, [X0, Y0]] - values[i, [X0, Y0]]
            distance = np.hypot(*step)
            widths = 0.5 * (_width(values[i], step) + _width(values[j], step))
            if resolved[i] and resolved[j]:
                widths *= RESOLVED_REACH
            if distance > reach * widths:
                continue
            ends = [values[k, [Y0, X0]] - origin for k in (i, j)]
            if lowest_between(np.nan_to_num(snr), *ends) >= grow_sigma:
                links.append((i, j))
    if not links:
        return np.arange(count)
    i, j = np.array(links).T
    graph = coo_array((np.ones(len(links)), (i, j)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _width(component: np.ndarray, direction: np.ndarray) -> float:
    """Return the FWHM in pixels of a component along a direction (x, y)."""
    a, b, c = component[PA : PC + 1]
    length = np.hypot(*direction)
    if length == 0:
        return np.inf
    ux, uy = direction / length
    return 2.3548 / np.sqrt(a * ux * ux + 2 * b * ux * uy + c * uy * uy)

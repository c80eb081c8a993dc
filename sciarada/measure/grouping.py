"""Group the components of an island into sources."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.measure.gaussians import PA, X0, Y0, A, Components

RESOLVED_REACH, POINT_REACH = 0.7, 0.75
VALLEY = 0.25
BRIDGE, BRIDGE_SIGMA, BRIDGE_LENGTH = 0.25, 3.0, 2.25


def group_components(
    components: Components,
    resolved: np.ndarray,
    snr: np.ndarray,
    origin: tuple[int, int],
    grow_sigma: float,
    *,
    poor: bool = False,
) -> np.ndarray:
    """Return the number of the source each component belongs to.

    Two components are linked if emission above the island threshold joins them in a
    straight line and one of these holds:

    - they are nearer than 0.75 of the mean of their widths along that line (0.7 if both are
      resolved);
    - a bridge joins them: where the line is faintest it is still a quarter of the fainter
      component, and much brighter than if both were as narrow along it as they are across.
      Lobes of a radio galaxy are bridged so, sources side by side are not;
    - both are resolved parts of an island that Gaussians describe badly, and the line keeps
      to a quarter of the fainter.

    Parameters
    ----------
    components : Components
        In image pixels and units of the noise.
    resolved : ndarray of bool, shape (n,)
    snr : ndarray
        Signal to noise of the island's window.
    origin : tuple of int
        (y0, x0) of that window.
    grow_sigma : float
        Island threshold.
    poor : bool
        Whether the components describe the island badly.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0.
    """
    count = len(components)
    links = [
        (i, j)
        for i in range(count)
        for j in range(i + 1, count)
        if _linked(
            components.values[[i, j]],
            bool(resolved[[i, j]].all()),
            snr,
            origin,
            grow_sigma,
            poor,
        )
    ]
    if not links:
        return np.arange(count)
    i, j = np.array(links).T
    graph = coo_array((np.ones(len(links)), (i, j)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _linked(
    pair: np.ndarray,
    resolved: bool,
    snr: np.ndarray,
    origin: tuple[int, int],
    grow_sigma: float,
    poor: bool,
) -> bool:
    ends = pair[:, [X0, Y0]] - [origin[1], origin[0]]
    step = ends[1] - ends[0]
    distance = float(np.hypot(*step))
    if distance == 0:
        return True
    along = step / distance
    across = np.array([-along[1], along[0]])
    x, y, profile = _profile(snr, *ends)
    if not profile.size:
        return distance <= 0.5 * sum(_width(component, along) for component in pair)
    lowest = int(np.argmin(profile))
    if profile[lowest] < grow_sigma:
        return False
    reach = 0.5 * sum(_width(component, along) for component in pair)
    if distance <= reach * (RESOLVED_REACH if resolved else POINT_REACH):
        return True
    fainter = float(pair[:, A].min())
    if profile[lowest] < VALLEY * fainter:
        return False
    if poor and resolved:
        return True
    if distance < BRIDGE_LENGTH * 0.5 * sum(_width(component, across) for component in pair):
        return False
    round_light = sum(
        component[A]
        * np.exp(
            -0.5
            * np.square(
                np.hypot(x[lowest] - end[0], y[lowest] - end[1])
                * FWHM_PER_SIGMA
                / _width(component, across)
            )
        )
        for component, end in zip(pair, ends, strict=True)
    )
    return bool(profile[lowest] - round_light >= max(BRIDGE_SIGMA, BRIDGE * fainter))


def _profile(
    snr: np.ndarray, one: np.ndarray, other: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and signal to noise of the pixels on the line between two (x, y).

    Blank pixels are omitted; without any other there are none.
    """
    steps = max(2, int(np.ceil(np.abs(other - one).max())) + 1)
    ny, nx = snr.shape
    x, y = np.rint(np.linspace(one, other, steps)).astype(int).T
    x, y = np.clip(x, 0, nx - 1), np.clip(y, 0, ny - 1)
    known = np.isfinite(snr[y, x])
    return x[known], y[known], snr[y, x][known]


def _width(component: np.ndarray, direction: np.ndarray) -> float:
    """Return the FWHM in pixels of a cut through a component along a unit vector (x, y)."""
    a, b, c = component[PA:]
    ux, uy = direction
    return FWHM_PER_SIGMA / np.sqrt(a * ux * ux + 2 * b * ux * uy + c * uy * uy)

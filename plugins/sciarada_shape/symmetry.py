"""Asymmetry under rotation, and the multipoles of the light about the centroid."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

ORDERS = (1, 2, 3, 4)
SMALLEST = 1e-12  # sum of light times radius of a picture with more than one pixel

COLUMNS = (
    FeatureColumn("asymmetry_180", "Half the light that a turn by 180 degrees does not match"),
    FeatureColumn("asymmetry_90", "Half the light that a turn by 90 degrees does not match"),
    *(
        FeatureColumn(
            f"multipole_{m}", f"Angular term {m} of the brightness, weighted by the radius"
        )
        for m in ORDERS
    ),
    *(
        FeatureColumn(f"faint_multipole_{m}", f"Angular term {m} of the root brightness")
        for m in ORDERS
    ),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    quarters = 0.5 * (_asymmetry(picture, 1) + _asymmetry(picture, 3))
    return [
        _asymmetry(picture, 2),
        quarters,
        *_multipoles(picture),
    ]


def _asymmetry(picture: Picture, turns: int) -> float:
    """Return the asymmetry under quarter turns about the centroid: 0 to 1."""
    turned = np.rot90(picture.values, turns)
    y, x = picture.centre
    last = picture.side - 1
    at = {1: (last - x, y), 2: (last - y, last - x), 3: (x, last - y)}[turns]
    moved = ndimage.shift(turned, (y - at[0], x - at[1]), order=1, mode="grid-constant")
    return float(np.abs(picture.values - moved).sum() / (2 * picture.total))


def _multipoles(picture: Picture) -> list[float]:
    """Return the strength of each angular term, 0 to 1: of the brightness, then of its root."""
    y, x = picture.offsets
    direction = ((x + 1j * y) / np.where(picture.radius > 0, picture.radius, 1)).ravel()
    weights = np.stack([picture.values, picture.root]) * picture.radius
    weights = weights.reshape(2, -1)
    turns = np.cumprod(np.broadcast_to(direction, (len(ORDERS), len(direction))), axis=0)
    terms = np.abs(weights @ turns.T)
    return (terms / np.maximum(weights.sum(axis=1), SMALLEST)[:, None]).ravel().tolist()


GROUP = Group(COLUMNS, measure)

"""Local maxima of the brightness: how many, how bright, how far apart."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.spatial.distance import pdist
from skimage.morphology import local_maxima

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

DIGITS = 6  # of the smoothed brightness: plateaus must not break up by rounding
COUNTED = (0.05, 0.2, 0.5)
COMPARED = 0.2  # of the brightest peak: peaks whose distances are measured

COLUMNS = (
    *(
        FeatureColumn(
            f"peaks_{100 * level:.0f}", f"log(1 + number) of peaks above {level:.0%} of the peak"
        )
        for level in COUNTED
    ),
    FeatureColumn("second_peak", "Brightness of the second peak over that of the first"),
    FeatureColumn("third_peak", "Brightness of the third peak over that of the first"),
    FeatureColumn("peak_separation", "Largest distance between peaks above 20 %, over the side"),
    FeatureColumn("peak_spread", "Mean distance of these peaks from the centroid, over the side"),
    FeatureColumn("edge_brightening", "The same over the standard deviation of the light"),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    heights, places = _peaks(picture)
    order = np.argsort(-heights)
    first, second, third = [*heights[order][:3], 0.0, 0.0, 0.0][:3]
    near = places[heights > COMPARED * first]
    weights = heights[heights > COMPARED * first]
    spread = np.average(np.hypot(*(near - picture.centre).T), weights=weights)
    radius = np.sqrt(np.sum(picture.radius**2 * picture.values) / picture.total)
    return [
        *(np.log1p(np.sum(heights > level * first)) for level in COUNTED),
        second / first,
        third / first,
        (pdist(near).max() if len(near) > 1 else 0.0) / picture.side,
        spread / picture.side,
        spread / (radius + 0.5),
    ]


def _peaks(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """Return heights ``(k,)`` and places (y, x) ``(k, 2)`` of all peaks; a plateau is one peak."""
    smooth = np.zeros((picture.side + 2,) * 2)  # wider, so that a peak at the border is one
    smooth[1:-1, 1:-1] = np.round(picture.smooth**2, DIGITS)
    labels, number = ndimage.label(local_maxima(smooth), np.ones((3, 3), int))
    if not number:
        return np.ones(1), np.array([picture.centre])
    y, x = np.nonzero(labels)
    which = labels[y, x] - 1
    sizes = np.bincount(which, minlength=number)
    heights = np.bincount(which, smooth[y, x], number) / sizes
    places = [np.bincount(which, along - 1.0, number) / sizes for along in (y, x)]
    return heights, np.stack(places, axis=1)


GROUP = Group(COLUMNS, measure)

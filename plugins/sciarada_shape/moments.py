"""Moments of the brightness: size, elongation, lopsidedness and bend."""

from __future__ import annotations

import numpy as np
from skimage.measure import moments_central, moments_hu, moments_normalized

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

SMALLEST = 1 / 12  # variance of a single pixel, in square pixels

COLUMNS = (
    FeatureColumn("major_axis", "Standard deviation along the major axis, over the side"),
    FeatureColumn("minor_axis", "Standard deviation along the minor axis, over the side"),
    FeatureColumn("axis_ratio", "Minor over major axis"),
    FeatureColumn("centroid_offset", "Distance of the centroid from the middle, over the side"),
    FeatureColumn("kurtosis", "Mean r^4 over the square of mean r^2: 2 for a Gaussian"),
    FeatureColumn("skewness", "Lopsidedness along the major axis, times 1 - axis ratio"),
    FeatureColumn("bend", "Bend of the major axis, times 1 - axis ratio"),
    *(
        FeatureColumn(f"hu_{n}", f"Root of the invariant moment {n} of Hu (1962)")
        for n in range(1, 5)
    ),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    central = moments_central(picture.values, picture.centre, order=4)
    mean = central / central[0, 0]
    tensor = np.array([[mean[2, 0], mean[1, 1]], [mean[1, 1], mean[0, 2]]])
    variances, axes = np.linalg.eigh(tensor)
    minor, major = np.sqrt(np.maximum(variances, SMALLEST))
    middle = 0.5 * (picture.side - 1)
    fourth = mean[4, 0] + 2 * mean[2, 2] + mean[0, 4]
    second = max(mean[2, 0] + mean[0, 2], SMALLEST)
    along, across = (axes[:, k] for k in (1, 0))
    elongated = 1 - minor / major
    hu = moments_hu(moments_normalized(central, order=3))[:4]
    return [
        major / picture.side,
        minor / picture.side,
        minor / major,
        np.hypot(picture.centre[0] - middle, picture.centre[1] - middle) / picture.side,
        fourth / second**2,
        elongated * abs(_third(mean, along, along, along)) / major**3,
        elongated * abs(_third(mean, along, along, across)) / (major**2 * minor),
        *np.sqrt(np.abs(hu)),
    ]


def _third(mean: np.ndarray, *directions: np.ndarray) -> float:
    """Return the mean product of the distances along three directions (y, x)."""
    total = 0.0
    for places in np.ndindex(2, 2, 2):
        weight = np.prod([way[place] for way, place in zip(directions, places, strict=True)])
        total += weight * mean[3 - sum(places), sum(places)]
    return total


GROUP = Group(COLUMNS, measure)

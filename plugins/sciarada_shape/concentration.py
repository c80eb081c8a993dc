"""How the light grows with the distance from the centroid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

SHARES = (0.2, 0.5, 0.8, 0.95)
BRIGHTEST = 0.2  # of the light, in M20
PIXEL = 0.5  # added in quadrature to radii, so that those of a point are not 0
STEPS = 2  # steps of the radius per pixel
RINGS = (0.0, 0.04, 0.08, 0.14, 0.22, 0.32, 0.45, 0.6)
FAINT = 1e-6

COLUMNS = (
    *(
        FeatureColumn(
            f"radius_{share:.0%}"[:-1], f"Radius that holds {share:.0%} of the light, over the side"
        )
        for share in SHARES
    ),
    FeatureColumn("concentration", "5 log10 of radius_80 over radius_20: 2.15 for a Gaussian"),
    FeatureColumn("outer_concentration", "5 log10 of radius_95 over radius_50"),
    FeatureColumn("m20", "log10 of the second moment of the brightest 20 % over that of all"),
    *(
        FeatureColumn(
            f"profile_{n}", f"Mean root brightness at {ring:g} of the side from the centroid"
        )
        for n, ring in enumerate(RINGS)
    ),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    light = _radial_sums(picture, picture.values)
    growth = np.concatenate([[0], np.cumsum(light)]) / picture.total
    radius = (np.arange(len(growth)) - 0.5).clip(0) / STEPS
    r20, r50, r80, r95 = radii = np.hypot(np.interp(SHARES, growth, radius), PIXEL)
    return [
        *(radii / picture.side),
        5 * np.log10(r80 / r20),
        5 * np.log10(r95 / r50),
        _m20(picture),
        *_profile(picture),
    ]


def _radial_sums(picture: Picture, values: np.ndarray) -> np.ndarray:
    """Return sums of values at each step of the radius; a value is shared by its two steps.

    So the sums change smoothly with the centroid, and do not depend on rounding.
    """
    place = picture.radius.ravel() * STEPS
    step = place.astype(np.intp)
    outer = place - step
    flat = values.ravel()
    length = _steps(picture.side)
    sums = np.bincount(step, flat * (1 - outer), length)
    sums += np.bincount(step + 1, flat * outer, length)
    return sums


def _profile(picture: Picture) -> np.ndarray:
    """Return the mean root brightness in rings that overlap by half, 0 outside of the cutout."""
    weights = _ring_weights(picture.side)
    pixels = weights @ _radial_sums(picture, picture.valid.astype(float))
    return weights @ _radial_sums(picture, picture.root) / np.maximum(pixels, FAINT)


@lru_cache(maxsize=8)
def _ring_weights(side: int) -> np.ndarray:
    """Return the weight of each step of the radius in each ring."""
    radius = np.arange(_steps(side)) / STEPS / side
    edges = [-RINGS[1], *RINGS, 2 * RINGS[-1] - RINGS[-2]]
    triples = zip(edges, edges[1:], edges[2:], strict=False)
    return np.stack([np.interp(radius, triple, [0, 1, 0]) for triple in triples])


def _steps(side: int) -> int:
    """Return the number of steps of the radius, from one corner to the other."""
    return 2 * side * STEPS + 2


def _m20(picture: Picture) -> float:
    """Return M20; pixels that are equally bright count in equal shares."""
    moment = picture.radius**2 * picture.values
    brightest = picture.ordered[::-1]
    light = np.cumsum(brightest)
    wanted = BRIGHTEST * picture.total
    least = brightest[min(int(np.searchsorted(light, wanted)), len(light) - 1)]
    above, equal = picture.values > least, picture.values == least
    share = (wanted - picture.values[above].sum()) / (least * equal.sum())
    within = moment[above].sum() + share * moment[equal].sum()
    return float(np.log10(within / max(moment.sum(), FAINT) + FAINT))


GROUP = Group(COLUMNS, measure)

"""How the brightness is distributed over the pixels, wherever they are."""

from __future__ import annotations

import numpy as np
from photutils.morphology import gini

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

QUANTILES = (25, 50, 75, 90, 97)
EMISSION = 0.001  # of the peak
SATURATED = 0.999  # of the peak

COLUMNS = (
    FeatureColumn("signal_to_noise", "log10 of 1 + the peak over the noise; 0 without noise"),
    FeatureColumn("emission_share", "Share of the pixels above 0.1 % of the peak"),
    FeatureColumn("saturated_share", "Share of the emission pixels that are as bright as the peak"),
    FeatureColumn("mean", "Mean brightness over the peak"),
    *(
        FeatureColumn(f"quantile_{q}", f"Brightness of percentile {q} of the pixels")
        for q in QUANTILES
    ),
    FeatureColumn(
        "gini", "Gini coefficient: 0 if all pixels are equal, 1 if one has all the light"
    ),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    values = picture.ordered
    emission = values[np.searchsorted(values, EMISSION) :]
    return [
        np.log10(1 + picture.signal_to_noise),
        len(emission) / len(values),
        np.mean(emission >= SATURATED),
        values.mean(),
        *np.interp(QUANTILES, np.linspace(0, 100, len(values)), values),
        gini(values),
    ]


GROUP = Group(COLUMNS, measure)

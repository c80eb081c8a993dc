"""Shape features of cutouts."""

from __future__ import annotations

import numpy as np

from sciarada_shape import (
    ShapeOptions,
    brightness,
    concentration,
    levels,
    moments,
    peaks,
    symmetry,
    texture,
)
from sciarada_shape.picture import Picture

GROUPS = tuple(
    module.GROUP
    for module in (brightness, moments, concentration, symmetry, levels, peaks, texture)
)


class ShapeFeatures:
    """Measures the shape of the source in each cutout; a `~sciarada.hooks.FeatureExtractor`.

    The features do not depend on the unit of the pixels, on a constant added to them, or on turns
    by 90 degrees and mirror images of the cutout. They are all 0 for a cutout that is constant or
    has no pixels.

    Parameters
    ----------
    options : ShapeOptions
    """

    version = "1"
    columns = tuple(column for group in GROUPS for column in group.columns)

    def __init__(self, options: ShapeOptions) -> None:
        self.npix = options.npix
        self.crop = options.crop

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the features of cutouts.

        Parameters
        ----------
        pixels : ndarray of float32, shape (n, h, h)
            Surface brightness in any unit, NaN where missing.

        Returns
        -------
        ndarray of float32, shape (n, len(columns))
        """
        features = np.zeros((len(pixels), len(self.columns)), np.float32)
        for row, cutout in enumerate(pixels):
            picture = Picture.of(cutout)
            if picture is not None:
                features[row] = [value for group in GROUPS for value in group.measure(picture)]
        return features

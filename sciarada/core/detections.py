"""What a detector returns: masks, boxes, labels and scores, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.windows import Window


@dataclass(frozen=True, eq=False)
class Detection:
    """One detected object of an image.

    Parameters
    ----------
    window : Window
        Bounding box in image pixels.
    mask : ndarray of bool
        The object's pixels inside the box, ``[y, x]``, of the window's shape.
    label : str or None
        Class given by the detector, such as ``extended``.
    score : float or None
        Confidence of the detector, 0 to 1.
    """

    window: Window
    mask: np.ndarray
    label: str | None = None
    score: float | None = None

    def __post_init__(self) -> None:
        if self.mask.shape != self.window.shape or self.mask.dtype != bool:
            raise ValueError("mask must be boolean and have the shape of its window")

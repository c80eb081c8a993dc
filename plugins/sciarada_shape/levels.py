"""The islands of emission above several shares of the peak."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

LEVELS = (0.03, 0.1, 0.25, 0.5, 0.8)
LARGE = 0.02  # share of the area that an island needs to be counted as large
TOUCHING = np.zeros((3, 3, 3), int)  # levels apart, and pixels connected that touch at a corner
TOUCHING[1] = 1
SMALLEST = 1 / 12  # variance of a single pixel, in square pixels

_SET = np.array([number.bit_count() for number in range(16)])
_DIAGONAL = np.isin(np.arange(16), [6, 9])
_CORNER, _NOTCH = (_SET == 1), (_SET == 3)
EULER = (_CORNER * 1 - _NOTCH * 1 - 2 * _DIAGONAL) / 4
OUTLINE = (_SET == 2) * ~_DIAGONAL + (_CORNER + _NOTCH * 1 + 2 * _DIAGONAL) / np.sqrt(2)
"""What a pattern of 2 x 2 pixels adds to the Euler number and to the perimeter."""

MEANINGS = {
    "area": "Root of the area above {level:.0%} of the peak, over the side",
    "islands": "log(1 + number) of islands above {level:.0%} of the peak",
    "large_islands": "log(1 + number) of islands of 2 % of the area or more above {level:.0%}",
    "largest": "Share of the largest island in the area above {level:.0%} of the peak",
    "outline": "log of perimeter^2 over 4 pi area above {level:.0%} of the peak: 0 for a disc",
    "holes": "log(1 + number) of holes above {level:.0%} of the peak",
    "elongation": "log of major over minor axis of the area above {level:.0%} of the peak",
    "filling": "log of the area above {level:.0%} of the peak over that of its ellipse",
}

COLUMNS = tuple(
    FeatureColumn(f"{name}_{100 * level:.0f}", meaning.format(level=level))
    for level in LEVELS
    for name, meaning in MEANINGS.items()
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    masks = picture.values > np.array(LEVELS)[:, None, None]
    area = masks.sum(axis=(1, 2)).astype(float)  # the peak lies above each level
    number, large, largest = _islands(masks, area)
    outline, euler = _outline_and_euler_number(masks)
    minor, major = _axes(masks, area)
    features = (
        np.sqrt(area) / picture.side,
        np.log1p(number),
        np.log1p(large),
        largest / area,
        np.log(outline**2 / (4 * np.pi * area)),
        np.log1p(number - euler),
        np.log(major / minor),
        np.log(area / (4 * np.pi * minor * major)),
    )
    return np.stack(features, axis=1).ravel().tolist()


def _islands(masks: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return the number of islands of each mask, that of the large ones, and the largest area."""
    labels, total = ndimage.label(masks, TOUCHING)
    areas = np.bincount(labels.ravel(), minlength=total + 1)[1:]
    last = labels.max(axis=(1, 2))  # labels count upwards through the masks
    parts = np.split(areas, last[:-1])
    least = np.maximum(4, LARGE * area)
    facts = [(len(p), np.sum(p > few), p.max()) for p, few in zip(parts, least, strict=True)]
    return np.array(facts, float).T


def _outline_and_euler_number(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the perimeter and the Euler number (islands less holes) of each mask.

    Both follow from the patterns of 2 x 2 pixels (Gray 1971, IEEE Trans. Comput. 20, 551). The
    functions of scikit-image take four times as long; the tests compare with them.
    """
    wide = np.pad(masks, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    left, right = wide[:, :, :-1], wide[:, :, 1:]
    halves = left + 2 * right
    patterns = halves[:, :-1] + 4 * halves[:, 1:]
    patterns += (16 * np.arange(len(masks), dtype=np.uint8))[:, None, None]
    counts = np.bincount(patterns.ravel(), minlength=16 * len(masks)).reshape(-1, 16)
    return counts @ OUTLINE, counts @ EULER


def _axes(masks: np.ndarray, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard deviations of the pixels of each mask along its two axes."""
    along = np.arange(masks.shape[-1], dtype=float)
    numbers = masks.astype(float)
    rows, columns = numbers.sum(axis=2), numbers.sum(axis=1)
    y, x = rows @ along / area, columns @ along / area
    yy, xx = rows @ along**2 / area - y**2, columns @ along**2 / area - x**2
    xy = (numbers @ along) @ along / area - x * y
    mean, spread = 0.5 * (yy + xx), np.hypot(0.5 * (yy - xx), xy)
    return np.sqrt(np.maximum(mean - spread, 0) + SMALLEST), np.sqrt(mean + spread + SMALLEST)


GROUP = Group(COLUMNS, measure)

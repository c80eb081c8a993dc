"""The six classes of Radio Galaxy Zoo: components and peaks of sources on FIRST images."""

from __future__ import annotations

import numpy as np
from astropy.table import Table
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks.ssl.tasks import DATA, Task
from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.image_files import read_picture
from sciarada.cutouts.square import squared
from sciarada.nn.probes.folds import Amount, Split
from sciarada.nn.probes.labelled_set import LabelledSet
from sciarada.testing.cutouts import ArrayCutouts

NPIX, SHOWN, LEAST, FOLDS = 96, 4.0, 64.0, 5
"""Pixels of a cutout; its side in half sides of the box, and at least, in pixels of the image."""


def rgz() -> Task:
    """Return the task: five folds, in which no image is in two."""
    folder = DATA / "first_mirabest"
    boxes = Table.read(folder / "rgz_boxes_dev.csv")
    files = np.array(boxes["file"], np.str_)
    pictures = {name: read_picture(folder / "dev" / name) for name in np.unique(files).tolist()}
    cutouts = np.stack(
        [
            square_around(pictures[box["file"]], box["x"], box["y"], box["box_half_px"])
            for box in boxes
        ]
    )
    labels, count = np.array(boxes["cls"], np.str_), len(boxes)
    unknown = np.full(count, np.nan)
    found = LabelledSet(
        ArrayCutouts(cutouts),
        labels,
        np.full(count, ""),
        "cls",
        lambda: SkyCover(unknown, unknown, unknown),
    )

    def splits(seed: int) -> list[Split]:
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        return [Split(*rows) for rows in folds.split(labels, labels, files)]

    text = (
        f"`rgz` (VLA FIRST, boxes of Radio Galaxy Zoo): {count} sources of six classes of "
        f"components and peaks, in {FOLDS} folds that share no image."
    )
    return Task("rgz", "macro_f1", found, splits, np.arange(count), (Amount(),), text)


def square_around(picture: np.ndarray, x: float, y: float, half: float) -> np.ndarray:
    """Return a cutout of 96 pixels about a box, NaN beyond the image."""
    reach = round(max(SHOWN * half, LEAST) / 2)
    wide = np.pad(picture, reach, constant_values=np.nan)
    row, column = round(y), round(x)
    return squared(wide[row : row + 2 * reach + 1, column : column + 2 * reach + 1], NPIX)

"""The labelled sets that encoders are judged on, and who may learn from what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.overlap import overlapping, overlaps_any
from sciarada.cutouts.reading import read_set
from sciarada.cutouts.zarr_set import write_zarr
from sciarada.nn.probes.folds import Amount, Split, stratified_folds
from sciarada.nn.probes.labelled_set import LabelledSet, read_labels

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PIXELS, SIDE = 300, 540.0  # of the cutouts of FIRST; arcsec
FOLDS = 10
TASKS = ("rgd", "mirabest")


@dataclass(frozen=True, eq=False)
class Task:
    """Cutouts with labels, and how they are split.

    Parameters
    ----------
    name : str
        What pages call it.
    measure : str
        The score that matters, as `sciarada.evaluation.repeated.MEASURES` calls it.
    cutouts : LabelledSet
        All that take part; positions and sizes are known.
    splits : callable
        Gives the splits of a seed.
    tested : ndarray of int64
        Rows that are tested on, sorted.
    amounts : tuple of Amount
        How many labels are learned from.
    text : str
        The same in words.
    """

    name: str
    measure: str
    cutouts: LabelledSet
    splits: Callable[[int], list[Split]]
    tested: np.ndarray
    amounts: tuple[Amount, ...]
    text: str

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes, in the order of the alphabet."""
        return tuple(np.unique(self.cutouts.labels).tolist())


def rgd() -> Task:
    """Return the four classes of the RadioGalaxyDataset: train, tested on valid."""
    folder = DATA / "first_rgd"
    found = read_labels(
        read_set(folder / "dev"), str(folder / "labels_dev.csv"), column="class", split="split"
    )
    cutouts = _sized(found)
    valid = np.flatnonzero(cutouts.part == "valid")
    train = np.flatnonzero(cutouts.part == "train")
    near = overlaps_any(cutouts.cover[train], cutouts.cover[valid])
    split = Split(train[~near], valid)
    amounts = (
        Amount(),
        Amount(0.1),
        Amount(0.01),
        Amount(per_class=25),
        Amount(per_class=5),
    )
    text = (
        f"`first_rgd` (VLA FIRST; Bent, Compact, FRI, FRII): learned from {len(split.train)} "
        f"cutouts of train, tested on {len(valid)} of valid. {int(near.sum())} of train that lie "
        f"within a cutout's side (9 arcmin) of one of valid are omitted."
    )
    return Task("first_rgd", "macro_f1", cutouts, lambda seed: [split], valid, amounts, text)


def mirabest(work: Path) -> Task:
    """Return FRI and FRII of MiraBest, those that are confident, in ten folds.

    Packed FITS files are slow to read, so their pixels are kept as they are in ``work``.
    """
    folder, store = DATA / "first_mirabest", work / "first_mirabest.zarr"
    if not store.is_dir():
        work.mkdir(parents=True, exist_ok=True)
        write_zarr(read_set(folder / "dev"), store, PIXELS)
    found = _sized(
        read_labels(
            read_set(store),
            str(folder / "labels_dev.csv"),
            column="fr",
            where=("confidence=confident",),
            classes=("FRI", "FRII"),
        )
    )
    doubled = overlaps_earlier(found.cover)
    kept = np.flatnonzero(~doubled)
    cover = found.cover[kept]
    cutouts = LabelledSet(
        found.source[kept], found.labels[kept], found.part[kept], found.column, lambda: cover
    )
    text = (
        f"`first_mirabest` (VLA FIRST; FRI and FRII, confident): {len(kept)} cutouts in {FOLDS} "
        f"stratified folds, drawn again for each seed. {int(doubled.sum())} that lie within a "
        f"cutout's side (9 arcmin) of another one are omitted, so that no sky is in two folds."
    )
    return Task(
        "first_mirabest",
        "accuracy",
        cutouts,
        lambda seed: list(stratified_folds(cutouts.labels, FOLDS, seed)),
        np.arange(len(kept)),
        (Amount(),),
        text,
    )


def _sized(found: LabelledSet) -> LabelledSet:
    """Return the same with the side of a cutout, which pictures do not tell."""
    size = np.where(np.isfinite(found.cover.size), found.cover.size, SIDE)
    cover = SkyCover(found.cover.ra, found.cover.dec, size)
    return LabelledSet(found.source, found.labels, found.part, found.column, lambda: cover)


def overlaps_earlier(cutouts: SkyCover) -> np.ndarray:
    """Return whether each cutout overlaps with one before it, bool (n,)."""
    rows, others = overlapping(cutouts, cutouts)
    return np.isin(np.arange(len(cutouts)), rows[others < rows])


def build_task(name: str, work: Path) -> Task:
    """Return a task of `TASKS`; what is made of its data is kept in ``work``."""
    return mirabest(work) if name == "mirabest" else rgd()

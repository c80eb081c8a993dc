"""Check whether test cutouts were part of the training of encoders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.leakage import refuse_leakage
from sciarada.errors import CutoutError
from sciarada.io.weights import read_cover
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.labelled_set import LabelledSet


@dataclass(frozen=True, eq=False)
class Tested:
    """Test cutouts with known positions.

    Parameters
    ----------
    ids : ndarray
        Their names.
    cover : SkyCover
        Their places.
    """

    ids: np.ndarray
    cover: SkyCover

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) in degrees."""
        return self.cover.positions


@dataclass(frozen=True)
class Leakage:
    """Overlap of the test cutouts with the training sets of encoders.

    Parameters
    ----------
    shown : dict of str to int or None
        Their number in the training set of each contender; None if unknown.
    notes : tuple of str
        What cannot be known, and why.
    """

    shown: dict[str, int | None]
    notes: tuple[str, ...]


def refuse_known(
    contenders: tuple[ProbedEncoder, ...], cutouts: LabelledSet, test: np.ndarray, *, allowed: bool
) -> Leakage:
    """Refuse to test encoders on positions that they were trained on.

    Parameters
    ----------
    contenders : tuple of ProbedEncoder
        Those with random weights are let through, and those from hubs with a note.
    cutouts : LabelledSet
        What takes part.
    test : ndarray of int64
        Rows that are tested on.
    allowed : bool
        Only warn in the log.

    Raises
    ------
    CutoutError
        If there are any, and that is not allowed.
    """
    rows = test[cutouts.cover.known[test]]
    tested = Tested(cutouts.source.ids[rows], cutouts.cover[rows])
    shown: dict[str, int | None] = {}
    notes: list[str] = []
    for contender in contenders:
        if contender.path is not None:
            shown[contender.name], unknown = _shown(contender, contender.path, tested, allowed)
            notes += unknown
        elif not contender.is_random and contender.trained.has_weights:
            notes.append(
                f"whether {contender.name} was trained on what it is tested on cannot be checked: "
                "its hub does not say what it has seen"
            )
    if shown and len(rows) < len(test):
        notes.append(
            f"{len(test) - len(rows)} of the {len(test)} tested cutouts have no position: whether "
            "an encoder was trained on them cannot be checked"
        )
    return Leakage(shown, tuple(notes))


def _shown(
    contender: ProbedEncoder, path: Path, tested: Tested, allowed: bool
) -> tuple[int | None, tuple[str, ...]]:
    """Return how many were in the training set of one contender, and what is unknown."""
    cover = read_cover(path)
    if cover is None:
        return None, (
            f"whether {contender.name} was trained on what it is tested on cannot be checked: its "
            "weights do not say where they were trained",
        )
    total, placed = (
        sum(each.get(key, 0) for each in contender.card.trained_on) for key in ("cutouts", "placed")
    )
    notes: tuple[str, ...] = ()
    if placed < total:
        notes = (
            f"{total - placed} of the {total} cutouts that {contender.name} was trained on have "
            "no position: whether it is tested on them cannot be checked",
        )
    try:
        return int(refuse_leakage(tested, cover, allowed=allowed).sum()), notes
    except CutoutError as error:
        raise CutoutError(f"{contender.name}: {error}") from error

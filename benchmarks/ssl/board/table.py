"""The board as a table and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks import pages
from benchmarks.ssl.board.measurement import Measurement

Board = Mapping[str, Sequence[Measurement]]

INTRODUCTION = """
What encoders are worth on real sources of three telescopes. Higher is better, but for the counts of
cutouts that an encoder cannot tell apart (`coinciding`). In brackets the interval of 95 %, from
sources drawn again 500 times (1 000 times, and seeds with them, for classes); for ridge regression
on few scores it is the scatter of 20 draws of these.

- `first_rgd`: four classes of VLA FIRST, learned on train by logistic regression, tested on valid;
  retrieval is over all cutouts, by the cosine of standardised features, as means over the classes.
- `first_mirabest`: FRI or FRII, ten folds.
- `rgz`: components and peaks of sources of VLA FIRST in boxes of Radio Galaxy Zoo, five folds that
  share no image.
- `mgcls_protege`: extended sources of MeerKAT with the scores, 1 to 5, that one expert gave to a
  random part; the positive ones have 4 or 5. Detectors and PCA (90 % of the variance) are fitted to
  all cutouts. `size alone` is what the catalogue says of the size of a source, without an image.
- `lotss_som`: 5 neighbours on a self-organising map of others, and its outliers.

Whether an encoder had seen the cutouts, without labels, in its training is on its card.
"""


def board_table(board: Board) -> str:
    """Return one row per measure, and one column per contender."""
    keys = dict.fromkeys((m.task, m.measure) for found in board.values() for m in found)
    by_key = {name: {(m.task, m.measure): m for m in found} for name, found in board.items()}
    rows = [
        [f"{task}: {measure}", *(_cell(found.get((task, measure))) for found in by_key.values())]
        for task, measure in keys
    ]
    return pages.table(["", *board], rows)


def difference_table(board: Board, reference: str) -> str:
    """Return how far each contender leads the reference, paired."""
    theirs = {(m.task, m.measure): m for m in board[reference] if not m.is_count}
    others = [name for name in board if name != reference]
    rows = []
    for key, base in theirs.items():
        ours = {name: {(m.task, m.measure): m for m in board[name]} for name in others}
        rows.append([": ".join(key), *(_lead(ours[name].get(key), base) for name in others)])
    return pages.table([f"less {reference}", *others], rows)


def board_page(board: Board, reference: str | None, seeds: int) -> str:
    """Return the page."""
    parts = [INTRODUCTION.strip(), f"{seeds} seeds draw labels and folds.", board_table(board)]
    if reference:
        parts += [f"## Compared with {reference}", difference_table(board, reference)]
    return "\n\n".join(parts)


def _cell(found: Measurement | None) -> str:
    if found is None:
        return ""
    if found.is_count:
        return f"{found.value:.0f}"
    low, high = found.interval
    return f"{found.value:.3f} ({low:.3f}-{high:.3f})"


def _lead(ours: Measurement | None, base: Measurement) -> str:
    if ours is None:
        return ""
    value, low, high = ours.less(base)
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"

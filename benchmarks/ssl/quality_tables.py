"""Scores as tables of a page."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import pages
from sciarada.evaluation.estimates import Estimate
from sciarada.evaluation.probe_score import ProbeScore
from sciarada.evaluation.repeated import compare_repeated


def find(scores: Sequence[ProbeScore], contender: str, kind: str, amount: str) -> ProbeScore | None:
    """Return the score of a contender, or None where it was not measured."""
    for score in scores:
        if (score.contender, score.kind, score.amount) == (contender, kind, amount):
            return score
    return None


def interval(estimate: Estimate) -> str:
    """Return a value with its interval, for a cell."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}–{estimate.high:.3f})"


def difference(first: ProbeScore, second: ProbeScore, measure: str) -> Estimate:
    """Return the first less the second: cutouts and trainings are drawn together."""
    return compare_repeated(first.score, second.score)[measure].difference


def score_table(scores: Sequence[ProbeScore], measure: str) -> str:
    """Return a table, one row per contender and kind, one column per amount of labels."""
    amounts = sorted({score.amount: score.labels for score in scores}.items(), key=_most_first)
    rows = []
    for contender, kind in dict.fromkeys((score.contender, score.kind) for score in scores):
        found = [find(scores, contender, kind, name) for name, _ in amounts]
        rows.append(
            (
                contender,
                kind,
                *("" if each is None else interval(each.estimate(measure)) for each in found),
            )
        )
    header = [f"{name} ({labels})" if name != str(labels) else name for name, labels in amounts]
    return pages.table(("contender", "probe", *header), rows)


def difference_table(
    scores: Sequence[ProbeScore], measure: str, names: Sequence[str], reference: str
) -> str:
    """Return a table of what contenders lead another one by; empty where nothing compares."""
    rows = []
    for score in scores:
        if score.contender not in names:
            continue
        base = find(scores, reference, score.kind, score.amount)
        comparable = base is not None and len(base.score.confusion) == len(score.score.confusion)
        if score.contender == reference or not comparable:
            continue
        between = difference(score, base, measure)
        rows.append((score.contender, score.kind, score.amount, signed(between)))
    header = ("contender", "probe", "labels", f"less {reference}")
    return pages.table(header, rows) if rows else ""


def class_table(scores: Sequence[ProbeScore]) -> str:
    """Return a table of the F1 of each class, with all labels; empty without such scores."""
    rows = [
        (score.contender, score.kind, *(interval(each) for each in score.score.f1))
        for score in scores
        if score.amount == "all"
    ]
    return pages.table(("contender", "probe", *scores[0].score.classes), rows) if rows else ""


def _most_first(item: tuple[str, int]) -> int:
    return -item[1]


def signed(estimate: Estimate) -> str:
    """Return a difference with its interval."""
    return f"{estimate.value:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"

"""What was aimed at, beside what was reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks import pages
from benchmarks.ssl.contenders import PLAIN, SCRATCH
from benchmarks.ssl.quality_tables import difference, find, interval, signed
from sciarada.evaluation.probe_score import ProbeScore

RGD, MIRABEST = "rgd", "mirabest"
ALL, FEW, FEWEST = "all", "25 per class", "5 per class"


@dataclass(frozen=True)
class Target:
    """One aim.

    Parameters
    ----------
    what : str
        In words.
    task, kind, amount : str
        Which score of the encoder.
    least : float
        What it, or its lead, has to be at least.
    over : tuple of str or None
        ProbedEncoder and kind that it has to lead by ``least``.
    """

    what: str
    task: str
    kind: str
    amount: str
    least: float
    over: tuple[str, str] | None = None


_SUPERVISED, _PLAIN = (SCRATCH, "finetune"), (PLAIN, "finetune")
TARGETS = (
    Target("linear, all labels", RGD, "linear", ALL, 0.80),
    Target("linear, 25 per class", RGD, "linear", FEW, 0.72),
    Target("linear, 5 per class", RGD, "linear", FEWEST, 0.62),
    Target("linear, all labels, less scratch", RGD, "linear", ALL, 0.0, _SUPERVISED),
    Target("finetune, all labels, less scratch", RGD, "finetune", ALL, 0.1, _SUPERVISED),
    Target("linear, 5 per class, less scratch", RGD, "linear", FEWEST, 0.15, _SUPERVISED),
    Target(f"linear, all labels, less {PLAIN}", RGD, "linear", ALL, 0.0, _PLAIN),
    Target(f"finetune, all labels, less {PLAIN}", RGD, "finetune", ALL, 0.1, _PLAIN),
    Target(f"linear, 5 per class, less {PLAIN}", RGD, "linear", FEWEST, 0.15, _PLAIN),
    Target("FRI/FRII accuracy, linear", MIRABEST, "linear", ALL, 0.91),
    Target("FRI/FRII accuracy, finetune", MIRABEST, "finetune", ALL, 0.91),
)
MEASURE = {RGD: "macro_f1", MIRABEST: "accuracy"}


def table(
    scores: Mapping[str, Sequence[ProbeScore]],
    paired: Mapping[str, Sequence[ProbeScore]],
    contender: str,
    photographs: Sequence[str],
) -> str:
    """Return the table of targets for one contender; those that were not measured are omitted.

    Parameters
    ----------
    scores, paired : mapping of str to sequence of ProbeScore
        Of each task; ``paired`` all with the same number of seeds.
    contender : str
        Who is judged.
    photographs : sequence of str
        Contenders that learned from photographs.
    """
    leads = [
        Target(f"linear, {amount}, less {name}", RGD, "linear", amount, 0.0, (name, "linear"))
        for name in photographs
        for amount in (ALL, FEW, FEWEST)
    ]
    rows = []
    for target in (*TARGETS, *leads):
        of_task = (paired if target.over else scores).get(target.task, ())
        score = find(of_task, contender, target.kind, target.amount)
        base = find(of_task, *target.over, target.amount) if target.over else None
        if score is None or (target.over and base is None):
            continue
        measure = MEASURE[target.task]
        if base is None:
            reached = score.estimate(measure)
            shown = interval(reached)
        else:
            reached = difference(score, base, measure)
            shown = signed(reached)
        wanted = f"{target.least:+.2f}" if target.over else f"{target.least:.2f}"
        rows.append((target.what, wanted, shown, "yes" if reached.value >= target.least else "no"))
    return pages.table((f"`{contender}`", "aim", "reached", "met"), rows)

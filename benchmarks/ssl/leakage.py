"""Whether encoders were trained on the sky that they are judged on."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import pages
from benchmarks.ssl.tasks import Task
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.leakage import refuse_known


def leakage_table(task: Task, contenders: Sequence[ProbedEncoder]) -> str:
    """Return how many of the tested cutouts lie where each encoder was trained."""
    found = refuse_known(tuple(contenders), task.cutouts, task.tested, allowed=True)
    rows = [
        (name, "unknown" if number is None else f"{number} of {len(task.tested)}")
        for name, number in found.shown.items()
    ]
    table = pages.table(("contender", f"tested cutouts of {task.name} in its training set"), rows)
    return "\n".join([table, *(f"\n{note[0].upper()}{note[1:]}." for note in found.notes)])

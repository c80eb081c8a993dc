"""The page of the documentation with the counts of all kills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.kills.trial import SIGNALS


def kept_trials(work: Path) -> list[dict[str, Any]]:
    """Return the latest trial of each command and seed."""
    path = work / "trials.jsonl"
    lines = path.read_text().splitlines() if path.is_file() else []
    trials = map(json.loads, lines)
    return list({(trial["command"], trial["seed"]): trial for trial in trials}.values())


def write_kills_page(work: Path) -> Path:
    """Write docs/benchmarks/kills.md of the trials kept in ``work``."""
    return pages.write_page(
        "kills", "Killed runs", kills_page(kept_trials(work)), pages.nn_versions()
    )


def kills_page(trials: list[dict[str, Any]]) -> str:
    """Return the text and the tables of the page."""
    faulty = [trial for trial in trials if trial["faults"]]
    early = sum(trial["early"] for trial in trials)
    names = list(dict.fromkeys(trial["command"] for trial in trials))
    signals = [number.name for number in SIGNALS]
    return f"""
`python -m benchmarks.kills` sends a signal to each command at a random time between its start and
its end, {len(trials)} times in total. In about 40 % of the trials the run replaces an earlier
product. After each kill the inputs must be unchanged, an earlier product must be complete, a new
one complete or absent, and no process may be left running. The next run, with `--resume` if the
command has this option, must succeed with the same results as an uninterrupted run, and leave only
its products. In addition, SIGTERM and SIGINT must give no traceback and leave only files that can
be resumed. The caches of torch and onnxruntime in the temporary folder are ignored.

**{len(faulty)} of {len(trials)} trials lost, left or changed any file.**

{pages.table(("command", *signals, "replacing", "faults"), [_row(n, trials) for n in names])}

In {early} trials SIGINT arrived during the start of the Python interpreter, before any code of
SCIARADA had run; Python then prints a traceback.

{_listed(faulty)}
"""


def _row(name: str, trials: list[dict[str, Any]]) -> list[object]:
    own = [trial for trial in trials if trial["command"] == name]
    counts = [sum(trial["signal"] == number.name for trial in own) for number in SIGNALS]
    replacing = sum(trial["earlier"] for trial in own)
    return [f"`{name}`", *counts, replacing, sum(bool(trial["faults"]) for trial in own)]


def _listed(faulty: list[dict[str, Any]]) -> str:
    """Return a line for each trial at fault."""
    return "\n".join(
        f"- `{trial['command']}`, {trial['signal']} after {trial['after']} s, seed "
        f"{trial['seed']}: {'; '.join(trial['faults'])}"
        for trial in faulty
    )

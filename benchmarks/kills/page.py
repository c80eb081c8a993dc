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
`python -m benchmarks.kills` sends a signal to each command at a random moment between its start and
its end, {len(trials)} times in all. In about four of ten trials an earlier product was to be
replaced. After each kill the inputs must have the same bytes, an earlier product must be whole, a
new one whole or absent, and no process may go on. The next run, with `--resume` where the command
has it, must succeed with the results of a run that was never killed, and leave nothing but its
products. SIGTERM and SIGINT must in addition give no traceback and leave nothing but what can be
resumed. The caches that torch and onnxruntime keep in the temporary folder do not count.

**{len(faulty)} of {len(trials)} trials lost, left or changed anything.**

{pages.table(("command", *signals, "replacing", "faults"), [_row(n, trials) for n in names])}

In {early} trials SIGINT came while the Python interpreter itself was starting, before a line of
SCIARADA had run; Python then shows its own traceback.

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

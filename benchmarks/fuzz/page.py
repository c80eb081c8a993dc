"""The page of the documentation with the counts of all trials."""

from __future__ import annotations

import json
import pkgutil
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.fuzz import kinds
from benchmarks.fuzz.judging import SOUND, Outcome

KINDS = tuple(sorted(module.name for module in pkgutil.iter_modules(kinds.__path__)))


def write_fuzz_page(work: Path) -> Path:
    """Write docs/benchmarks/fuzz.md of the results kept in ``work``."""
    results = [result for kind in KINDS for result in kept_results(work, kind)]
    return pages.write_page("fuzz", "Damaged input", fuzz_page(results), pages.nn_versions())


def kept_results(work: Path, kind: str) -> list[dict[str, Any]]:
    """Return the latest result of each seed of a kind."""
    path = work / "results" / f"{kind}.jsonl"
    lines = path.read_text().splitlines() if path.is_file() else []
    return list({result["seed"]: result for result in map(json.loads, lines)}.values())


def fuzz_page(results: list[dict[str, Any]]) -> str:
    """Return the text and the table of the page."""
    return f"""
`python -m benchmarks.fuzz` damages valid input and runs a command of `sciarada` on it, within
limits of time (CPU and wall) and address space. A trial passes if the command succeeds (exit status
0), or refuses the input with one sentence (exit status 2) that names the damaged file or an option,
contains no message of a library, and leaves no files behind. Any other outcome is a fault.

{
        pages.table(
            ("kind", "trials", *SOUND, "faults", "longest CPU time", "largest memory"),
            [_row(kind, results) for kind in sorted({r["kind"] for r in results})],
        )
    }

{_faults(results)}
"""


def _row(kind: str, results: list[dict[str, Any]]) -> list[str]:
    own = [result for result in results if result["kind"] == kind]
    counts = Counter(result["outcome"] for result in own)
    sound = [counts[outcome] for outcome in SOUND]
    return [
        kind, str(len(own)), *map(str, sound), str(len(own) - sum(sound)),
        f"{max(result['seconds'] for result in own):.1f} s",
        f"{max(result['memory'] for result in own) / 2**20:.0f} MiB",
    ]  # fmt: skip


def _faults(results: list[dict[str, Any]]) -> str:
    counts = Counter(result["outcome"] for result in results)
    told = [f"{counts[outcome]} {outcome}" for outcome in Outcome if outcome not in SOUND]
    return f"Faults of {len(results)} trials: {', '.join(told)}."

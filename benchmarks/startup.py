"""Time `sciarada --help`, and list the slowest of the modules that it imports."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import pages
from benchmarks.processes import measure_process

HEAVY = ("torch", "numpy", "scipy", "astropy", "photutils", "matplotlib", "sklearn", "pyarrow")
LIST_MODULES = """
import sys
from sciarada.cli.main import main
main(["--help"], standalone_mode=False)
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def time_help(runs: int) -> list[float]:
    """Time `sciarada --help` `runs` times, after one run that fills the caches."""
    program = Path(sys.executable).parent / "sciarada"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        return [measure_process([program, "--help"], log).wall for _ in range(runs + 1)][1:]


def imported_modules() -> set[str]:
    """Name the modules that `sciarada --help` imports."""
    run = subprocess.run(
        [sys.executable, "-c", LIST_MODULES], check=True, capture_output=True, text=True
    )
    return set(run.stderr.split())


def slowest_imports(count: int) -> list[tuple[str, str]]:
    """List the `count` modules of `sciarada.cli.main` that take longest by themselves, in ms."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import sciarada.cli.main"],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line.split("|") for line in run.stderr.splitlines()[1:]]
    own = [(int(first.rpartition(":")[2]), name.strip()) for first, _, name in lines]
    return [(f"`{name}`", f"{time / 1e3:.1f}") for time, name in sorted(own, reverse=True)[:count]]


def main() -> None:
    """Measure and write docs/benchmarks/startup.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()

    walls = time_help(options.runs)
    modules = imported_modules()
    heavy = sorted(modules.intersection(HEAVY))
    body = f"""
`sciarada --help`, whole process, {options.runs} runs after one that fills the caches: median
**{np.median(walls):.3f} s** ({min(walls):.3f} to {max(walls):.3f} s).

It imports {len(modules)} modules. Of {", ".join(HEAVY)}: {", ".join(heavy) or "none"}.

The slowest by themselves:

{pages.table(("module", "ms"), slowest_imports(8))}
"""
    pages.write_page("startup", "Start-up", body, pages.own_versions())


if __name__ == "__main__":
    main()

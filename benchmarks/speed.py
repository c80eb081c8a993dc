"""Time source finders on one simulated field, in turn, and `sciarada detect` on growing fields.

The finders take turns (A B C A B C ...), so that a machine whose speed drifts slows all of them.
A ratio is taken within each turn; the page gives the median of them.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import pages, peers
from benchmarks.processes import Usage, measure_process, use_cores
from benchmarks.speed_field import write_benchmark_field

MIB = 2**20


def time_finders(
    image: Path, folder: Path, finders: list[str], options: argparse.Namespace
) -> dict[str, list[Usage]]:
    """Run each finder `options.runs` times (the slow ones `options.slow_runs`), in turn."""
    usages: dict[str, list[Usage]] = {finder: [] for finder in finders}
    for turn in range(options.runs):
        for finder in finders:
            if finder in options.slow and turn >= options.slow_runs:
                continue
            usages[finder].append(run_finder(finder, image, folder / finder, options))
    return usages


def run_finder(finder: str, image: Path, out: Path, options: argparse.Namespace) -> Usage:
    """Run one finder on `image` and measure it."""
    arguments = peers.command(finder, image, out, environment=options.env, cores=options.cores)
    usage = measure_process(arguments, out.with_suffix(".log"), limit=options.limit)
    print(f"{finder}: {usage.wall:.1f} s, {usage.memory / MIB:.0f} MiB", flush=True)
    return usage


def comparison_table(usages: dict[str, list[Usage]], folder: Path) -> str:
    """One row per finder: times, memory, sources found, and times sciarada's wall time."""
    rows = []
    for finder, runs in usages.items():
        walls = [run.wall for run in runs]
        ended = all(run.finished for run in runs)
        pairs = zip(walls, (run.wall for run in usages["sciarada"]), strict=False)
        ratio = np.median([wall / own for wall, own in pairs])
        rows.append(
            (
                finder,
                len(runs),
                ("" if ended else "> ") + f"{np.median(walls):.1f}",
                f"{min(walls):.1f} to {max(walls):.1f}",
                f"{np.median([run.cpu for run in runs]):.1f}",
                f"{max(run.memory for run in runs) / MIB:.0f}",
                len(peers.read_list(finder, folder / finder)) if ended else "",
                ("" if ended else "> ") + f"{ratio:.1f}",
            )
        )
    header = (
        "finder", "runs", "wall, s", "range, s", "CPU, s", "memory, MiB", "rows", "times sciarada"
    )  # fmt: skip
    return pages.table(header, rows)


def measure_scaling(folder: Path, options: argparse.Namespace) -> str:
    """Run `sciarada detect` on fields of growing size: one row per size."""
    rows, areas, walls = [], [], []
    for size in options.sizes:
        image = make_field(folder, size, options.seed)
        usage = run_finder("sciarada", image, folder / f"scaling_{size}", options)
        found = len(peers.read_list("sciarada", folder / f"scaling_{size}"))
        areas.append(size**2 / 1e6)
        walls.append(usage.wall)
        rows.append(
            (
                size,
                f"{usage.wall:.1f}",
                f"{usage.cpu:.1f}",
                f"{usage.memory / MIB:.0f}",
                found,
                f"{usage.wall / areas[-1]:.3f}",
            )
        )
        image.unlink()
    header = ("side, px", "wall, s", "CPU, s", "memory, MiB", "rows", "wall s per megapixel")
    start, slope = np.polynomial.Polynomial.fit(areas, walls, 1, w=1 / np.array(walls)).convert()
    return f"{pages.table(header, rows)}\n\nFitted: {start:.1f} s and {slope:.3f} s per megapixel."


def make_field(folder: Path, size: int, seed: int) -> Path:
    """Write the benchmark field of `size` pixels on a side."""
    path = folder / f"field_{size}.fits"
    write_benchmark_field(path, folder / f"truth_{size}.fits", size, seed)
    return path


def main() -> None:
    """Measure and write docs/benchmarks/speed.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--finders", nargs="+", choices=peers.FINDERS, default=list(peers.FINDERS))
    parser.add_argument("--runs", type=int, default=5, help="turns (default: 5)")
    parser.add_argument("--slow", nargs="*", choices=peers.FINDERS, default=["aegean"])
    parser.add_argument("--slow-runs", type=int, default=1, help="turns of the slow finders")
    parser.add_argument("--limit", type=float, default=1800, help="seconds a run may take")
    parser.add_argument("--size", type=int, default=4096, help="side of the field in pixels")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1024, 2048, 4096, 8192, 16384], help="for scaling"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--env", type=Path, default=peers.DEFAULT_ENVIRONMENT)
    options = parser.parse_args()
    use_cores(options.cores)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image = make_field(folder, options.size, options.seed)
        finders = ["sciarada", *(f for f in options.finders if f != "sciarada")]
        usages = time_finders(image, folder, finders, options)
        compared = comparison_table(usages, folder)
        scaled = measure_scaling(folder, options)
    body = f"""
Whole processes, from the command to the last file written. Memory is the largest resident memory
of a process and its children, shared pages counted once.

## Finders side by side

A simulated field of {options.size} x {options.size} px (seed {options.seed}) with correlated noise.
The finders took turns; "times sciarada" is the median of the ratios of wall times within a turn.
PyBDSF and Aegean fit Gaussians, as SCIARADA does; photutils' chain measures segments; sep only
extracts. SCIARADA also writes maps, regions, a preview and a report.

{compared}

## Time against area

`sciarada detect` on fields with the same number of sources per pixel.

{scaled}
"""
    versions = pages.own_versions() | peers.versions(options.env)
    pages.write_page("speed", "Speed and memory", body, versions)


if __name__ == "__main__":
    main()

"""Write a benchmark's result as a page under docs/benchmarks."""

import os
import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

PAGES = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a markdown table, the first column to the left and the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def machine() -> str:
    """Name the processor, the cores in use, the memory and the operating system."""
    cores = len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {cores} cores used, {memory:.0f} GiB, {platform.system()}"


def own_versions() -> dict[str, str]:
    """Versions of SCIARADA and of what it computes with, in this interpreter."""
    return _versions("sciarada", "numpy", "scipy", "astropy", "photutils")


def nn_versions() -> dict[str, str]:
    """Versions of SCIARADA and of what its networks compute with, in this interpreter."""
    return _versions(
        "sciarada", "torch", "torchvision", "lightning-fabric", "numpy", "scikit-learn"
    )


def write_page(name: str, title: str, body: str, versions: dict[str, str]) -> Path:
    """Write docs/benchmarks/`name`.md: `body`, then how, where and when it was measured."""
    spec = sys.modules["__main__"].__spec__
    module = spec.name if spec else f"benchmarks.{Path(sys.argv[0]).stem}"
    command = shlex.join(["python", "-m", module, *sys.argv[1:]])
    facts = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "versions": ", ".join(f"{key} {value}" for key, value in versions.items()),
    }
    footer = "\n".join(f"- {key}: {value}" for key, value in facts.items())
    PAGES.mkdir(parents=True, exist_ok=True)
    path = PAGES / f"{name}.md"
    path.write_text(
        f"# {title}\n\n{body.strip()}\n\n## How it was measured\n\n"
        f"```sh\n{command}\n```\n\n{footer}\n"
    )
    return path


def _versions(*names: str) -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()

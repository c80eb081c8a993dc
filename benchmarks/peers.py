"""The other source finders: their own environment, and how each finder is run and read.

Every finder runs as a process of its own. The peers, some of them under the GPL, live in an
environment outside the checkout, and nothing of SCIARADA imports them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from astropy.table import Table

PEERS = ("pybdsf", "aegean", "photutils", "sep")
FINDERS = ("sciarada", *PEERS)
PACKAGES = (
    "bdsf",
    "AegeanTools",
    "photutils",
    "sep",
    "numpy<2.4",  # Aegean 2.3.5 uses numpy.linalg.linalg, gone in 2.4; PyBDSF 1.14.1 fails on 2.5
)
RUNNERS = Path(__file__).parent / "runners"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
DEFAULT_ENVIRONMENT = CACHE / "sciarada-benchmarks"


def install(environment: Path, python: str | None = None) -> None:
    """Make the virtual environment and install the peers in it, with `python` or Python 3.12."""
    if python is None:
        python = sys.executable if sys.version_info >= (3, 12) else shutil.which("python3.12")
    subprocess.run([python or sys.executable, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--upgrade"]
    subprocess.run([*pip, *PACKAGES], check=True)


def command(
    finder: str, image: Path, out: Path, *, environment: Path = DEFAULT_ENVIRONMENT, cores: int = 2
) -> list[str | Path]:
    """Return the command that runs `finder` on `image` and leaves its lists in the folder `out`."""
    if finder == "sciarada":
        program = Path(sys.executable).parent / "sciarada"
        return [program, "detect", image, "--out", out, "--quiet", "--overwrite"]
    python = environment / "bin" / "python"
    if not python.exists():
        raise SystemExit(
            f"{environment} does not hold the peers: run `python -m benchmarks.peers install`."
        )
    runner = RUNNERS / f"run_{finder}.py"
    return [python, "-W", "ignore", runner, image, out, "--cores", str(cores)]


def read_list(finder: str, out: Path, kind: str = "sources") -> Table:
    """Read what `finder` left in `out`: its `sources`, or the `components` of PyBDSF and ours."""
    if finder == "sciarada":
        return Table.read(out / "catalogue.fits", hdu=kind.upper())
    return Table.read(out / f"{kind}.fits")


def versions(environment: Path = DEFAULT_ENVIRONMENT) -> dict[str, str]:
    """Ask the peers' environment for the versions in it."""
    listing = subprocess.run(
        [environment / "bin" / "python", "-m", "pip", "list", "--format", "json"],
        check=True,
        capture_output=True,
    )
    installed = {row["name"].lower(): row["version"] for row in json.loads(listing.stdout)}
    names = {
        "bdsf": "PyBDSF",
        "aegeantools": "Aegean",
        "photutils": "photutils (peer)",
        "sep": "sep",
    }
    return {label: installed[name] for name, label in names.items()}


def main() -> None:
    """Install the peers, or run one finder on an image."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--env", type=Path, default=DEFAULT_ENVIRONMENT, help="where the peers are")
    verbs = parser.add_subparsers(dest="verb", required=True)
    installing = verbs.add_parser("install", help="make the environment")
    installing.add_argument("--python", help="interpreter to use (default: python3.12)")
    running = verbs.add_parser("run", help="run one finder")
    running.add_argument("finder", choices=FINDERS)
    running.add_argument("image", type=Path)
    running.add_argument("out", type=Path)
    running.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    if options.verb == "install":
        install(options.env, options.python)
    else:
        arguments = command(
            options.finder,
            options.image,
            options.out,
            environment=options.env,
            cores=options.cores,
        )
        subprocess.run(arguments, check=True)


if __name__ == "__main__":
    main()

"""Train on and embed 1.5 million cutouts of 20 mosaics; write the page about memory."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from astropy.io import fits

from benchmarks import pages
from benchmarks.processes import Usage, measure_process, use_cores
from benchmarks.ssl.random_weights import write_random_weights

SIDE, PIXEL, APART = 16384, 2.0, 15.0  # pixels, arcsec, degrees
BLOCK = 2880
AIM = 3.0  # GiB
BRIGHTNESS = 1e-4


def write_sparse(path: Path, ra: float) -> None:
    """Write a mosaic of one value that takes no space on the disk: BZERO makes it of zeros."""
    cards = {
        "SIMPLE": True,
        "BITPIX": -32,
        "NAXIS": 2,
        "NAXIS1": SIDE,
        "NAXIS2": SIDE,
        "BSCALE": 1.0,
        "BZERO": BRIGHTNESS,
        "CTYPE1": "RA---SIN",
        "CTYPE2": "DEC--SIN",
        "CRVAL1": ra,
        "CRVAL2": -45.0,
        "CRPIX1": SIDE / 2,
        "CRPIX2": SIDE / 2,
        "CDELT1": -PIXEL / 3600,
        "CDELT2": PIXEL / 3600,
        "BUNIT": "Jy/beam",
    }
    with path.open("wb") as stream:
        stream.write(fits.Header(cards).tostring().encode())
        stream.truncate(stream.tell() + -(-SIDE * SIDE * 4 // BLOCK) * BLOCK)


def run(arguments: Iterable[object], folder: Path) -> tuple[Usage, str]:
    """Run a command of Python to its end; return what it took, and what it said."""
    log = folder / "log.txt"
    usage = measure_process([sys.executable, *map(str, arguments)], log)
    return usage, log.read_text().strip()


def measure(options: argparse.Namespace, folder: Path) -> list[tuple[object, ...]]:
    """Return the rows of the page."""
    mosaics = [folder / f"mosaic{number:02d}.fits" for number in range(options.mosaics)]
    for number, path in enumerate(mosaics):
        write_sparse(path, number * APART + 5)
    table, weights = folder / "set.fits", folder / "random.safetensors"
    write_random_weights(weights, options.npix)
    sampler = ("--sampler", "random", "--number", options.cutouts, "--size", options.npix)
    first = ("-m", "benchmarks.ssl.first_batch")
    commands = {
        "`sciarada cutouts --sampler random`": (
            *("-m", "sciarada", "--quiet", "cutouts", *mosaics),
            *(*sampler, "--overlap", 1, "-o", table),
        ),
        f"`sciarada pretrain`, to the end of its first step of {options.batch}": (
            *(*first, "pretrain", table, "--npix", options.npix, "--batch", options.batch),
        ),
        **{
            f"`sciarada embed`, {number:,} cutouts of all mosaics": (
                *(*first, "embed", table, "--weights", weights, "--number", number),
            )
            for number in options.embedded
        },
    }
    rows = []
    for name, arguments in commands.items():
        usage, said = run(arguments, folder)
        gib = usage.memory / 2**30
        met = "yes" if gib <= AIM else "no"
        rows.append((name, f"{usage.wall:.1f}", f"{usage.cpu:.1f}", f"{gib:.2f}", met, said))
        print(*rows[-1], sep=" | ")
    return rows


def main() -> None:
    """Measure and write docs/benchmarks/ssl_memory.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cutouts", type=int, default=1_500_000)
    parser.add_argument("--mosaics", type=int, default=20)
    parser.add_argument("--npix", type=int, default=64)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--embedded", type=int, nargs="+", default=(5_000, 20_000))
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    use_cores(options.cores)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options, Path(folder))
    header = ("what", "seconds", "CPU seconds", "peak GiB", f"below {AIM:.0f}", "it says")
    body = f"""
{options.cutouts:,} random cutouts of {options.npix} pixels over {options.mosaics} mosaics of
{SIDE}x{SIDE} pixels, each a sparse file of one value: what is read costs no disk, what is computed
is the same. Whole processes, start of Python included; memory is the largest proportional set size
of the process and its children, 20 samples per second. ResNet18, stem `standard`.

{pages.table(header, rows)}

`sciarada embed` writes its table batch by batch, so its memory does not grow with the number of
vectors: it was given two numbers of them.
"""
    print(pages.write_page("ssl_memory", "Memory of large sets", body, pages.nn_versions()))


if __name__ == "__main__":
    main()

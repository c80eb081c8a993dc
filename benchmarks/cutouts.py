"""Cut squares out of a memory-mapped image with CutoutSet and with astropy's Cutout2D."""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.wcs import WCS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from benchmarks import pages
from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.io.fits_image import read_image

SIDE = 4096
NPIX = 128
PIXEL = 2.0  # arcsec
BATCH = 256
MANY = 1_500_000
TARGET = 15


def write_image(path: Path, rng: np.random.Generator) -> None:
    """Write noise with a WCS."""
    header = fits.Header(
        {
            "CTYPE1": "RA---SIN",
            "CTYPE2": "DEC--SIN",
            "CRVAL1": 150.0,
            "CRVAL2": -45.0,
            "CRPIX1": SIDE / 2,
            "CRPIX2": SIDE / 2,
            "CDELT1": -PIXEL / 3600,
            "CDELT2": PIXEL / 3600,
            "BUNIT": "Jy/beam",
        }
    )
    fits.writeto(path, rng.normal(size=(SIDE, SIDE)).astype(np.float32), header)


def random_sky(image: SkyImage, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return positions all over the image, up to its border: rows ra and dec."""
    x, y = rng.uniform(-0.5, SIDE - 0.5, (2, count))
    return np.array(image.pixel_to_sky(x, y))


def with_cutout2d(data: np.ndarray, wcs: WCS, positions: Iterable[SkyCoord]) -> np.ndarray:
    """Cut with astropy, into one float32 stack as CutoutSet does."""
    return np.stack(
        [
            Cutout2D(data, position, NPIX, wcs=wcs, mode="partial", fill_value=np.nan).data.astype(
                np.float32
            )
            for position in positions
        ]
    )


def with_slices(path: Path, offset: int, corners: np.ndarray) -> np.ndarray:
    """Cut at pixel positions known beforehand, within the image: what is left is the reading."""
    mapped = np.memmap(path, ">f4", "r", offset, (SIDE, SIDE))
    stack = np.empty((len(corners), NPIX, NPIX), np.float32)
    for place, (y, x) in zip(stack, corners.tolist(), strict=True):
        place[...] = mapped[y : y + NPIX, x : x + NPIX]
    return stack


def rates(ways: dict[str, tuple[int, Callable[[], object]]], rounds: int) -> dict[str, list[float]]:
    """Return the cutouts per second of every way and round, after a round that fills the caches."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, (count, run) in ways.items():
            start = time.perf_counter()
            run()
            if number:
                found[name].append(count / (time.perf_counter() - start))
    return found


def build_many(path: Path) -> dict[str, float]:
    """Make a set of 1.5 million positions: seconds, and peak MiB of a process that does no more."""
    image = read_image(path)
    ra, dec = random_sky(image, MANY, np.random.default_rng(2))
    start = time.perf_counter()
    cutouts = CutoutSet.from_positions(image, ra, dec, NPIX)
    seconds = time.perf_counter() - start
    assert len(cutouts) == MANY
    return {"seconds": seconds, "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def in_new_process(function: Callable[[Path], dict], path: Path) -> dict:
    """Call a function in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, path).result()


def measure(path: Path, count: int, rounds: int) -> dict:
    """Compare the ways on one image."""
    rng = np.random.default_rng(1)
    write_image(path, rng)
    image = read_image(path)
    ra, dec = random_sky(image, count, rng)
    few = max(count // 20, 1)
    positions = [SkyCoord(*sky, unit="deg") for sky in zip(ra[:few], dec[:few], strict=True)]
    corners = rng.integers(0, SIDE - NPIX, (count, 2))
    cutouts = CutoutSet.from_positions(image, ra, dec, NPIX)

    with fits.open(path, memmap=True) as hdus:
        data, wcs, offset = hdus[0].data, WCS(hdus[0].header), hdus[0].fileinfo()["datLoc"]
        np.testing.assert_array_equal(
            cutouts[:few].pixels(), with_cutout2d(data, wcs, positions), "the ways disagree"
        )
        ways = {
            "Cutout2D": (few, lambda: with_cutout2d(data, wcs, positions)),
            "CutoutSet": (
                count,
                lambda: CutoutSet.from_positions(image, ra, dec, NPIX).pixels(),
            ),
            f"CutoutSet, {BATCH} at a time": (
                count,
                lambda: [cutouts[k : k + BATCH].pixels() for k in range(0, count, BATCH)],
            ),
            "CutoutSet, one at a time": (few, lambda: [cutouts.cutout(k) for k in range(few)]),
            "CutoutSet, to 64 px": (few, lambda: cutouts[:few].pixels(npix=64)),
            "CutoutSet, north up": (few, lambda: cutouts[:few].pixels(north_up=True)),
            "bare slices at random": (count, lambda: with_slices(path, offset, corners)),
        }
        found = rates(ways, rounds)
    base = np.array(found["Cutout2D"])
    return {
        "image": [SIDE, SIDE],
        "npix": NPIX,
        "cutouts": count,
        "rounds": rounds,
        "rate": {name: float(np.median(rate)) for name, rate in found.items()},
        "ratio": {name: float(np.median(rate / base)) for name, rate in found.items()},
        "worst_ratio": {name: float(np.min(rate / base)) for name, rate in found.items()},
        "many": in_new_process(build_many, path),
        "versions": pages.own_versions(),
        "machine": pages.machine(),
    }


def main() -> None:
    """Measure, and write docs/benchmarks/cutouts.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cutouts", description=__doc__)
    parser.add_argument("--count", type=int, default=4000, help="cutouts of one round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file as well")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder) / "image.fits", options.count, options.rounds)
    rows = [
        (name, f"{rate:,.0f}", f"{result['ratio'][name]:.1f}", f"{result['worst_ratio'][name]:.1f}")
        for name, rate in result["rate"].items()
    ]
    table = pages.table(("way", "cutouts per second", "times Cutout2D", "worst round"), rows)
    many = f"{result['many']['seconds']:.1f} s and {result['many']['MiB']:.0f} MiB"
    body = f"""
{NPIX}x{NPIX} px cutouts at sky positions all over a memory-mapped {SIDE}x{SIDE} px float32 FITS
image, its border included, as float32 arrays. Cutout2D gets its SkyCoords ready-made; CutoutSet
gets arrays of ra and dec and turns them into pixels within the time, except where the set is made
beforehand (at a time). WCSs of CutoutSet are made on demand and not here. The ways take turns,
{options.rounds} rounds; medians. Target: {TARGET} times Cutout2D.

{table}

A set of {MANY:,} positions is made in {many} of resident memory, interpreter and libraries
included.
"""
    page = pages.write_page("cutouts", "Cutouts", body, pages.own_versions())
    print(f"{table}\n\n{MANY:,} positions: {many}\n{page}")
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

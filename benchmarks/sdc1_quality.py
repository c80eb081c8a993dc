"""Measure completeness and reliability on the SKA Science Data Challenge 1 field.

The image is not corrected for the primary beam: fluxes read about 0.85 of the truth.

A source counts as found if a detection matches it one to one within the radius (the closest pair
first). A detection counts as false if it matches no true source above the flux limit. Since the
image is deeper than that limit, most of these are real sources just below it; so there is a second
reliability, which leaves out the detections that match a fainter true source.
"""

import argparse
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from benchmarks import pages, peers
from benchmarks.processes import measure_process, use_cores
from sciarada.evaluate.estimates import Estimate, proportion
from sciarada.evaluate.matching import match_positions

DATA = Path(__file__).resolve().parents[1] / "../shared/data/sdc1_b1/dev"
LISTS = {
    "sciarada sources": ("sciarada", "sources"),
    "sciarada components": ("sciarada", "components"),
    "PyBDSF sources": ("pybdsf", "sources"),
    "PyBDSF Gaussians": ("pybdsf", "components"),
    "Aegean components": ("aegean", "sources"),
    "photutils segments": ("photutils", "sources"),
}
MICRO = 1e-6
CELLS_A_SIDE = 10
N_CELLS = CELLS_A_SIDE**2
FLUX_EDGES = (2, 3, 4, 5, 7, 10, 20, 50, 100, np.inf)  # uJy


@dataclass(frozen=True)
class Outcome:
    """What became of each true source above the limit and of each detection.

    Attributes
    ----------
    true_flux, flux : ndarray
        Fluxes of the true sources and of the detections.
    recovered, right : ndarray of bool
        Whether each of them has its partner.
    fainter : ndarray of bool
        Whether a detection without a partner matches a true source below the limit.
    true_cell, cell : ndarray of int
        The cell of the sky that each of them lies in.
    """

    true_flux: np.ndarray
    recovered: np.ndarray
    true_cell: np.ndarray
    flux: np.ndarray
    right: np.ndarray
    fainter: np.ndarray
    cell: np.ndarray

    def f1_samples(self, *, drop_fainter: bool = False) -> np.ndarray:
        """Give F1 of the field, then of 1000 fields made of cells drawn from it with replacement.

        F1, the harmonic mean of completeness and reliability, is twice the number of pairs over
        the number of true sources and detections. Whole cells are drawn, as neighbouring sources
        are found or missed together; the same ones for every list, so that differences between
        lists can be taken draw by draw.
        """
        kept = ~self.fainter if drop_fainter else np.ones(len(self.right), bool)
        counts = np.stack(
            [
                np.bincount(self.true_cell, self.recovered, minlength=N_CELLS),
                np.bincount(self.true_cell, minlength=N_CELLS),
                np.bincount(self.cell[kept], self.right[kept], minlength=N_CELLS),
                np.bincount(self.cell[kept], minlength=N_CELLS),
            ]
        )
        draws = np.random.default_rng(1).multinomial(N_CELLS, np.full(N_CELLS, 1 / N_CELLS), 1000)
        found, true, right, rows = counts @ np.vstack([np.ones(N_CELLS), draws]).T
        return (found + right) / (true + rows)


def sky_cell(ra: ArrayLike, dec: ArrayLike, truth: Table) -> np.ndarray:
    """Find the cell that each position lies in, on a grid over the positions of `truth`."""
    place = []
    for position, column in ((ra, "ra_cent"), (dec, "dec_cent")):
        edges = np.linspace(truth[column].min(), truth[column].max(), CELLS_A_SIDE + 1)
        place.append(np.searchsorted(edges[1:-1], unwrap(position)))
    return place[0] * CELLS_A_SIDE + place[1]


def unwrap(degrees: ArrayLike) -> np.ndarray:
    """Bring angles to -180 to 180 degrees: the field lies beside right ascension 0."""
    return (np.asarray(degrees, dtype=float) + 180) % 360 - 180


def share(outcome: np.ndarray) -> Estimate:
    """Give the share of True with its interval."""
    return proportion(int(outcome.sum()), len(outcome))


def with_interval(samples: np.ndarray) -> Estimate:
    """Give the first of `samples` with the interval that holds 95 % of the others."""
    return Estimate(samples[0], *np.quantile(samples[1:], [0.025, 0.975]), len(samples) - 1)


def judge(found: Table, truth: Table, options: argparse.Namespace) -> Outcome:
    """Match detections to the truth above the limit, and the rest of them to fainter truth."""
    flux = np.asarray(truth["flux_jy"])
    bright = truth[flux > options.limit * MICRO]
    faint = truth[(flux <= options.limit * MICRO) & (flux > options.faint * MICRO)]
    recovered, right = match(bright, found, options.radius)
    fainter = np.zeros(len(found), bool)
    fainter[~right] = match(faint, found[~right], options.radius)[1]
    return Outcome(
        true_flux=np.asarray(bright["flux_jy"]),
        recovered=recovered,
        true_cell=sky_cell(bright["ra_cent"], bright["dec_cent"], truth),
        flux=np.asarray(found["total_flux"]),
        right=right,
        fainter=fainter,
        cell=sky_cell(found["ra"], found["dec"], truth),
    )


def match(truth: Table, found: Table, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Match one to one: whether each true source and each detection has its partner."""
    pairs = match_positions(truth["ra_cent"], truth["dec_cent"], found["ra"], found["dec"], radius)
    recovered, right = np.zeros(len(truth), bool), np.zeros(len(found), bool)
    recovered[pairs.first], right[pairs.second] = True, True
    return recovered, right


def run_finders(image: Path, truth: Table, options: argparse.Namespace) -> dict[str, Outcome]:
    """Run each finder once and judge its lists."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for finder in options.finders:
            command = peers.command(
                finder, image, folder / finder, environment=options.env, cores=options.cores
            )
            measure_process(command, folder / f"{finder}.log")
        for label, (finder, kind) in LISTS.items():
            if finder in options.finders:
                found = peers.read_list(finder, folder / finder, kind)
                outcomes[label] = judge(found, truth, options)
    return outcomes


def score_table(outcomes: dict[str, Outcome]) -> str:
    """One row a list of detections; the first list is the one the others are compared with."""
    rows = []
    first = next(iter(outcomes.values())).f1_samples()
    for label, outcome in outcomes.items():
        f1 = outcome.f1_samples()
        rows.append(
            (
                label,
                len(outcome.right),
                f"{share(outcome.recovered):.3f}",
                f"{share(outcome.right):.3f}",
                f"**{with_interval(f1):.3f}**",
                f"{with_interval(first - f1):+.3f}" if rows else "",
                f"{share(outcome.right[~outcome.fainter]):.3f}",
                f"{with_interval(outcome.f1_samples(drop_fainter=True)):.3f}",
            )
        )
    header = (
        "list",
        "rows",
        "completeness",
        "reliability",
        "F1",
        f"F1 of {next(iter(outcomes))} less this",
        "reliability, fainter left out",
        "F1, fainter left out",
    )
    return pages.table(header, rows)


def curve_table(outcomes: dict[str, Outcome], sample: str) -> str:
    """One row a bin of flux: completeness in true flux, or reliability in measured flux."""
    rows = []
    for low, high in pairwise(FLUX_EDGES):
        cells = []
        for outcome in outcomes.values():
            completeness = sample == "completeness"
            flux = outcome.true_flux if completeness else outcome.flux
            kept = outcome.recovered if completeness else outcome.right
            inside = (flux > low * MICRO) & (flux <= high * MICRO)
            cells.append(f"{kept[inside].mean():.3f} of {inside.sum()}" if inside.any() else "")
        if any(cells):
            rows.append((f"{low} to {high}" if np.isfinite(high) else f"above {low}", *cells))
    return pages.table(("flux, uJy", *outcomes), rows)


def main() -> None:
    """Measure and write docs/benchmarks/sdc1_quality.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sdc1_quality", description=__doc__)
    finders = list(dict.fromkeys(finder for finder, _ in LISTS.values()))
    parser.add_argument("--finders", nargs="+", choices=finders, default=finders)
    parser.add_argument("--limit", type=float, default=3.0, help="flux that must be found, uJy")
    parser.add_argument("--faint", type=float, default=1.0, help="flux of the fainter truth, uJy")
    parser.add_argument("--radius", type=float, default=1.5, help="match radius, arcsec")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--env", type=Path, default=peers.DEFAULT_ENVIRONMENT)
    options = parser.parse_args()
    use_cores(options.cores)

    image = DATA / "sdc1_b1_1000h.fits"
    truth = Table.read(DATA / "truth.csv")
    outcomes = run_finders(image, truth, options)
    above = int((truth["flux_jy"] > options.limit * MICRO).sum())
    body = f"""
SKA Science Data Challenge 1, 560 MHz, 1000 h: a part of 645 x 957 px with {above} true sources
above {options.limit:g} uJy. All finders with their default thresholds; PyBDSF is given a frequency,
PyBDSF and Aegean a position angle of the beam, which they need and the image lacks.

A true source counts as found if a detection matches it one to one within {options.radius:g} arcsec,
the closest pairs first. A detection counts as false if it matches no true source above
{options.limit:g} uJy. The image is deeper than that, so most of these are real; the last two
columns leave out the detections that match a true source of {options.faint:g} to
{options.limit:g} uJy. Fluxes in the image are about 0.85 of the true ones (primary beam). In
brackets: 95 % intervals (Wilson's; for F1 a bootstrap over {N_CELLS} cells of the sky).

{score_table(outcomes)}

## Completeness against true flux

{curve_table(outcomes, "completeness")}

## Reliability against measured flux

False is here what matches no true source above {options.limit:g} uJy.

{curve_table(outcomes, "reliability")}
"""
    versions = pages.own_versions() | peers.versions(options.env)
    pages.write_page("sdc1_quality", "Completeness and reliability", body, versions)


if __name__ == "__main__":
    main()

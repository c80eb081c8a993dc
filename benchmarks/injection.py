"""Measure fluxes, positions, sizes and their errors of injected Gaussians in correlated noise.

The signal to noise of a source is its injected peak over the rms of the noise.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from astropy.table import Table, vstack
from scipy.spatial import KDTree
from scipy.stats import bootstrap, median_abs_deviation

from benchmarks import pages, peers
from benchmarks.injected import BEAM, KINDS, NOISE_WIDTHS, PIXEL, inject
from benchmarks.processes import measure_process, use_cores

BINS = ((5, 10), (10, 20), (20, 100))
SIZE_BINS = ((0.5, 1.0), (1.0, 1.5), (1.5, 2.5))  # intrinsic major axis over the beam's
MATCH_RADIUS = BEAM[0]  # arcsec; the nearest neighbour is 13 times as far
QUANTITIES = ("total_flux", "peak_flux", "ra", "dec")


def measure(finder: str, kind: str, noise: str, seeds: range, options: argparse.Namespace) -> Table:
    """Run `finder` on one field per seed: one row per injected source, with what was measured."""
    parts = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            field = inject(kind, noise, options.size, seed)
            field.write(folder / "image.fits")
            out = folder / "out"
            command = peers.command(
                finder,
                folder / "image.fits",
                out,
                environment=options.env,
                cores=options.cores,
            )
            measure_process(command, folder / "log.txt")
            parts.append(pair(field.truth, peers.read_list(finder, out)))
    return vstack(parts)


def pair(truth: Table, found: Table) -> Table:
    """Add to each source of `truth` the nearest row of `found`, NaN where nothing was found.

    Columns added: `rows`, the number of rows found within the match radius; `x_<quantity>`, the
    relative error of a flux or axis, or the error of a position in arcsec; `pull_<quantity>`.
    """
    east = 3600 * np.cos(np.radians(truth["dec"].mean()))
    places = np.c_[truth["ra"] * east, truth["dec"] * 3600]
    tree = KDTree(np.c_[values(found, "ra") * east, values(found, "dec") * 3600])
    distance, row = tree.query(places)
    nearest = found[np.minimum(row, len(found) - 1)]
    seen = distance <= MATCH_RADIUS

    table = truth.copy()
    table["rows"] = [len(near) for near in tree.query_ball_point(places, MATCH_RADIUS)]
    for name in QUANTITIES:
        error = values(nearest, name) - truth[name]
        if name in ("ra", "dec"):
            error *= 3600 * (np.cos(np.radians(truth["dec"])) if name == "ra" else 1)
        scale = 1 if name in ("ra", "dec") else truth[name]
        table[f"x_{name}"] = np.where(seen, error / scale, np.nan)
        pull = error / values(nearest, f"e_{name}")
        table[f"pull_{name}"] = np.where(seen, pull, np.nan)
    for name in ("dc_maj_axis", "dc_min_axis"):
        with np.errstate(divide="ignore", invalid="ignore"):  # points have no size
            error = values(nearest, name) / truth[name] - 1
        table[f"x_{name}"] = np.where(seen, error, np.nan)
    return table


def values(table: Table, name: str) -> np.ndarray:
    """Read a column as float64, with NaN for null and for a column that is not there."""
    if name not in table.colnames:
        return np.full(len(table), np.nan)
    return np.ma.filled(np.ma.asarray(table[name], dtype=np.float64), np.nan)


def with_interval(
    sample: np.ndarray, statistic: Callable[..., np.ndarray], scale: float = 1, digits: int = 2
) -> str:
    """Format a statistic of the finite values and its 95 % bootstrap interval."""
    sample = sample[~np.isnan(sample)]
    if len(sample) < 3:
        return ""
    interval = bootstrap(
        (sample,), statistic, n_resamples=1000, method="percentile", rng=1
    ).confidence_interval
    numbers = (statistic(sample, axis=0), interval.low, interval.high)
    best, low, high = (f"{scale * number:.{digits}f}" for number in numbers)
    return f"{best} ({low}, {high})"


def median_with_missed(sample: np.ndarray, axis: int = -1) -> np.ndarray:
    """Take the median with values of -inf for what was missed."""
    return np.quantile(sample, 0.5, axis=axis, method="inverted_cdf")


def robust_deviation(sample: np.ndarray, axis: int = -1) -> np.ndarray:
    """Scale the median absolute deviation to the standard deviation of a Gaussian."""
    return median_abs_deviation(sample, axis=axis, scale="normal")


def bias_table(pairs: Table) -> str:
    """One row per bin of signal to noise: how many were found, and the bias of their fluxes."""
    rows = []
    for low, high in BINS:
        part = pairs[(pairs["snr"] >= low) & (pairs["snr"] < high)]
        found = part["rows"] > 0
        missed_low = np.where(found, part["x_total_flux"], -np.inf)
        rows.append(
            (
                f"{low} to {high}",
                len(part),
                f"{100 * found.mean():.1f}",
                f"{part['rows'][found].mean():.3f}",
                with_interval(part["x_total_flux"], np.median, 100),
                with_interval(missed_low, median_with_missed, 100),
                with_interval(part["x_peak_flux"], np.median, 100),
            )
        )
    header = (
        "S/N",
        "injected",
        "found, %",
        "rows per source",
        "total flux, %",
        "total flux, missed ones counted low, %",
        "peak flux, %",
    )
    return pages.table(header, rows)


def pull_table(pairs: Table) -> str:
    """One row per bin of signal to noise: plain and robust deviations of the pulls."""
    rows = []
    for low, high in (*BINS, (5, 100)):
        part = pairs[(pairs["snr"] >= low) & (pairs["snr"] < high)]
        for label, statistic in (("plain", np.std), ("robust", robust_deviation)):
            cells = [with_interval(part[f"pull_{name}"], statistic) for name in QUANTITIES]
            known = np.isfinite(part["pull_total_flux"]).sum()
            rows.append((f"{low} to {high}", label, known, *cells))
    return pages.table(("S/N", "deviation", "sources", *QUANTITIES), rows)


def size_table(pairs: Table) -> str:
    """One row per bin of intrinsic size, above S/N 20: the bias of the deconvolved FWHM."""
    rows = []
    bright = pairs[(pairs["snr"] >= 20) & (pairs["rows"] > 0)]
    for low, high in (*SIZE_BINS, (0.5, 2.5)):
        width = bright["dc_maj_axis"] / BEAM[0]
        part = bright[(width >= low) & (width < high)]
        measured = np.isfinite(part["x_dc_maj_axis"])
        rows.append(
            (
                f"{low} to {high}",
                len(part),
                f"{100 * measured.mean():.1f}",
                with_interval(part["x_dc_maj_axis"], np.median, 100),
                with_interval(part["x_dc_min_axis"], np.median, 100),
            )
        )
    header = ("true FWHM over beam", "found", "resolved, %", "major axis, %", "minor axis, %")
    return pages.table(header, rows)


def main() -> None:
    """Measure and write docs/benchmarks/injection.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.injection", description=__doc__)
    parser.add_argument("--finder", choices=peers.FINDERS, default="sciarada")
    parser.add_argument("--size", type=int, default=2048, help="side of a field in pixels")
    parser.add_argument("--seeds", type=int, default=5, help="fields of each sort")
    parser.add_argument("--noise", nargs="+", choices=NOISE_WIDTHS, default=list(NOISE_WIDTHS))
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--env", type=Path, default=peers.DEFAULT_ENVIRONMENT)
    options = parser.parse_args()
    use_cores(options.cores)
    seeds = range(1, options.seeds + 1)

    sections = []
    for noise in options.noise:
        for kind in KINDS:
            pairs = measure(options.finder, kind, noise, seeds, options)
            text = f"## {kind.capitalize()} sources, {noise} noise\n\n"
            text += f"Median flux bias:\n\n{bias_table(pairs)}\n\n"
            text += f"Pulls, (measured - true) / error:\n\n{pull_table(pairs)}\n\n"
            if kind == "resolved":
                text += f"Bias of the deconvolved FWHM above S/N 20:\n\n{size_table(pairs)}\n\n"
            sections.append(text)
    body = f"""
Gaussians of known flux, position and size in correlated noise, measured by {options.finder}.
Signal to noise is the injected peak over the rms; it is log-uniform from 5 to 100. The beam is
{BEAM[0]} x {BEAM[1]} arcsec, a pixel {PIXEL} arcsec, a field {options.size} px wide; seeds 1 to
{options.seeds}. *Smoothed* noise is white noise convolved with the beam, *natural* noise has the
beam as its autocorrelation. In brackets: 95 % bootstrap intervals.

Near S/N 5 a source is found when the noise helps it, so the flux of those found is biased high
for any measurement; the column that counts missed sources as low is not affected.

{"".join(sections)}
"""
    pages.write_page(
        "injection", "Fluxes, positions, sizes and their errors", body, versions(options)
    )


def versions(options: argparse.Namespace) -> dict[str, str]:
    """Name the versions of what was run."""
    theirs = {} if options.finder == "sciarada" else peers.versions(options.env)
    return pages.own_versions() | theirs


if __name__ == "__main__":
    main()

"""A truth and catalogues of it whose scores are known by construction."""

import numpy as np
from astropy.table import Table

from sciarada.core.catalogue import SourceCatalogue

BEAM = 10.0  # arcsec
COUNT = 300


def truth(seed: int = 1) -> SourceCatalogue:
    """Return sources 60 arcsec apart, with S/N from 3 to 300 and two classes."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(COUNT)))
    rows, columns = np.divmod(np.arange(COUNT), side)
    snr = 3.0 * 100 ** rng.uniform(0, 1, COUNT)
    size = np.where(rng.uniform(size=COUNT) < 0.5, np.nan, rng.uniform(2, 30, COUNT))
    return SourceCatalogue.from_columns(
        {
            "source_id": np.arange(COUNT) + 1,
            "ra": (359.9 + columns / 60) % 360,
            "dec": rows / 60,
            "peak_flux": snr * 1e-4,
            "total_flux": snr * 1e-4 * 1.2,
            "snr": snr,
            "dc_maj_axis": size,
            "las": np.full(COUNT, 12.0),
            "beam_maj": np.full(COUNT, BEAM),
            "class_name": np.where(np.isnan(size), "compact", "extended"),
        }
    )


def found(true: SourceCatalogue, seed: int = 2, *, share: float = 0.9, false: int = 9) -> dict:
    """Return columns of a catalogue that has a share of the sources above 5 sigma, and noise.

    Errors are correct Gaussians of 1 arcsec and 5 %; the last sources are no sources.
    """
    rng = np.random.default_rng(seed)
    sources = true.sources
    bright = np.flatnonzero(np.asarray(sources["snr"]) >= 5)
    kept = np.sort(rng.choice(bright, round(share * len(bright)), replace=False))
    ra, dec = (np.asarray(sources[axis])[kept] for axis in ("ra", "dec"))
    flux = np.asarray(sources["total_flux"])[kept].astype(float)
    peak = np.asarray(sources["peak_flux"])[kept].astype(float)
    n = len(kept)
    ra = ra + rng.normal(0, 1, n) / 3600 / np.cos(np.radians(dec))
    dec = dec + rng.normal(0, 1, n) / 3600
    noise_ra, noise_dec = 360.5 + np.arange(false) / 60, np.full(false, -0.01)
    columns = {
        "ra": np.concatenate([ra, noise_ra]) % 360,
        "dec": np.concatenate([dec, noise_dec]),
        "total_flux": np.concatenate([flux * rng.normal(1, 0.05, n), np.full(false, 6e-4)]),
        "peak_flux": np.concatenate([peak * rng.normal(1, 0.05, n), np.full(false, 6e-4)]),
        "rms": np.full(n + false, 1e-4),
    }
    columns["e_total_flux"] = columns["total_flux"] * 0.05
    columns["e_peak_flux"] = columns["peak_flux"] * 0.05
    return columns


def as_pybdsf(columns: dict) -> Table:
    """Return the columns as a source list of PyBDSF."""
    n = len(columns["ra"])
    table = Table(
        {
            "Source_id": np.arange(n),
            "Isl_id": np.arange(n),
            "RA": columns["ra"],
            "E_RA": np.full(n, 1 / 3600),
            "DEC": columns["dec"],
            "E_DEC": np.full(n, 1 / 3600),
            "Total_flux": columns["total_flux"],
            "E_Total_flux": columns["e_total_flux"],
            "Peak_flux": columns["peak_flux"],
            "E_Peak_flux": columns["e_peak_flux"],
            "Isl_rms": columns["rms"],
        }
    )
    for name, unit in {"RA": "deg", "DEC": "deg", "E_RA": "deg", "E_DEC": "deg"}.items():
        table[name].unit = unit
    return table


def as_aegean(columns: dict) -> Table:
    """Return the columns as a component list of Aegean."""
    n = len(columns["ra"])
    return Table(
        {
            "island": np.arange(n),
            "source": np.zeros(n, int),
            "local_rms": columns["rms"],
            "ra": columns["ra"],
            "err_ra": np.full(n, 1 / 3600),
            "dec": columns["dec"],
            "err_dec": np.full(n, 1 / 3600),
            "peak_flux": columns["peak_flux"],
            "err_peak_flux": columns["e_peak_flux"],
            "int_flux": columns["total_flux"],
            "err_int_flux": columns["e_total_flux"],
            "a": np.full(n, 11.0),
            "b": np.full(n, 10.0),
            "pa": np.zeros(n),
        }
    )


def as_ours(columns: dict, true: SourceCatalogue) -> SourceCatalogue:
    """Return the columns as a catalogue of ours, classified like the nearest true source."""
    n = len(columns["ra"])
    return SourceCatalogue.from_columns(
        {
            "source_id": np.arange(n) + 1,
            **{name: columns[name] for name in columns if name != "rms"},
            "local_rms": columns["rms"],
            "snr": columns["peak_flux"] / columns["rms"],
            "e_ra": np.ones(n),
            "e_dec": np.ones(n),
            "class_name": np.full(n, "compact"),
        }
    )

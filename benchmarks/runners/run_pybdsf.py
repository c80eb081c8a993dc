"""Run PyBDSF with its default thresholds (5 sigma peaks, 3 sigma islands) on one image.

A program of its own, for the peers' environment: PyBDSF is under the GPL and nothing of SCIARADA
imports it.
"""

import argparse
from pathlib import Path

import bdsf
from astropy.io import fits
from astropy.table import Table
from normalised import beam_degrees, write_normalised

ANY_FREQUENCY = 1.4e9  # PyBDSF stops without one; no value measured here depends on it


def has_frequency(header: fits.Header) -> bool:
    """Whether PyBDSF would find a frequency in `header` by itself."""
    axes = [str(header.get(f"CTYPE{i}", "")) for i in range(3, header["NAXIS"] + 1)]
    return "RESTFRQ" in header or "FREQ" in header or any(a.startswith("FREQ") for a in axes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("out", type=Path, help="folder for the lists")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    header = fits.getheader(options.image)
    found = bdsf.process_image(
        str(options.image),
        outdir=str(options.out / "pybdsf"),
        beam=beam_degrees(header),
        frequency=None if has_frequency(header) else ANY_FREQUENCY,
        ncores=options.cores,
        quiet=True,
    )
    for kind, name in (("srl", "sources"), ("gaul", "components")):
        raw = options.out / f"{kind}.fits"
        found.write_catalog(outfile=str(raw), format="fits", catalog_type=kind, clobber=True)
        table = Table.read(raw)
        write_normalised(
            options.out / f"{name}.fits",
            ra=table["RA"],
            dec=table["DEC"],
            peak_flux=table["Peak_flux"],
            total_flux=table["Total_flux"],
            maj_axis=table["Maj"] * 3600,
            min_axis=table["Min"] * 3600,
        )


if __name__ == "__main__":
    main()

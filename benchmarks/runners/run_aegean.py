"""Run BANE, then Aegean with the maps BANE made, with their default thresholds on one image.

A program of its own, for the peers' environment: it runs the two commands as an observer would.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Column, Table
from normalised import beam_degrees, write_normalised


def known(errors: Column) -> np.ndarray:
    """Replace the -1 by which Aegean says that it has no error."""
    return np.where(errors > 0, errors, np.nan)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("out", type=Path, help="folder for the lists")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    programs = Path(sys.executable).parent
    image = options.out / "image.fits"  # a link, so that BANE's maps land beside it
    image.unlink(missing_ok=True)
    image.symlink_to(options.image.resolve())
    cores = ["--cores", str(options.cores)]
    subprocess.run([programs / "BANE", *cores, image], check=True)
    raw = options.out / "aegean.fits"
    beam = ["--beam", *map(str, beam_degrees(fits.getheader(image)))]
    subprocess.run(
        [programs / "aegean", "--autoload", *cores, *beam, "--table", raw, image], check=True
    )
    table = Table.read(options.out / "aegean_comp.fits")
    write_normalised(
        options.out / "sources.fits",
        ra=table["ra"],
        dec=table["dec"],
        e_ra=known(table["err_ra"]) * 3600,
        e_dec=known(table["err_dec"]) * 3600,
        peak_flux=table["peak_flux"],
        e_peak_flux=known(table["err_peak_flux"]),
        total_flux=table["int_flux"],
        e_total_flux=known(table["err_int_flux"]),
        maj_axis=table["a"],
        min_axis=table["b"],
    )


if __name__ == "__main__":
    main()

"""Run PyBDSF with its default thresholds (5 sigma peaks, 3 sigma islands) on one image.

A program of its own, for the peers' environment: PyBDSF is under the GPL and nothing of SCIARADA
imports it.
"""

import argparse
from pathlib import Path

import bdsf
import numpy as np
from astropy.io import fits
from astropy.table import QTable
from normalised import beam_degrees, write_normalised

ANY_FREQUENCY = 1.4e9  # it stops where it finds none; nothing read from its lists depends on it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("out", type=Path, help="folder for the lists")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    found = bdsf.process_image(
        str(options.image),
        outdir=str(options.out / "pybdsf"),
        beam=beam_degrees(fits.getheader(options.image)),
        frequency=ANY_FREQUENCY,
        ncores=options.cores,
        quiet=True,
    )
    for kind, name in (("srl", "sources"), ("gaul", "components")):
        raw = options.out / f"{kind}.fits"
        found.write_catalog(outfile=str(raw), format="fits", catalog_type=kind, clobber=True)
        table = QTable.read(raw)
        resolved = table["DC_Maj"] > 0
        unknown = np.nan * table["DC_Maj"].unit
        write_normalised(
            options.out / f"{name}.fits",
            ra=table["RA"],
            dec=table["DEC"],
            e_ra=table["E_RA"],
            e_dec=table["E_DEC"],
            peak_flux=table["Peak_flux"],
            e_peak_flux=table["E_Peak_flux"],
            total_flux=table["Total_flux"],
            e_total_flux=table["E_Total_flux"],
            maj_axis=table["Maj"],
            min_axis=table["Min"],
            dc_maj_axis=np.where(resolved, table["DC_Maj"], unknown),
            dc_min_axis=np.where(resolved, table["DC_Min"], unknown),
        )


if __name__ == "__main__":
    main()

"""What the runners share: the one table they all write, and the beam of an image."""

from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area

UNITS = {
    "ra": "deg",
    "dec": "deg",
    "e_ra": "arcsec",
    "e_dec": "arcsec",
    "peak_flux": "Jy/beam",
    "e_peak_flux": "Jy/beam",
    "total_flux": "Jy",
    "e_total_flux": "Jy",
    "maj_axis": "arcsec",
    "min_axis": "arcsec",
    "dc_maj_axis": "arcsec",
    "dc_min_axis": "arcsec",
}


def write_normalised(path: Path, **columns) -> None:
    """Write `columns`, named and in the units of `UNITS`, to a FITS table."""
    QTable({name: u.Quantity(values, UNITS[name]) for name, values in columns.items()}).write(
        path, overwrite=True
    )


def beam_degrees(header: fits.Header) -> tuple[float, float, float]:
    """BMAJ, BMIN and BPA, with 0 for a missing BPA, which PyBDSF and Aegean both stop on."""
    return header["BMAJ"], header["BMIN"], header.get("BPA", 0.0)


def beam_area_pixels(header: fits.Header, wcs: WCS) -> float:
    """Pixels in one beam, by which a sum of Jy/beam is divided to give Jy."""
    solid_angle = np.pi * header["BMAJ"] * header["BMIN"] / (4 * np.log(2))
    return solid_angle / proj_plane_pixel_area(wcs)

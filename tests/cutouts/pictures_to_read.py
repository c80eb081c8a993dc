"""Pictures of every kind that a folder of cutouts may hold, and what is in them."""

import numpy as np
from astropy.io import fits
from PIL import Image


def save_png(path, levels, **options):
    """Save levels, first row at the bottom as in an array of the sky."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ascontiguousarray(levels[::-1]), **options).save(path)
    return path


def sky_header(npix, scale=1.8, ra=150.0, dec=2.0):
    half = (npix + 1) / 2
    return fits.Header(
        {
            "CTYPE1": "RA---SIN", "CRVAL1": ra, "CRPIX1": half, "CDELT1": -scale / 3600,
            "CTYPE2": "DEC--SIN", "CRVAL2": dec, "CRPIX2": half, "CDELT2": scale / 3600,
            "BUNIT": "Jy/beam", "BMAJ": 5.4 / 3600, "BMIN": 5.4 / 3600, "BPA": 0.0,
        }
    )  # fmt: skip


def save_fits(path, pixels, header=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.writeto(path, pixels, header)
    return path

"""Small sound FITS images of many layouts, whose headers are then damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

SKY = {
    "CTYPE1": "RA---SIN", "CRVAL1": 187.5, "CRPIX1": 25.0, "CDELT1": -2 / 3600, "CUNIT1": "deg",
    "CTYPE2": "DEC--SIN", "CRVAL2": -45.0, "CRPIX2": 20.0, "CDELT2": 2 / 3600, "CUNIT2": "deg",
    "RADESYS": "FK5", "EQUINOX": 2000.0,
    "BUNIT": "Jy/beam", "BMAJ": 8 / 3600, "BMIN": 6 / 3600, "BPA": 30.0, "RESTFRQ": 1.42e9,
}  # fmt: skip
CUBE = {
    "CTYPE3": "VRAD", "CRVAL3": 1e6, "CRPIX3": 1.0, "CDELT3": 1e5, "CUNIT3": "m/s",
    "CTYPE4": "STOKES", "CRVAL4": 1.0, "CRPIX4": 1.0, "CDELT4": 1.0, "CASAMBM": True,
}  # fmt: skip
SIP = {
    "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "A_2_0": 1e-5,
    "B_ORDER": 2, "B_0_2": 1e-5,
}  # fmt: skip


def write_plain(path: Path) -> None:
    """Write one image in the primary HDU."""
    fits.writeto(path, _pixels(), fits.Header(SKY))


def write_distorted(path: Path) -> None:
    """Write integers with a scale and a distorted WCS."""
    header = fits.Header(SKY | SIP | {"BSCALE": 1e-4, "BZERO": 0.0, "BLANK": -1})
    fits.writeto(path, (_pixels() * 1000).astype("i2"), header)


def write_cube(path: Path) -> None:
    """Write a cube with a table of beams."""
    columns = [
        fits.Column("BMAJ", "1E", "arcsec", array=[8.0, 9.0, 10.0]),
        fits.Column("BMIN", "1E", "arcsec", array=[6.0, 6.0, 6.0]),
        fits.Column("BPA", "1E", "deg", array=[30.0] * 3),
        fits.Column("CHAN", "1J", array=[0, 1, 2]),
        fits.Column("POL", "1J", array=[0, 0, 0]),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="BEAMS")
    cube = fits.PrimaryHDU(np.stack([_pixels()] * 3)[None], fits.Header(SKY | CUBE))
    fits.HDUList([cube, table]).writeto(path)


def write_extensions(path: Path) -> None:
    """Write a weight map and an image that inherits."""
    facts = {key: SKY[key] for key in ("BUNIT", "BMAJ", "BMIN", "BPA", "RESTFRQ")}
    sky = {key: value for key, value in SKY.items() if key not in facts}
    fits.HDUList(
        [
            fits.PrimaryHDU(header=fits.Header(facts)),
            fits.ImageHDU(np.ones((40, 50), "f4"), fits.Header(sky), name="WEIGHT"),
            fits.ImageHDU(_pixels(), fits.Header(sky | {"INHERIT": True}), name="SCI"),
        ]
    ).writeto(path)


def write_compressed(path: Path) -> None:
    """Write a tile-compressed image."""
    fits.CompImageHDU(_pixels(), fits.Header(SKY), name="SCI").writeto(path)


WRITERS = (write_plain, write_distorted, write_cube, write_extensions, write_compressed)


def _pixels() -> np.ndarray:
    pixels = np.random.default_rng(1).normal(0.0, 1e-3, (40, 50))
    pixels[15:18, 20:23] += 0.05
    return pixels.astype("f4")

"""Run sep (SExtractor's core in C) on one image: background, then extraction.

It knows nothing of beams: fluxes are divided by the beam area afterwards. The fastest finder there
is, so it shows how much of a run is not detection.
"""

import argparse
from pathlib import Path

import numpy as np
import sep
from astropy.io import fits
from astropy.stats import gaussian_sigma_to_fwhm
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area
from normalised import beam_area_pixels, write_normalised


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("out", type=Path, help="folder for the lists")
    parser.add_argument("--cores", type=int, default=2, help="sep uses one, whatever is asked")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    pixels, header = fits.getdata(options.image, header=True)
    data = np.squeeze(pixels).astype(np.float32)
    wcs = WCS(header).celestial
    beam_pixels = beam_area_pixels(header, wcs)

    sep.set_extract_pixstack(10_000_000)
    background = sep.Background(data)
    data -= background.back()
    found = sep.extract(data, 5.0, err=background.rms(), filter_kernel=None)
    sky = wcs.pixel_to_world(found["x"], found["y"]).icrs
    to_arcsec = gaussian_sigma_to_fwhm * 3600 * proj_plane_pixel_area(wcs) ** 0.5
    write_normalised(
        options.out / "sources.fits",
        ra=sky.ra.deg,
        dec=sky.dec.deg,
        peak_flux=found["peak"],
        total_flux=found["flux"] / beam_pixels,
        maj_axis=found["a"] * to_arcsec,
        min_axis=found["b"] * to_arcsec,
    )


if __name__ == "__main__":
    main()

"""Run photutils' own chain on one image: Background2D, segmentation, deblending, catalogue.

The chain of photutils' documentation, with the thresholds of the other finders: pixels above 3
times the local rms, kept where the peak is above 5 times it.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.stats import gaussian_sigma_to_fwhm
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area
from normalised import beam_area_pixels, write_normalised
from photutils.background import Background2D
from photutils.segmentation import SourceCatalog, deblend_sources, detect_sources
from scipy import ndimage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("out", type=Path, help="folder for the lists")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    pixels, header = fits.getdata(options.image, header=True)
    data = np.squeeze(pixels).astype(np.float32)
    wcs = WCS(header).celestial
    beam_pixels = beam_area_pixels(header, wcs)

    background = Background2D(data, box_size=64, filter_size=3)
    rms = background.background_rms
    data = data - background.background
    islands = detect_sources(data, 3 * rms, n_pixels=max(int(beam_pixels / 3), 4))
    peaks = ndimage.maximum(data / rms, islands.data, islands.labels)
    islands.keep_labels(islands.labels[peaks >= 5])
    # photutils 3.1 has a fast deblender with threads; 3.0 (Python 3.11) only slow processes
    threads = {"n_threads": options.cores} if version("photutils") >= "3.1" else {}
    sources = deblend_sources(data, islands, n_pixels=5, progress_bar=False, **threads)
    catalogue = SourceCatalog(data, sources, wcs=wcs)
    sky = catalogue.sky_centroid.icrs
    to_arcsec = gaussian_sigma_to_fwhm * 3600 * proj_plane_pixel_area(wcs) ** 0.5
    write_normalised(
        options.out / "sources.fits",
        ra=sky.ra.deg,
        dec=sky.dec.deg,
        peak_flux=catalogue.max_value,
        total_flux=catalogue.segment_flux / beam_pixels,
        maj_axis=catalogue.semimajor_axis.value * to_arcsec,
        min_axis=catalogue.semiminor_axis.value * to_arcsec,
    )


if __name__ == "__main__":
    main()

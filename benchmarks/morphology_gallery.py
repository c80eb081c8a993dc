"""Draw two sources of every morphology, with noise, into docs/images/morphologies.png."""

import argparse
import sys
from pathlib import Path

import numpy as np
from astropy.wcs import WCS
from matplotlib.figure import Figure
from scipy.ndimage import gaussian_filter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from benchmarks.pictures import save_small
from sciarada.core.image import SkyImage
from sciarada.core.shape import Shape
from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.simulation.generators import generators
from sciarada.simulation.inject import inject
from sciarada.simulation.sources import SkyGaussians, offset_position

ROOT = Path(__file__).resolve().parents[1]
#: In the order of the picture.
NAMES = (
    *("fr1", "fr2", "hybrid", "symmetric_double"),
    *("wide_angle_tail", "narrow_angle_tail", "head_tail", "one_sided"),
    *("x_shaped", "z_shaped", "double_double", "core_dominated"),
    *("relic", "halo", "odd_radio_circle", "filament"),
    *("snr_shell", "snr_filled", "hii_bubble", "planetary_nebula"),
    *("spiral_arcs", "star_forming_disc", "gaussian", "point"),
)
EACH, COLUMNS, NPIX = 2, 4, 112
BEAM = 5.0  # pixels of 1 arcsec
SIZES = {"gaussian": 40.0}  # arcsec; its size is its FWHM
SIZE = 86.0
PEAKS = {"core_dominated": 300.0}  # signal to noise
PEAK = 40.0
CENTRE = (150.0, -30.0)
COLOURS = 56


def sky_of(npix: int) -> WCS:
    """Return the WCS of a square about ``CENTRE``, in pixels of 1 arcsec, east to the left."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cunit = ["RA---TAN", "DEC--TAN"], ["deg", "deg"]
    wcs.wcs.crval, wcs.wcs.crpix = CENTRE, [(npix + 1) / 2, (npix + 1) / 2]
    wcs.wcs.cdelt = [-1 / 3600, 1 / 3600]
    return wcs


def picture(shape: Shape, peak: float, rng: np.random.Generator) -> np.ndarray:
    """Return the pixels of a source on correlated noise of rms 1."""
    noise = gaussian_filter(rng.standard_normal((NPIX, NPIX)), BEAM / FWHM_PER_SIGMA, mode="wrap")
    ra, dec = offset_position(*np.array(CENTRE)[:, None], shape.east, shape.north)
    nothing = SkyImage.from_array(np.zeros_like(noise), sky_of(NPIX), beam=Beam(BEAM, BEAM, 0.0))
    source = np.zeros(len(shape), dtype=int)
    parts = SkyGaussians(source, ra, dec, shape.share, shape.major, shape.minor, shape.pa)
    signal = inject(nothing, parts)
    return signal * (peak / signal.max()) + noise / noise.std()


def draw(path: Path, seed: int) -> None:
    """Write the gallery."""
    found = generators(NAMES)
    rows = len(NAMES) // COLUMNS
    figure = Figure(figsize=(COLUMNS * EACH * 1.12, rows * 1.27), dpi=100, facecolor="white")
    axes = figure.subplots(rows, COLUMNS * EACH)
    for i, name in enumerate(NAMES):
        for j in range(EACH):
            rng = np.random.default_rng((seed, i, j))
            panel = axes[i // COLUMNS, i % COLUMNS * EACH + j]
            peak = PEAKS.get(name, PEAK)
            pixels = picture(found[name].draw(SIZES.get(name, SIZE), rng), peak, rng)
            bright = np.percentile(pixels[pixels > 5], 97) if name not in PEAKS else PEAK
            panel.imshow(
                np.arcsinh(pixels / 4),
                "inferno",
                vmin=-0.3,
                vmax=np.arcsinh(bright / 4),
                origin="lower",
            )
            panel.set_axis_off()
        axes[i // COLUMNS, i % COLUMNS * EACH].set_title(name, fontsize=8, loc="left", pad=3)
    figure.subplots_adjust(0.004, 0.004, 0.996, 0.978, 0.03, 0.16)
    save_small(figure, path, COLOURS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    draw(ROOT / "docs" / "images" / "morphologies.png", parser.parse_args().seed)

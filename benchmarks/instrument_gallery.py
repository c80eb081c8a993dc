"""Draw what instruments do to an image, one effect a panel, into docs/images/instrument.png."""

import argparse
import sys
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.wcs import WCS
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from benchmarks.pictures import save_small
from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.geometry.windows import Window
from sciarada.simulation.instrument import Instrument, observe
from sciarada.simulation.pixels import BlankPixels, SimulatedPixels
from sciarada.simulation.sources import PixelGaussians

ROOT = Path(__file__).resolve().parents[1]
NPIX = 320
BEAM = 5.0  # pixels of 1 arcsec
RMS = 1.0
BRIGHT, BROAD = ([(160.0, 160.0)], 3e3, BEAM), ([(160.0, 160.0)], 30.0, 70.0)
NOTHING = ([(-1e4, -1e4)], 1.0, BEAM)
ARRAYS = {"vla": 34.0, "atca": -42.0, "askap": -27.0, "meerkat": -31.0, "lofar": 53.0}
#: Title: instrument, sources, declination.
PANELS = {
    **{
        f"{array}, errors of 5 %": (
            Instrument(array=array, sidelobes=0.01, gain_error=0.05),
            BRIGHT,
            declination,
        )
        for array, declination in ARRAYS.items()
    },
    "one pointing": (Instrument(primary_beam=180.0, cut=0.2), NOTHING, 0.0),
    "mosaic, ragged border": (
        Instrument(primary_beam=100.0, pointing_spacing=90.0, border=20.0),
        NOTHING,
        0.0,
    ),
    "tiles": (
        Instrument(tile=120.0, tile_rms=0.4, tile_offset=0.7, tile_angle=8.0),
        NOTHING,
        0.0,
    ),
    "background": (
        Instrument(background=2.5, background_size=300.0, background_slope=3.5),
        NOTHING,
        0.0,
    ),
    "bowl": (Instrument(bowl=1.0, largest_scale=90.0), BROAD, 0.0),
}
COLUMNS = 5
COLOURS = 64


def sky(declination: float) -> SkyImage:
    """Return a blank image, north up and east to the left."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cunit = ["RA---SIN", "DEC--SIN"], ["deg", "deg"]
    wcs.wcs.crval, wcs.wcs.crpix = [150.0, declination], [(NPIX + 1) / 2, (NPIX + 1) / 2]
    wcs.wcs.cdelt = [-1 / 3600, 1 / 3600]
    wcs.wcs.set()
    beam = Beam(BEAM, BEAM, 0.0)
    return SkyImage("panel", BlankPixels((NPIX, NPIX)), wcs, u.Jy / u.beam, beam, 1.4e9, None)


def gaussians(places: list[tuple[float, float]], peak: float, fwhm: float) -> PixelGaussians:
    """Return round Gaussians of one peak and size."""
    x, y = np.array(places).T
    variance = np.full(len(x), (fwhm / FWHM_PER_SIGMA) ** 2)
    return PixelGaussians(x, y, np.full(len(x), peak), variance, np.zeros(len(x)), variance)


def draw(path: Path, seed: int) -> None:
    """Write the gallery."""
    rows = -(-len(PANELS) // COLUMNS)
    figure = Figure(figsize=(COLUMNS * 1.9, rows * 2.1), dpi=100, facecolor="white")
    axes = figure.subplots(rows, COLUMNS).ravel()
    for panel, (title, (instrument, sources, declination)) in zip(
        axes, PANELS.items(), strict=True
    ):
        drawn, image = gaussians(*sources), sky(declination)
        observation = observe(instrument, image, drawn, rms=RMS, seed=seed)
        pixels = SimulatedPixels(image.shape, drawn, observation).read(Window.whole(image.shape))
        panel.imshow(pixels, "gray", vmin=-6 * RMS, vmax=9 * RMS, origin="lower")
        panel.set_facecolor("#7c9cc4")  # no values
        panel.set(xticks=[], yticks=[])
        panel.set_title(title, fontsize=8, loc="left", pad=3)
    figure.subplots_adjust(0.004, 0.004, 0.996, 0.95, 0.03, 0.12)
    save_small(figure, path, COLOURS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    draw(ROOT / "docs" / "images" / "instrument.png", parser.parse_args().seed)

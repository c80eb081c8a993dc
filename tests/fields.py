"""A small field for whole runs: noise, points, extended sources and a double, with its truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from skies import BEAM, beam_noise, gaussian, place, tan_wcs

SIGMA = 2e-4
FREQUENCY = 9.435e8
PRODUCTS = {
    "catalogue.fits",
    "catalogue.vot",
    "catalogue.ecsv",
    "catalogue.components.ecsv",
    "sources.reg",
    "components.reg",
    "segmentation.fits",
    "rms.fits",
    "background.fits",
    "residual.fits",
    "preview.png",
    "report.html",
    "run.json",
}


@dataclass(frozen=True)
class Field:
    """Pixels in Jy/beam, their WCS and the sources that were put in.

    ``truth`` has the columns x, y, peak (in units of the noise), major, minor, pa.
    """

    data: np.ndarray
    wcs: object
    truth: np.ndarray

    def write(self, path: Path, **cards) -> Path:
        """Write the field as a FITS image."""
        header = self.wcs.to_header()
        header["BUNIT"] = "Jy/beam"
        header["BMAJ"], header["BMIN"] = BEAM.major / 3600, BEAM.minor / 3600
        header["BPA"] = BEAM.pa
        header["RESTFRQ"] = FREQUENCY
        header.update(cards)
        fits.writeto(path, self.data.astype(np.float32), header)
        return path


def make_field(
    shape: tuple[int, int] = (420, 560), *, step: int = 70, seed: int = 81, sources: bool = True
) -> Field:
    """Put sources on a jittered grid into correlated noise."""
    wcs = tan_wcs(shape, rotation=15.0)
    random = np.random.default_rng(seed)
    data = beam_noise(wcs, shape, seed)
    truth = []
    cells = [
        (y, x)
        for y in range(step // 2, shape[0] - step // 3, step)
        for x in range(step // 2, shape[1] - step // 3, step)
    ]
    for i, (y, x) in enumerate(cells if sources else []):
        dx, dy = random.uniform(-6, 6, 2)
        kind = i % 5
        peak = float(10 ** random.uniform(0.9, 1.9))
        shapes = {3: (25.0, 13.0), 4: (14.0, 14.0)}
        major, minor = shapes.get(kind, (BEAM.major, BEAM.minor))
        pa = BEAM.pa if kind < 3 else float(random.uniform(0, 180))
        truth.append((x + dx, y + dy, peak, major, minor, pa))
        if kind == 2:  # a companion that touches it
            truth.append((x + dx + 9, y + dy + 2, 0.8 * peak, BEAM.major, BEAM.minor, BEAM.pa))
    reach = 32
    for x, y, peak, major, minor, pa in truth:
        box = tuple(
            slice(max(0, round(v) - reach), min(side, round(v) + reach))
            for v, side in zip((y, x), shape, strict=True)
        )
        data[box] += gaussian(
            wcs.slice(box), data[box].shape, *place(wcs, x, y), peak, major, minor, pa
        )
    return Field(SIGMA * data, wcs, np.array(truth).reshape(-1, 6))

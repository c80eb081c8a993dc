"""Detections that are more likely artefacts of a bright neighbour than sources.

What calibration and deconvolution leave round a bright source is as often negative as
positive, while sources are positive only. So the pixels *below* the background, in rings
round each bright source, tell how strong its artefacts are at each distance, whatever
sources lie there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from scipy.spatial import KDTree

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.shapes import beam_pixels

EDGES = np.array([1.5, 3.0, 4.5, 6.75, 10.1, 15.2, 22.8, 34.2])  # of the rings, in beams
SAMPLES = 256  # pixels looked at in each ring
STRONGEST = 0.1  # artefact's share of the bright peak one beam away; falls as 1/distance
FAINTEST = 5.0  # artefacts that stay below so many rms are not detected
MIN_EXCESS = 1.4  # noise of a ring that has artefacts, in units of the local rms
MORE_LIKELY = 2.0  # artefacts that must be expected for each source
APART = 3.0  # beams: what is nearer to a brighter peak shares its artefacts
PEAKS_PER_BEAM = 0.3  # of Gaussian noise, above 1 sigma; see `expected_peaks`
LEVELS = 1.0, 30.0  # between which peaks are counted
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


@dataclass(frozen=True, eq=False)
class _Peaks:
    """Positions in pixels, peak brightness and its ratio to the local rms."""

    x: np.ndarray
    y: np.ndarray
    peak: np.ndarray
    snr: np.ndarray

    def select(self, rows: np.ndarray) -> _Peaks:
        return _Peaks(self.x[rows], self.y[rows], self.peak[rows], self.snr[rows])

    def tree(self) -> KDTree:
        return KDTree(np.stack([self.x, self.y], axis=1))


def find_artefacts(
    image: SkyImage, model: BackgroundModel, catalogue: SourceCatalogue
) -> np.ndarray:
    """Return which sources are more likely artefacts of a brighter one.

    A source is one if two things hold in the ring round the bright peak that it lies in. The
    noise of the pixels below the background is more than ``MIN_EXCESS`` times the local
    rms; and on the same area such noise has more than ``MORE_LIKELY`` times as many peaks as
    bright as the source as the catalogue has sources. Its own peak must be below a share of
    the bright one's that is ``STRONGEST`` one beam away and falls as 1/distance.

    Parameters
    ----------
    image : SkyImage
    model : BackgroundModel
    catalogue : SourceCatalogue
        Measured on the image.

    Returns
    -------
    ndarray of bool
        One per source.
    """
    components, sources = catalogue.components, catalogue.sources
    rms = np.asarray(components["local_rms"], float)
    bright = _peaks(components, np.asarray(components["peak_flux"], float) / rms)
    bright = _leaders(
        bright.select(bright.snr > FAINTEST * EDGES[0] / STRONGEST), APART * beam_pixels(image)
    )
    found = _peaks(sources, np.asarray(sources["snr"], float))
    noise = _noise_around(image, model, bright, found)
    artefacts = expected_peaks(found.snr / np.maximum(noise, MIN_EXCESS))
    area = np.count_nonzero(~model.failed) * model.box**2 / beam_pixels(image) ** 2
    brighter = len(found.peak) - np.searchsorted(np.sort(found.peak), found.peak)
    return (noise > MIN_EXCESS) & (artefacts * area > MORE_LIKELY * brighter)


def expected_peaks(level: np.ndarray) -> np.ndarray:
    """Return how many peaks Gaussian noise has above a level, for each beam's FWHM squared.

    They are those of the Euler characteristic (Adler 1981), ``~ level exp(-level^2 / 2)``,
    with the factor of noise that is correlated as the beam is or a little more widely. Below
    1 sigma, where this is no longer right, it is the value there.

    Parameters
    ----------
    level : ndarray
        In units of the noise.
    """
    level = np.clip(level, *LEVELS)
    return PEAKS_PER_BEAM * level * np.exp(-0.5 * level**2)


def ring_noise(
    image: SkyImage, model: BackgroundModel, x: float, y: float, edges: np.ndarray
) -> np.ndarray:
    """Return the noise in rings, from the pixels below the background.

    Where most of a ring lies below the background, as in the bowl of an extended source,
    its median is taken for the background.

    Parameters
    ----------
    image : SkyImage
    model : BackgroundModel
    x, y : float
        Zero-based pixel position of the rings' centre.
    edges : ndarray
        Radii between which the rings lie, in pixels.

    Returns
    -------
    ndarray, shape (len(edges) - 1,)
        Root mean square in units of the local rms; 0 for a ring most of which has no pixels.
    """
    across, up = _spirals(edges)
    columns, rows = np.rint(across + x).astype(int), np.rint(up + y).astype(int)
    reach = int(edges[-1]) + 2
    window = Window(round(y) - reach, round(y) + reach, round(x) - reach, round(x) + reach)
    window = window.clip(image.shape)
    inside = (
        (rows >= window.y0) & (rows < window.y1) & (columns >= window.x0) & (columns < window.x1)
    )
    rows, columns = rows[inside], columns[inside]
    background, rms = model.at(rows, columns)
    snr = np.full(inside.shape, np.nan)
    pixels = image.read(window)[rows - window.y0, columns - window.x0].astype(float)
    snr[inside] = (pixels - background) / rms
    noise = np.zeros(len(snr))
    for i, values in enumerate(snr):
        known = values[np.isfinite(values)]
        if known.size > SAMPLES / 2:
            level = min(float(np.median(known)), 0.0)
            below = known[known < level] - level
            noise[i] = np.sqrt((below**2).sum() / max(1, below.size))
    return noise


def _spirals(edges: np.ndarray) -> np.ndarray:
    """Return offsets (x, y) that fill each ring evenly, shape (2, rings, SAMPLES)."""
    number = np.arange(SAMPLES)
    inner, outer = edges[:-1, None] ** 2, edges[1:, None] ** 2
    radius = np.sqrt(inner + (outer - inner) * (number + 0.5) / SAMPLES)
    angle = GOLDEN_ANGLE * number
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


def _noise_around(
    image: SkyImage, model: BackgroundModel, bright: _Peaks, found: _Peaks
) -> np.ndarray:
    """Return the highest noise of the rings around each detection; 0 outside them."""
    noise = np.zeros(len(found.peak))
    if not len(bright.peak):
        return noise
    beam, tree = beam_pixels(image), found.tree()
    for x, y, peak, snr in zip(bright.x, bright.y, bright.peak, bright.snr, strict=True):
        reach = min(STRONGEST * snr / FAINTEST, EDGES[-1])
        near = np.array(tree.query_ball_point((x, y), reach * beam), int)
        distance = np.hypot(found.x[near] - x, found.y[near] - y) / beam
        weak = (distance >= EDGES[0]) & (found.peak[near] * distance < STRONGEST * peak)
        if weak.any():
            near, ring = near[weak], np.searchsorted(EDGES, distance[weak], side="right") - 1
            edges = beam * EDGES[: ring.max() + 2]
            noise[near] = np.maximum(noise[near], ring_noise(image, model, x, y, edges)[ring])
    return noise


def _leaders(peaks: _Peaks, apart: float) -> _Peaks:
    """Return the peaks that have no brighter one nearer than ``apart`` pixels."""
    if not len(peaks.peak):
        return peaks
    pairs = peaks.tree().query_pairs(apart, output_type="ndarray")
    fainter = np.where(np.diff(peaks.peak[pairs], axis=1)[:, 0] < 0, pairs[:, 1], pairs[:, 0])
    return peaks.select(np.setdiff1d(np.arange(len(peaks.peak)), fainter))


def _peaks(table: Table, snr: np.ndarray) -> _Peaks:
    x, y, peak = (np.asarray(table[name], float) for name in ("x", "y", "peak_flux"))
    return _Peaks(x, y, peak, snr)

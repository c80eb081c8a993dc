"""The detector: threshold, flood-fill, keep islands with a sufficient peak."""

from __future__ import annotations

import math

import numpy as np
from photutils.segmentation import detect_sources

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.errors import OptionError
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.measure import bridges
from sciarada_islands.options import IslandsOptions

MIN_BEAM_FRACTION = 0.2
HALO = 64


class IslandsDetector:
    """Finds islands: eight-connected pixels above ``grow_sigma`` that peak above ``peak_sigma``.

    Gaps of blank pixels no wider than the beam do not part an island.

    Parameters
    ----------
    options : IslandsOptions

    Raises
    ------
    OptionError
        If islands would be grown to a higher level than they must peak at.
    """

    def __init__(self, options: IslandsOptions) -> None:
        if options.grow_sigma > options.peak_sigma:
            raise OptionError(
                f"islands: grow_sigma={options.grow_sigma} is above peak_sigma="
                f"{options.peak_sigma}; give -O grow_sigma= a lower value"
            )
        self.options = options

    def halo(self, image: SkyImage) -> int:
        """Return the context a tile needs; larger islands are joined across tiles."""
        return HALO

    def detect(self, view: TileView) -> list[Detection]:
        """Return the islands of a tile's window.

        One that is too faint or too small is returned as a piece if it touches the border, for
        it may be bright and large enough in the next tile.
        """
        blank = np.isnan(view.snr)
        snr = np.nan_to_num(view.snr, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        if not (snr > self.options.grow_sigma).any():  # photutils would warn
            return []
        gaps = bridges(snr > self.options.grow_sigma, blank, 0.5 * self._beam_width(view))
        segments = detect_sources(
            np.where(gaps, np.inf, snr), self.options.grow_sigma, n_pixels=1, connectivity=8
        )
        labels = np.where(gaps, 0, segments.data)
        sizes = np.bincount(labels.ravel(), minlength=segments.max_label + 1)
        whole = sizes >= self._min_pixels(view)
        peaking = np.zeros(len(whole), bool)
        peaking[labels[snr > self.options.peak_sigma]] = True
        complete = peaking & whole
        reported = complete.copy()
        for border in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
            reported[border] = True
        reported[0] = False
        corner = view.tile.window
        found = []
        for label in np.flatnonzero(reported):
            rows, columns = segments.slices[segments.get_index(label)]
            window = Window(
                rows.start + corner.y0,
                rows.stop + corner.y0,
                columns.start + corner.x0,
                columns.stop + corner.x0,
            )
            mask = labels[rows, columns] == label
            found.append(Detection(window, mask, complete=bool(complete[label])))
        return found

    def _min_pixels(self, view: TileView) -> int:
        if self.options.min_pixels or view.beam_area is None:
            return max(1, self.options.min_pixels)
        return max(1, round(MIN_BEAM_FRACTION * view.beam_area))

    def _beam_width(self, view: TileView) -> float:
        """Return the FWHM of the beam in pixels, 2 at the least."""
        return max(2.0, FWHM_PER_SIGMA * math.sqrt((view.beam_area or 0.0) / (2.0 * math.pi)))

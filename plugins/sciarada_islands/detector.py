"""The detector: threshold, flood-fill, keep islands with a sufficient peak."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import find_objects, label

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.errors import OptionError
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.measure import bridges
from sciarada_islands.options import IslandsOptions

MIN_BEAM_FRACTION = 0.2
HALO = 64
EIGHT_CONNECTED = np.ones((3, 3), bool)


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
        emission = snr > self.options.grow_sigma
        if not emission.any():
            return []
        gaps = bridges(emission, blank, 0.5 * self._beam_width(view))
        joined, count = label(emission | gaps, EIGHT_CONNECTED)
        labels = np.where(gaps, 0, joined)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        whole = sizes >= self._min_pixels(view)
        peaking = np.zeros(len(whole), bool)
        peaking[labels[snr > self.options.peak_sigma]] = True
        complete = peaking & whole
        reported = complete.copy()
        for border in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
            reported[border] = True
        reported[0] = False
        corner = view.tile.window
        found, boxes = [], find_objects(joined)
        for number in np.flatnonzero(reported):
            rows, columns = boxes[number - 1]
            window = Window(
                rows.start + corner.y0,
                rows.stop + corner.y0,
                columns.start + corner.x0,
                columns.stop + corner.x0,
            )
            mask = labels[rows, columns] == number
            found.append(Detection(window, mask, complete=bool(complete[number])))
        return found

    def _min_pixels(self, view: TileView) -> int:
        if self.options.min_pixels or view.beam_area is None:
            return max(1, self.options.min_pixels)
        return max(1, round(MIN_BEAM_FRACTION * view.beam_area))

    def _beam_width(self, view: TileView) -> float:
        """Return the FWHM of the beam in pixels, 2 at the least."""
        return max(2.0, FWHM_PER_SIGMA * math.sqrt((view.beam_area or 0.0) / (2.0 * math.pi)))

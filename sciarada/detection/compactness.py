"""The compactness of islands, which separates point sources from extended emission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.islands import Island
from sciarada.measure.local_beams import island_beams

ASSUMED_BEAM_AREA = 10.0  # pixels, where no beam is known
COMPACT_AREA, COMPACT_TOTAL = 2.0, 2.5
GROWN_TO = 3.0
FAR_OUT = 1.5


@dataclass(frozen=True)
class Compactness:
    """The compactness of an island.

    Parameters
    ----------
    peak, total : float
        Highest and summed signal to noise of its pixels.
    core : int
        Number of pixels above half the peak.
    pixels : int
        Number of pixels.
    beam_area : float
        Pixels per beam at the island.
    """

    peak: float
    total: float
    core: int
    pixels: int
    beam_area: float

    @property
    def is_compact(self) -> bool:
        """Whether the island is consistent with a point source.

        A point source of signal to noise S covers ``ln(S / 3)`` beam areas above three sigma
        and ``ln 2`` above half its peak, and sums to S beam areas.
        """
        expected = self.beam_area * max(1.0, np.log(max(self.peak, 1.0) / GROWN_TO))
        if self.pixels <= COMPACT_AREA * expected:
            return True
        return bool(
            self.core <= COMPACT_AREA * np.log(2) * self.beam_area
            and self.total <= COMPACT_TOTAL * self.peak * self.beam_area
        )


@dataclass(frozen=True, eq=False)
class MeasureCompactness:
    """Measures the compactness of islands that are close to each other."""

    image: SkyImage
    background: BackgroundModel

    def __call__(self, islands: Sequence[Island]) -> list[Compactness]:
        """Return the compactness of each island; the box around all of them is read at once."""
        canvas = islands[0].window
        for island in islands[1:]:
            canvas = canvas.union(island.window)
        snr = self.image.read(canvas) - self.background.background(canvas)
        snr /= self.background.rms(canvas)
        found = []
        for island, area in zip(islands, self._beam_areas(islands), strict=True):
            values = np.nan_to_num(snr[island.window.slices_in(canvas)][island.mask])
            peak = float(values.max())
            core = int((values > peak / 2).sum())
            found.append(Compactness(peak, float(values.sum()), core, values.size, area))
        return found

    def _beam_areas(self, islands: Sequence[Island]) -> list[float]:
        if self.image.beam is None:
            return [ASSUMED_BEAM_AREA] * len(islands)
        return (2.0 * np.pi / np.sqrt(np.linalg.det(island_beams(self.image, islands)))).tolist()


def is_diffuse(compactness: Compactness, peak_sigma: float) -> bool:
    """Return whether an island of a coarse image is more than a group of faint sources.

    It must be larger than a point source would be there, or much brighter than the threshold.
    """
    return not compactness.is_compact or compactness.peak >= FAR_OUT * peak_sigma

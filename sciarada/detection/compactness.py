"""How the light of islands is spread: what tells a point source from extended emission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.measure.background import BackgroundModel
from sciarada.measure.islands import Island

COMPACT_AREA, COMPACT_TOTAL = 2.0, 2.5
GROWN_TO = 3.0
FAR_OUT = 1.5


@dataclass(frozen=True)
class Light:
    """How the light of an island is spread.

    Parameters
    ----------
    peak, total : float
        Highest and summed signal to noise of its pixels.
    core : int
        Number of pixels above half the peak.
    pixels : int
        Number of pixels.
    """

    peak: float
    total: float
    core: int
    pixels: int

    def is_compact(self, beam_area: float) -> bool:
        """Say whether it is the light of a point source, or little more.

        Parameters
        ----------
        beam_area : float
            Pixels per beam. A point source of signal to noise S covers ``ln(S / 3)`` of it
            above three sigma and ``ln 2`` above half its peak, and sums to S times it.
        """
        expected = beam_area * max(1.0, np.log(max(self.peak, 1.0) / GROWN_TO))
        if self.pixels <= COMPACT_AREA * expected:
            return True
        return bool(
            self.core <= COMPACT_AREA * np.log(2) * beam_area
            and self.total <= COMPACT_TOTAL * self.peak * beam_area
        )


@dataclass(frozen=True, eq=False)
class MeasureLight:
    """Measures the light of islands near each other."""

    image: SkyImage
    background: BackgroundModel

    def __call__(self, islands: Sequence[Island]) -> list[Light]:
        """Return the light of each island; the box around them all is read at once."""
        canvas = islands[0].window
        for island in islands[1:]:
            canvas = canvas.union(island.window)
        snr = self.image.read(canvas) - self.background.background(canvas)
        snr /= self.background.rms(canvas)
        found = []
        for island in islands:
            values = np.nan_to_num(snr[island.window.slices_in(canvas)][island.mask])
            peak = float(values.max())
            found.append(
                Light(peak, float(values.sum()), int((values > peak / 2).sum()), values.size)
            )
        return found


def is_diffuse(light: Light, beam_area: float, peak_sigma: float) -> bool:
    """Say whether an island of a coarse image is more than faint sources that lie together.

    It must be larger than a point source would be there, or stand out far.
    """
    return not light.is_compact(beam_area) or light.peak >= FAR_OUT * peak_sigma

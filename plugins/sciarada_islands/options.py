"""Options of the ``islands`` detector."""

from __future__ import annotations

from dataclasses import dataclass

from sciarada.hooks import option


@dataclass(frozen=True)
class IslandsOptions:
    """Options of the detector ``islands``.

    Parameters
    ----------
    peak_sigma : float
        An island needs a pixel this far above the background, in units of the noise.
    grow_sigma : float
        It extends over the connected pixels above this level.
    min_pixels : int
        Islands of fewer pixels are dropped; 0 takes a fifth of the beam's area.
    """

    peak_sigma: float = option(5.0, help="peak above this many sigma", min=0.0)
    grow_sigma: float = option(3.0, help="grown to this many sigma", min=0.0)
    min_pixels: int = option(
        0,
        help="smallest number of pixels; 0: a fifth of the beam area",
        min=0,
        formerly=("least_pixels",),
    )

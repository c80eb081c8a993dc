"""Options of the ``islands`` detector."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class IslandsOptions:
    """How islands are found.

    Parameters
    ----------
    peak_sigma : float
        An island needs a pixel this far above the background, in units of the noise.
    grow_sigma : float
        It extends over the connected pixels above this level.
    least_pixels : int
        Islands of fewer pixels are dropped; 0 takes a fifth of the beam's area.
    """

    peak_sigma: float = field(
        default=5.0, metadata={"help": "peak above this many sigma", "min": 0.0}
    )
    grow_sigma: float = field(
        default=3.0, metadata={"help": "grown to this many sigma", "min": 0.0}
    )
    least_pixels: int = field(
        default=0, metadata={"help": "fewest pixels; 0: a fifth of the beam area", "min": 0}
    )

"""The thresholds of a detector, which the measurement of its objects depends on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Down to which levels a detector finds emission, in units of the local noise (rms).

    Parameters
    ----------
    peak_sigma : float
        Lowest peak of an object. Gaussian components are fitted only to peaks above it, and
        sources below it are flagged.
    grow_sigma : float
        Lowest level of the pixels of an object. Emission between two components that falls below
        it separates them into two sources.

    Raises
    ------
    ValueError
        Unless ``0 <= grow_sigma <= peak_sigma``.

    See Also
    --------
    DetectorSpec : Declares the thresholds of a detector.

    Examples
    --------
    >>> from sciarada.hooks import Thresholds
    >>> Thresholds(peak_sigma=4)
    Thresholds(peak_sigma=4, grow_sigma=3.0)
    """

    peak_sigma: float = 5.0
    grow_sigma: float = 3.0

    def __post_init__(self) -> None:
        if not 0 <= self.grow_sigma <= self.peak_sigma:
            raise ValueError(
                f"grow_sigma must be from 0 to peak_sigma, not {self.grow_sigma} with a "
                f"peak_sigma of {self.peak_sigma}"
            )

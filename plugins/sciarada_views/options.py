"""Options of the views: probabilities, and ranges that parameters are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sciarada.hooks import Range, RangeOptions, option

_SHARE = "share of the cutouts that are changed"
_UNKNOWN_BEAM = "FWHM of a beam that is unknown, in pixels of the cutout"


@dataclass(frozen=True)
class BeamOptions(RangeOptions):
    """Of `beam`."""

    probability: float = option(0.3, help=_SHARE, min=0, max=1)
    factor: Range = option((1.2, 2.5), help="major axis of the new beam to that of the old", min=1)
    ratio: Range = option((0.6, 1.0), help="minor to major axis of what is added", min=0.05, max=1)
    unknown: float = option(3.0, help=_UNKNOWN_BEAM, min=0.1)


@dataclass(frozen=True)
class NoiseOptions(RangeOptions):
    """Of `beam_noise`."""

    probability: float = option(0.3, help=_SHARE, min=0, max=1)
    fraction: Range = option((0.2, 1.5), help="rms of what is added to that of the image", min=0)
    unknown: float = option(3.0, help=_UNKNOWN_BEAM, min=0.1)


@dataclass(frozen=True)
class MissingOptions(RangeOptions):
    """Of `missing`."""

    probability: float = option(0.1, help=_SHARE, min=0, max=1)
    depth: Range = option((0.02, 0.3), help="how far it reaches in, to the side", min=0, max=0.5)


@dataclass(frozen=True)
class CropOptions(RangeOptions):
    """Of `resized_crop`."""

    area: Range = option((0.8, 1.0), help="area of the part to that of the whole", min=0.01, max=1)


@dataclass(frozen=True)
class RotationOptions:
    """Of `rotation`."""

    angles: Literal["any", "right"] = option("any", help="any, or multiples of 90 degrees")


@dataclass(frozen=True)
class ShiftOptions:
    """Of `shift`."""

    reach: float = option(0.1, help="longest way along each axis, to the side", min=0, max=0.5)


@dataclass(frozen=True)
class ZoomOptions(RangeOptions):
    """Of `zoom`."""

    factor: Range = option((0.8, 1.25), help="new size of a source to its old one", min=0.1, max=10)


@dataclass(frozen=True)
class BlurOptions(RangeOptions):
    """Of `blur`."""

    probability: float = option(0.1, help=_SHARE, min=0, max=1)
    sigma: Range = option((1.0, 3.0), help="in pixels of a view of 224 pixels", min=0.01)


@dataclass(frozen=True)
class JitterOptions:
    """Of `jitter`."""

    probability: float = option(0.8, help=_SHARE, min=0, max=1)
    brightness: float = option(0.5, help="the factor is within 1 plus or minus it", min=0, max=1)
    contrast: float = option(0.5, help="the factor is within 1 plus or minus it", min=0, max=1)


@dataclass(frozen=True)
class StretchOptions(RangeOptions):
    """Of `stretch`."""

    probability: float = option(0.5, help=_SHARE, min=0, max=1)
    softening: Range = option((1.0, 30.0), help="a of asinh(a v) / asinh(a)", min=0.01)
    gamma: Range = option((0.5, 2.0), help="power, where it is not asinh", min=0.05, max=20)


@dataclass(frozen=True)
class ThresholdOptions(RangeOptions):
    """Of `threshold`."""

    probability: float = option(0.5, help=_SHARE, min=0, max=1)
    percentile: Range = option((40.0, 60.0), help="below it there is nothing", min=0, max=100)

"""Options of the morphologies: ranges that a source's parameters are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sciarada.hooks import Range, RangeOptions, option


@dataclass(frozen=True)
class GaussianOptions(RangeOptions):
    """Of `gaussian`."""

    axis_ratio: Range = option((0.4, 1.0), help="minor to major axis", min=0.02, max=1)


@dataclass(frozen=True)
class DiscOptions(RangeOptions):
    """Of `star_forming_disc`."""

    inclination: Range = option((0.0, 90.0), help="of the disc; 0: face on", min=0, max=90)
    thickness: float = option(0.15, help="axis ratio of the disc seen edge on", min=0.02, max=1)


@dataclass(frozen=True)
class PlumeOptions(RangeOptions):
    """Of `fr1`."""

    core: Range = option((0.02, 0.12), help="share of the flux in the core", min=0, max=0.5)
    bend: float = option(15.0, help="largest bend of a plume", unit="deg", min=0, max=25)


@dataclass(frozen=True)
class LobeOptions(RangeOptions):
    """Of `fr2`, `hybrid`, `x_shaped` and `z_shaped`."""

    core: Range = option((0.003, 0.06), help="share of the flux in the core", min=0, max=0.3)


@dataclass(frozen=True)
class DoubleDoubleOptions(LobeOptions):
    """Of `double_double`."""

    inner: Range = option((0.25, 0.5), help="size of the inner to the outer pair", min=0.1, max=0.6)


@dataclass(frozen=True)
class WideTailOptions(RangeOptions):
    """Of `wide_angle_tail`."""

    opening: Range = option((95.0, 150.0), help="angle between the tails, deg", min=90, max=160)
    core: Range = option((0.02, 0.1), help="share of the flux in the core", min=0, max=0.4)


@dataclass(frozen=True)
class NarrowTailOptions(RangeOptions):
    """Of `narrow_angle_tail`."""

    opening: Range = option((15.0, 55.0), help="angle between the tails, deg", min=5, max=85)
    core: Range = option((0.03, 0.15), help="share of the flux in the head", min=0, max=0.4)


@dataclass(frozen=True)
class CoreOptions(RangeOptions):
    """Of `core_dominated`."""

    core: Range = option((0.25, 0.6), help="share of the flux in the core", min=0.2, max=0.99)


@dataclass(frozen=True)
class CircleOptions:
    """Of `odd_radio_circle`."""

    host: float = option(0.5, help="probability of a galaxy in the middle", min=0, max=1)


@dataclass(frozen=True)
class NebulaOptions:
    """Of `planetary_nebula`."""

    form: Literal["any", "ring", "bipolar", "filled"] = option("any", help="which form it has")

"""Options of the morphologies: ranges that a source's parameters are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from sciarada.hooks import option

Range = tuple[float, float]


@dataclass(frozen=True)
class _Ranges:
    """Options with pairs that are ranges."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{field.name} is a range, so {value[0]:g} must come second")


@dataclass(frozen=True)
class GaussianOptions(_Ranges):
    """Of `gaussian`."""

    axis_ratio: Range = option((0.4, 1.0), help="minor to major axis", min=0.02, max=1)


@dataclass(frozen=True)
class DiscOptions(_Ranges):
    """Of `star_forming_disc`."""

    inclination: Range = option((0.0, 90.0), help="of the disc; 0: face on", min=0, max=90)
    thickness: float = option(0.15, help="axis ratio of the disc seen edge on", min=0.02, max=1)


@dataclass(frozen=True)
class PlumeOptions(_Ranges):
    """Of `fr1`."""

    core: Range = option((0.02, 0.12), help="share of the flux in the core", min=0, max=0.5)
    bend: float = option(15.0, help="largest bend of a plume", unit="deg", min=0, max=25)


@dataclass(frozen=True)
class LobeOptions(_Ranges):
    """Of `fr2`, `hybrid`, `x_shaped` and `z_shaped`."""

    core: Range = option((0.003, 0.06), help="share of the flux in the core", min=0, max=0.3)


@dataclass(frozen=True)
class DoubleDoubleOptions(LobeOptions):
    """Of `double_double`."""

    inner: Range = option((0.25, 0.5), help="size of the inner to the outer pair", min=0.1, max=0.6)


@dataclass(frozen=True)
class WideTailOptions(_Ranges):
    """Of `wide_angle_tail`."""

    opening: Range = option((95.0, 150.0), help="angle between the tails, deg", min=90, max=160)
    core: Range = option((0.02, 0.1), help="share of the flux in the core", min=0, max=0.4)


@dataclass(frozen=True)
class NarrowTailOptions(_Ranges):
    """Of `narrow_angle_tail`."""

    opening: Range = option((15.0, 55.0), help="angle between the tails, deg", min=5, max=85)
    core: Range = option((0.03, 0.15), help="share of the flux in the head", min=0, max=0.4)


@dataclass(frozen=True)
class CoreOptions(_Ranges):
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

"""Options that are ranges, from which parameters are drawn."""

from __future__ import annotations

from dataclasses import dataclass, fields

Range = tuple[float, float]
"""Smallest and largest value."""


@dataclass(frozen=True)
class RangeOptions:
    """Base class of options with pairs that are ranges.

    Raises
    ------
    ValueError
        If the first value of a pair is larger than the second.

    See Also
    --------
    option : Declares an option.
    AugmentationSpec : Declares an augmentation, whose options these often are.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from sciarada.hooks import Range, RangeOptions, option
    >>> @dataclass(frozen=True)
    ... class BlurOptions(RangeOptions):
    ...     width: Range = option((0.5, 2.0), help="FWHM in pixels", min=0)
    >>> BlurOptions(width=(2.0, 1.0))
    Traceback (most recent call last):
        ...
    ValueError: width is a range, so 2 must come second
    """

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{field.name} is a range, so {value[0]:g} must come second")

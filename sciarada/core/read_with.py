"""The options with which a file was read, to read it in the same way again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from sciarada.geometry.beam import Beam


@dataclass(frozen=True)
class ReadWith:
    """The options with which a file gives an image again.

    Parameters
    ----------
    hdu : int or None
        Number of the HDU; None for the one that is read by default.
    plane : str or None
        Zero-based places along the axes that are not celestial, such as ``3,0``.
    beam : Beam or None
        The beam that was given in place of the header's.
    unit : str or None
        The unit that was given in place of BUNIT.
    blank_zero_border : bool
        Whether zeros joined to the border are missing.
    """

    hdu: int | None = None
    plane: str | None = None
    beam: Beam | None = None
    unit: str | None = None
    blank_zero_border: bool = True

    def record(self) -> dict[str, Any]:
        """Return the values that differ from the defaults, in plain types."""
        usual = {option.name: option.default for option in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

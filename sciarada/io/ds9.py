"""DS9 region files: the header and the pieces of a line.

The lines are written here and not by the `regions` package, which takes more than ten seconds
for a few thousand polygons. The tests read the files back with it and with DS9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sciarada.core.class_colours import COLOURS
from sciarada.geometry.precision import degree_decimals
from sciarada.io.atomic import atomic_path
from sciarada.io.kinds import Kind
from sciarada.tabular.escaping import shown

_HEADER = f"""\
# Region file format: DS9 version 4.1
global color={COLOURS[0]} dashlist=8 3 width=1 font="helvetica 10 normal roman" select=1 \
highlite=1 dash=0 fixed=0 edit=1 move=1 delete=1 include=1 source=1
icrs
"""
MIN_DECIMALS = 8  # of a degree
_OTHERS = str.maketrans("{};", "(),")


def write_lines(lines: Iterable[str], path: str | Path, overwrite: bool = False) -> None:
    """Write regions in ICRS, one per line, after a header; the file is complete or absent.

    Raises
    ------
    OutputError
        If the file exists or cannot be written.
    """
    with atomic_path(path, overwrite, REGIONS) as part, part.open("x", encoding="ascii") as stream:
        stream.write(_HEADER)
        stream.writelines(f"{line}\n" for line in lines)


def _is_ours(path: Path) -> bool:
    start = _HEADER.encode("ascii")
    with path.open("rb") as stream:
        return stream.read(len(start)) == start


REGIONS = Kind("DS9 region file", _is_ours)


@dataclass(frozen=True)
class Digits:
    """Number formats of positions and sizes: to a hundredth of a pixel.

    Parameters
    ----------
    pixel_scale : float or None
        Arcsec; digits for pixels of some milliarcseconds where it is not known.
    """

    pixel_scale: float | None = None

    @cached_property
    def _decimals(self) -> int:
        return degree_decimals(self.pixel_scale, MIN_DECIMALS)

    def sky(self, ra: float, dec: float) -> str:
        """Return a position in degrees as the arguments of a shape."""
        return f"{ra:.{self._decimals}f},{dec:.{self._decimals}f}"

    def arcsec(self, size: float) -> str:
        """Return a size in arcsec as the argument of a shape."""
        return f'{size:.{self._decimals - MIN_DECIMALS + 4}f}"'


def plain(text: str) -> str:
    """Return text in ASCII without what ends it: braces in DS9, semicolons in `regions`."""
    return shown(text).translate(_OTHERS)

"""The selection of an HDU: ``image.fits[SCI]``, ``image.fits[SCI,2]``, ``--hdu 2``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sciarada.errors import OptionError
from sciarada.io.hdus.layout import HduLayout

_BRACKETS = re.compile(r"(?P<file>.+)\[(?P<hdu>[^\[\]]*)\]", re.DOTALL)
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class HduSelector:
    """A selected HDU: by number, or by name and, if there are several, version.

    Parameters
    ----------
    number : int or None
        Zero-based place in the file.
    name : str
        EXTNAME in capitals, where there is no number.
    version : int or None
        EXTVER.
    """

    number: int | None = None
    name: str = ""
    version: int | None = None

    def __str__(self) -> str:
        if self.number is not None:
            return str(self.number)
        return self.name if self.version is None else f"{self.name},{self.version}"

    def matches(self, hdu: HduLayout) -> bool:
        """Return whether an HDU is one that is meant."""
        if self.number is not None:
            return hdu.number == self.number
        name = hdu.name or ("PRIMARY" if hdu.number == 0 else "")
        return name == self.name and self.version in (None, hdu.version)


def parse_hdu(hdu: HduSelector | int | str | Sequence[object]) -> HduSelector:
    """Return the HDU selected by a number, a name, or a name with a version.

    Parameters
    ----------
    hdu : int, str or (str, int)
        Such as ``2``, ``"2"``, ``"SCI"``, ``"SCI,2"`` or ``("SCI", 2)``; names in any capitals.

    Raises
    ------
    OptionError
        If it is none of these.

    Examples
    --------
    >>> print(parse_hdu("sci,2"))
    SCI,2
    """
    if isinstance(hdu, HduSelector):
        return hdu
    parts = [hdu] if isinstance(hdu, int | str) else list(hdu)
    text = ",".join(str(part) for part in parts).strip()
    if _NUMBER.fullmatch(text):
        return HduSelector(int(text))
    name, comma, version = (part.strip() for part in text.rpartition(","))
    if comma and name and _NUMBER.fullmatch(version):
        return HduSelector(name=name.upper(), version=int(version))
    if not text or _looks_like_a_number(text):
        raise OptionError(
            f"--hdu {text!r} is not an HDU: give its number from 0, its name, or NAME,VERSION, "
            "such as --hdu 1, --hdu SCI or --hdu SCI,2"
        )
    return HduSelector(name=text.upper())


def split_hdu(path: str | Path) -> tuple[Path, HduSelector | None]:
    """Return the file or folder and the HDU of ``image.fits[SCI]``.

    A file of just that name comes first.

    Raises
    ------
    OptionError
        If the text in brackets is not an HDU.
    """
    path = Path(path)
    match = _BRACKETS.fullmatch(str(path))
    if match is None or path.exists() or not Path(match["file"]).exists():
        return path, None
    return Path(match["file"]), parse_hdu(match["hdu"])


def chosen_hdu(
    path: str | Path, hdu: HduSelector | int | str | Sequence[object] | None
) -> tuple[Path, HduSelector | None]:
    """Return the file and the HDU that a path, which may name one, and an option ask for.

    Raises
    ------
    OptionError
        If either is not an HDU, or they differ.
    """
    file, in_brackets = split_hdu(path)
    option = None if hdu is None else parse_hdu(hdu)
    if in_brackets is not None and option not in (None, in_brackets):
        raise OptionError(f"{path} names HDU {in_brackets}, but --hdu {option}: give one of them")
    return file, option or in_brackets


def _looks_like_a_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

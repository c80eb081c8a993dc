"""Stored headers, read block by block, before they are passed to a library."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

BLOCK, CARD = 2880, 80  # bytes
MAX_BLOCKS = 2000  # of one header: 72 000 cards
MAX_AXES = MAX_FIELDS = 999
BITPIX = (8, 16, 32, 64, -32, -64)
_STRUCTURE = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|Z?NAXIS\d{0,3}|PCOUNT|GCOUNT|GROUPS|TFIELDS|THEAP|EXTNAME|EXTVER|"
    rb"ZIMAGE|ZBITPIX|ZTILE\d{1,3}) *= *('(?:[^']|'')*'|[^ /]+)"
)


class HeaderFault(Exception):
    """A fault of a header; the message continues "HDU 1 has"."""


@dataclass(frozen=True)
class RawHeader:
    """The cards of a header that describe the layout of the HDU.

    Parameters
    ----------
    cards : mapping of str to str
        Texts of the values; of a keyword that is repeated, the first.
    size : int
        Bytes of the header, padding included.
    """

    cards: Mapping[str, str]
    size: int

    @property
    def kind(self) -> str:
        """``PRIMARY``, or the value of XTENSION: ``IMAGE``, ``BINTABLE``, ``TABLE`` ..."""
        return self.text("XTENSION").upper() or "PRIMARY"

    def text(self, key: str) -> str:
        """Return a value as text without quotes, empty where it is missing."""
        return self.cards.get(key, "").strip("'").strip().replace("''", "'")

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a value as a whole number.

        Raises
        ------
        HeaderFault
            If it is not a whole number, or missing without a default.
        """
        if key not in self.cards:
            if default is None:
                raise HeaderFault(f"no {key}")
            return default
        try:
            return int(self.cards[key])
        except ValueError:
            raise HeaderFault(f"{key} = {self.cards[key]}, which is not a whole number") from None

    def lengths(self, prefix: str = "NAXIS") -> tuple[int, ...]:
        """Return the lengths of the axes, in FITS order.

        Raises
        ------
        HeaderFault
            If their number or a length is missing or impossible.
        """
        count = self.whole(prefix)
        if not 0 <= count <= MAX_AXES:
            raise HeaderFault(f"{prefix} = {count}, but 0 to {MAX_AXES} axes are allowed")
        lengths = tuple(self.whole(f"{prefix}{axis}") for axis in range(1, count + 1))
        for axis, length in enumerate(lengths, 1):
            if length < 0:
                raise HeaderFault(f"{prefix}{axis} = {length}, which is not a length")
        return lengths

    @property
    def data_size(self) -> int:
        """Bytes of the data that the header promises, without padding.

        Raises
        ------
        HeaderFault
            If the header is damaged.
        """
        bits, lengths = self.whole("BITPIX"), self.lengths()
        if bits not in BITPIX:
            raise HeaderFault(f"BITPIX = {bits}, which is not a type of pixel")
        extra, groups = self.whole("PCOUNT", 0), self.whole("GCOUNT", 1)
        if extra < 0 or groups < 0:
            raise HeaderFault(f"PCOUNT = {extra} and GCOUNT = {groups}, of which none may be < 0")
        if not lengths:
            return 0
        is_groups = self.text("GROUPS") == "T" and lengths[0] == 0
        array = math.prod(lengths[1:] if is_groups else lengths)
        return abs(bits) // 8 * groups * (extra + array)


def read_raw_header(stream: BinaryIO) -> RawHeader | None:
    """Read one header from where a stream stands to the end of its last block.

    Returns
    -------
    RawHeader or None
        None where the stream is at its end, or what follows is not an HDU.

    Raises
    ------
    HeaderFault
        If the header does not end within `MAX_BLOCKS` blocks, or within the file.
    """
    cards: dict[str, str] = {}
    for number in range(1, MAX_BLOCKS + 1):
        block = stream.read(BLOCK)
        if number == 1 and not block.startswith((b"SIMPLE", b"XTENSION")):
            return None
        for start in range(0, len(block) - CARD + 1, CARD):
            card = block[start : start + CARD]
            if card.startswith(b"END") and not card[3:].strip():
                return RawHeader(cards, number * BLOCK)
            if match := _STRUCTURE.match(card):
                key, value = (part.decode("latin-1") for part in match.groups())
                cards.setdefault(key, value)
        if len(block) < BLOCK:
            raise HeaderFault("no END of its header before the file ends")
    raise HeaderFault(
        f"a header without END, or one of more than {MAX_BLOCKS * BLOCK // CARD} cards"
    )

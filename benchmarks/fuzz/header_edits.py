"""Damage to the headers of a FITS file: values, cards, structure."""

from __future__ import annotations

from pathlib import Path

from benchmarks.fuzz.damage import Random
from benchmarks.fuzz.odd_values import any_of

BLOCK, CARD = 2880, 80
ODD = (
    "T", "F", "0", "-1", "1", "2", "999", "1000", "2147483648", "4294967296", "9223372036854775808",
    "-9223372036854775808", "1E400", "-1E-400", "1.0E300", "NaN", "''", "'x'", "'RA---TAN'",
    "'DEC--TAN'", "'RA---XYZ'", "'GLON-CAR'", "'HPLN-TAN'", "'FREQ'", "'VOPT-F2W'", "'FREQ-TAB'",
    "'STOKES'", "'deg'", "'Hz'", "'furlong'", "'Jy/beam'", "'counts'", "'K'", "'1.4D9'", "180.0",
    "90.0", "-90.0", "360.0", "1E-9", "(1,2)", "", "'unterminated", "'\xb5Jy/beam'", "'B1950'",
    "'RICE_1'", "'GZIP_1'", "'PLIO_1'", "'NOCOMPRESS'", "'1PB(9)'", "'PRIMARY'", "'BINTABLE'",
)  # fmt: skip
KEYS = (
    "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "PCOUNT", "GCOUNT",
    "TFIELDS", "THEAP", "EXTNAME", "EXTVER", "INHERIT", "GROUPS", "BSCALE", "BZERO", "BLANK",
    "ZIMAGE", "ZNAXIS", "ZNAXIS1", "ZNAXIS2", "ZTILE1", "ZTILE2", "ZBITPIX", "ZCMPTYPE", "ZQUANTIZ",
    "TFORM1", "TTYPE1", "TDIM1", "TUNIT1", "WCSAXES", "CTYPE1", "CTYPE2", "CTYPE3", "CRVAL1",
    "CRVAL2", "CRVAL3", "CRPIX1", "CRPIX2", "CRPIX3", "CDELT1", "CDELT2", "CDELT3", "CUNIT1",
    "CUNIT2", "CUNIT3", "CROTA2", "PC1_1", "PC1_2", "PC1_3", "PC3_1", "CD1_1", "CD2_2", "CD3_3",
    "PV1_1", "PV2_1", "PV2_2", "PS3_0", "PS3_1", "LONPOLE", "LATPOLE", "RADESYS", "EQUINOX",
    "EPOCH", "A_ORDER", "B_ORDER", "A_2_0", "B_0_2", "AP_ORDER", "CPDIS1", "D2IMDIS1", "RESTFRQ",
    "RESTWAV", "VELREF", "SPECSYS", "ALTRVAL", "ALTRPIX", "BUNIT", "BTYPE", "BMAJ", "BMIN", "BPA",
    "CASAMBM", "CLEANBMJ", "BMAJ1", "NCHAN", "HISTORY", "CONTINUE", "HIERARCH", "END",
)  # fmt: skip


def value_changed(path: Path, random: Random) -> None:
    """Give a card of the file another value."""
    data, cards = _content(path)
    place = cards[int(random.integers(len(cards)))]
    key = bytes(data[place : place + 8])
    data[place : place + CARD] = _card(key.decode("latin-1"), any_of(ODD, random))
    path.write_bytes(data)


def card_replaced(path: Path, random: Random) -> None:
    """Put a card of another keyword over one of the file."""
    data, cards = _content(path)
    place = cards[int(random.integers(len(cards)))]
    data[place : place + CARD] = _card(any_of(KEYS, random), any_of(ODD, random))
    path.write_bytes(data)


def card_moved(path: Path, random: Random) -> None:
    """Exchange two cards."""
    data, cards = _content(path)
    first, second = (cards[i] for i in random.integers(len(cards), size=2).tolist())
    card = bytes(data[first : first + CARD])
    data[first : first + CARD] = data[second : second + CARD]
    data[second : second + CARD] = card
    path.write_bytes(data)


def card_scrambled(path: Path, random: Random) -> None:
    """Put random bytes into a card."""
    data, cards = _content(path)
    place = cards[int(random.integers(len(cards)))] + int(random.integers(CARD))
    size = int(random.integers(1, 20))
    data[place : place + size] = random.bytes(size)
    path.write_bytes(data)


def keyword_set(path: Path, random: Random) -> None:
    """Set a keyword of the structure, the WCS, the beam or the unit to an odd value."""
    data, cards = _content(path)
    key, value = any_of(KEYS, random), any_of(ODD, random)
    places = [place for place in cards if data[place : place + 8].rstrip() == key.encode()]
    place = places[int(random.integers(len(places)))] if places else cards[-1]
    data[place : place + CARD] = _card(key, value)
    path.write_bytes(data)


def end_lost(path: Path, random: Random) -> None:
    """Blank an END card."""
    data, cards = _content(path, ends=True)
    place = cards[int(random.integers(len(cards)))]
    data[place : place + CARD] = b" " * CARD
    path.write_bytes(data)


def header_prolonged(path: Path, random: Random) -> None:
    """Put many blocks of cards before the END of the first header."""
    data, _ = _content(path)
    blocks = int(2 ** random.integers(12))
    filler = _card("COMMENT", "") if random.random() < 0.5 else _card("BMAJ", "1.0")
    path.write_bytes(data[:BLOCK] + filler * (blocks * BLOCK // CARD) + data[BLOCK:])


def _content(path: Path, ends: bool = False) -> tuple[bytearray, list[int]]:
    """Return the bytes of a file, and where the cards of its headers, or their ENDs, are."""
    data = bytearray(path.read_bytes())
    places, in_header = [], True
    for start in range(0, len(data) - CARD + 1, CARD):
        if start % BLOCK == 0 and bytes(data[start : start + 8]) in (b"SIMPLE  ", b"XTENSION"):
            in_header = True
        is_end = in_header and data[start : start + CARD].rstrip() == b"END"
        if in_header and is_end == ends:
            places.append(start)
        in_header &= not is_end
    return data, places or [0]


def _card(key: str, value: str) -> bytes:
    text = f"{key:<8}= {value:>20}" if not value.startswith("'") else f"{key:<8}= {value}"
    return text.encode("latin-1")[:CARD].ljust(CARD)


OF_HEADERS = (
    value_changed, card_replaced, card_moved, card_scrambled, keyword_set, keyword_set,
    end_lost, header_prolonged,
)  # fmt: skip

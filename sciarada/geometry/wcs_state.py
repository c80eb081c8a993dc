"""A WCS as plain numbers, so that it is the same to the last bit in another process.

astropy pickles a `~astropy.wcs.WCS` as the text of a FITS header, in which numbers have 12 to 16
digits: what comes back differs in the last bits, and a fit that is about to go one way or the
other goes another way there. Here every number travels as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.wcs import WCS, DistortionLookupTable, Sip, Wcsprm

Distortion = tuple[Any, ...]

_DERIVED = frozenset(  # by wcslib from the others, not to be set, or read in another way
    (
        "aux",
        "axis_types",
        "cdelt",
        "cel",
        "cubeface",
        "imgpix_matrix",
        "lat",
        "lattyp",
        "lng",
        "lngtyp",
        "naxis",
        "piximg_matrix",
        "spec",
        "tab",
        "wtb",
    )
)
_TABLES = ("cpdis1", "cpdis2", "det2im1", "det2im2")


@dataclass(frozen=True, eq=False)
class WcsState:
    """All that a WCS is made of.

    Parameters
    ----------
    naxis : int
        Number of axes.
    keywords : dict of str to object
        What `~astropy.wcs.Wcsprm` holds: numbers, arrays, texts and lists of texts.
    parameters : tuple of list
        Parameters of the projection: numbers (PVi_m) and texts (PSi_m).
    sip : tuple of ndarray, or None
        Distortion polynomials A, B, AP and BP, and their reference pixel.
    tables : tuple
        Data, reference pixel, reference value and increment of each distortion table, or None.
    attributes : dict of str to object
        What astropy keeps beside them, such as the shape of the image.
    """

    naxis: int
    keywords: dict[str, Any]
    parameters: tuple[list, list]
    sip: Distortion | None
    tables: tuple[Distortion | None, ...]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, wcs: WCS) -> WcsState:
        """Return what a WCS is made of.

        Raises
        ------
        ValueError
            If it has parts that cannot be restored, such as coordinates in tables (``-TAB``).
        """
        wcs.wcs.set()  # as any use of it does
        attributes = {k: v for k, v in vars(wcs).items() if not k.endswith("_cache")}
        state = cls(
            wcs.naxis,
            _keywords(wcs.wcs),
            (wcs.wcs.get_pv(), wcs.wcs.get_ps()),
            wcs.sip and (wcs.sip.a, wcs.sip.b, wcs.sip.ap, wcs.sip.bp, wcs.sip.crpix),
            tuple(_table(getattr(wcs, name)) for name in _TABLES),
            attributes,
        )
        if not same_wcs(wcs, state.restored()):
            raise ValueError("the WCS cannot be sent to another process without a change")
        return state

    def restored(self) -> WCS:
        """Return the WCS as a new object."""
        wcs = WCS(naxis=self.naxis)
        for name, value in self.keywords.items():
            setattr(wcs.wcs, name, value)
        numbers, texts = self.parameters
        if numbers:
            wcs.wcs.set_pv(numbers)
        if texts:
            wcs.wcs.set_ps(texts)
        wcs.wcs.set()
        wcs.sip = self.sip and Sip(*self.sip)
        for name, table in zip(_TABLES, self.tables, strict=True):
            setattr(wcs, name, table and DistortionLookupTable(*table))
        vars(wcs).update(self.attributes)
        return wcs


def same_wcs(one: WCS, other: WCS) -> bool:
    """Return whether all numbers of two WCSs are equal to the last bit."""
    if one.wcs.tab or other.wcs.tab or not one.wcs.compare(other.wcs, tolerance=0.0):
        return False
    parts = [_distortions(wcs) for wcs in (one, other)]
    return len(parts[0]) == len(parts[1]) and all(map(np.array_equal, *parts))


def _keywords(wcsprm: Wcsprm) -> dict[str, Any]:
    """Return what can be set of a WCS without its distortions."""
    found = {"cdelt": wcsprm.get_cdelt().copy()}  # the attribute warns where there is a CD matrix
    for name in dir(Wcsprm):
        if name.startswith("_") or name in _DERIVED:
            continue
        value = getattr(wcsprm, name, None)  # of CD, PC and CROTA only those that it has
        if value is not None and not callable(value):
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str | float | int):
        return value
    return value.copy() if isinstance(value, np.ndarray) else [str(text) for text in value]


def _table(table: DistortionLookupTable | None) -> Distortion | None:
    return table and (table.data, tuple(table.crpix), tuple(table.crval), tuple(table.cdelt))


def _distortions(wcs: WCS) -> list[np.ndarray]:
    """Return the numbers of all distortions, an empty array for a part that there is not."""
    sip = [getattr(wcs.sip, name, None) for name in ("a", "b", "ap", "bp", "crpix")]
    tables = [
        getattr(getattr(wcs, name), part, None)
        for name in _TABLES
        for part in ("data", "crpix", "crval", "cdelt")
    ]
    return [np.array([]) if part is None else np.asarray(part) for part in sip + tables]

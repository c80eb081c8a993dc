"""A WCS as plain numbers, so that it is the same to the last bit in another process.

astropy pickles a `~astropy.wcs.WCS` as the text of a FITS header, in which numbers have 12 to 16
digits: what comes back differs in the last bits, and a fit that is about to go one way or the
other goes another way there. Here every number travels as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits
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
_CLOSE = 1e-9  # degrees, of a header's digits
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
    header : str or None
        Header of a WCS with the polynomials of TPV, which wcslib gives out in no other way.
    """

    naxis: int
    keywords: dict[str, Any]
    parameters: tuple[list, list]
    sip: Distortion | None
    tables: tuple[Distortion | None, ...]
    attributes: dict[str, Any]
    header: str | None = None

    @classmethod
    def of(cls, wcs: WCS) -> WcsState:
        """Return the components of a WCS.

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
            wcs.to_header_string(relax=True) if has_polynomials(wcs) else None,
        )
        again = state.restored()
        same = same_wcs(wcs, again) if state.header is None else _close(wcs, again)
        if not same:
            raise ValueError("the WCS cannot be sent to another process without a change")
        return state

    def restored(self) -> WCS:
        """Return the WCS as a new object."""
        if self.header is not None:
            return self._with_polynomials()
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

    def _with_polynomials(self) -> WCS:
        """Return the WCS of the header, its other numbers to the last bit."""
        wcs = WCS(fits.Header.fromstring(self.header))
        exact = self.keywords
        wcs.wcs.crpix, wcs.wcs.crval = exact["crpix"], exact["crval"]
        if "cd" in exact:
            wcs.wcs.cdelt, wcs.wcs.pc = [1.0, 1.0], exact["cd"]
        else:
            wcs.wcs.cdelt, wcs.wcs.pc = exact["cdelt"], exact["pc"]
        wcs.wcs.set()
        vars(wcs).update(self.attributes)
        return wcs


def has_polynomials(wcs: WCS) -> bool:
    """Return whether wcslib itself distorts the plane, as it does for TPV."""
    if wcs.naxis != 2:
        return False
    probes = wcs.wcs.crpix + 1000.0 * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 2.0]])
    with np.errstate(over="ignore", invalid="ignore"):  # a header may say anything
        linear = (probes - wcs.wcs.crpix) @ wcs.pixel_scale_matrix.T
        plane = wcs.wcs.p2s(probes, 1)["imgcrd"]
        return bool((np.abs(plane - linear) > 1e-9 * np.abs(linear).max()).any())


def _close(one: WCS, other: WCS) -> bool:
    """Return whether two WCSs agree near their reference to the precision of a header."""
    steps = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 1000.0], [-1000.0, 500.0]])
    pixels = one.wcs.crpix + steps
    place, other_place = (wcs.all_pix2world(pixels, 1) for wcs in (one, other))
    return bool(np.allclose(place, other_place, rtol=0.0, atol=_CLOSE, equal_nan=True))


def portable(wcs: WCS) -> WCS:
    """Return a WCS that is the same to the last bit in another process.

    Headers hold fewer digits of the polynomials of TPV than the numbers have; with those of
    the header, nothing is lost on the way.
    """
    return WcsState.of(wcs).restored() if has_polynomials(wcs) else wcs


def same_wcs(one: WCS, other: WCS) -> bool:
    """Return whether all numbers of two WCSs are equal to the last bit."""
    if one.wcs.tab or other.wcs.tab or not one.wcs.compare(other.wcs, tolerance=0.0):
        return False
    parts = [_distortions(wcs) for wcs in (one, other)]
    return len(parts[0]) == len(parts[1]) and all(map(np.array_equal, *parts))


def _keywords(wcsprm: Wcsprm) -> dict[str, Any]:
    """Return the settable parameters of a WCS without its distortions."""
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

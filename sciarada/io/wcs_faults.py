"""Explanations of why a WCS cannot be used."""

from __future__ import annotations

import re

from astropy.wcs.wcs import SingularMatrixError, WcsError

# What astropy and wcslib raise of a celestial WCS that makes no sense.
UNUSABLE = (
    WcsError, ValueError, ArithmeticError, MemoryError, LookupError, TypeError, AttributeError,
    AssertionError, OSError, NameError,
)  # fmt: skip
_SINGULAR = "its matrix (CDi_j or PCi_j) is singular"
_REASONS = {
    r"cannot be turned into ICRS": None,  # ours
    r"singular": _SINGULAR,
    r"projection code": "its projection is unknown",
    r"CUNIT|unit": "its axes have units (CUNITi) that are no angles",
    r"SIP|_ORDER": "its distortion polynomial (A_i_j, B_i_j) is incomplete",
    r"lookup|distortion|\bdp\d?\b|CPDIS|WCSDVARR|D2IM": (
        "its distortion tables are missing or damaged"
    ),
    r"celestial axes|axis types|Unmatched|CTYPE": "its axes (CTYPEi) do not belong together",
    r"parameter|PV\d": "the parameters of its projection (PVi_m, LONPOLE, LATPOLE) are impossible",
}


def reason(error: Exception) -> str:
    """Return why a WCS cannot be used; the text follows "has a WCS that cannot be used:"."""
    if isinstance(error, SingularMatrixError):
        return _SINGULAR
    for pattern, words in _REASONS.items():
        if re.search(pattern, f"{type(error).__name__} {error}", re.IGNORECASE):
            return words or str(error)
    return "its keywords contradict each other"

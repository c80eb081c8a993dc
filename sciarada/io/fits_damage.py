"""What astropy raises when a file breaks the FITS rules, in words."""

from __future__ import annotations

import errno
import zlib

from astropy.io.fits.verify import VerifyError

# Nothing else is taken for bad input.
BROKEN = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
    VerifyError, zlib.error,
)  # fmt: skip


def explain(error: Exception) -> str:
    """Say what an exception of astropy's means for the file; the text follows its name."""
    if isinstance(error, OSError) and error.errno == errno.EINVAL:  # a seek beyond all bounds
        return "is truncated: its header promises far more than the file has: fetch it again"
    if isinstance(error, KeyError) and len(error.args) == 1:
        return f"is damaged or breaks the FITS rules: no keyword {error.args[0]}"
    return f"is damaged or breaks the FITS rules: {' '.join(str(error).split())}"

"""Explanations of the exceptions of astropy for damaged FITS files."""

from __future__ import annotations

import errno
import logging
import re
import zlib

from astropy.io.fits.verify import VerifyError

logger = logging.getLogger(__name__)

_KEYWORD = re.compile(r"(?:Keyword ')?([A-Z][A-Z0-9_-]{0,7})(?:' not found\.?)?$")
# Nothing else is taken for bad input.
BROKEN = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
    ArithmeticError, AssertionError, NameError, VerifyError, zlib.error,
)  # fmt: skip


def explain(error: Exception) -> str:
    """Return the meaning of an exception of astropy for the file; the text follows its name.

    The words of astropy go to the log.
    """
    if isinstance(error, OSError) and error.errno == errno.EINVAL:  # a seek beyond all bounds
        return "is truncated: its header promises far more than the file has: fetch it again"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    logger.info("what breaks the FITS rules", exc_info=error)
    keyword = _KEYWORD.match(str(error.args[0])) if isinstance(error, KeyError) else None
    why = f": no keyword {keyword[1]}" if keyword else ""
    return f"is damaged or breaks the FITS rules{why}; fetch or write it again"

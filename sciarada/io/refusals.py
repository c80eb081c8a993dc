"""Messages for refusals by the operating system: path, reason and remedy."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sciarada.errors import OutputError

_REMEDIES = {
    errno.ENOSPC: "free some room there or ",
    errno.EDQUOT: "free some of your quota there or ",
    errno.EFBIG: "raise the limit of file sizes (`ulimit -f`) or ",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`) or ",
}


def explain_refusal(error: OSError, out: Path, other: str = "give another --out") -> str:
    """Return a sentence about a refusal while a product was being written.

    Parameters
    ----------
    error : OSError
        If it names a file that is no part of the product, that file is blamed.
    out : Path
        The product, a file or a folder.
    other : str
        What helps in any case.

    Examples
    --------
    >>> from sciarada.io.refusals import explain_refusal
    >>> full = OSError(28, "No space left on device")
    >>> explain_refusal(full, Path("out"))
    'cannot write out: No space left on device; free some room there or give another --out'
    """
    error = _from_system(error)
    cause = _cause(error)
    remedy = _REMEDIES.get(error.errno or 0, "")
    named = _named(error)
    if named is None or _is_part(named, out):
        return f"cannot write {out}: {cause}; {remedy}{other}"
    if named.is_relative_to(tempfile.gettempdir()):
        return explain_temporary(error)
    return f"cannot write {out}, since {named} cannot be used: {cause}"


@contextmanager
def refusals_explained(out: Path, other: str = "give another --out") -> Iterator[None]:
    """Turn an error of the system into one sentence about a product.

    Parameters
    ----------
    out, other
        As in `explain_refusal`.

    Raises
    ------
    OutputError
        In place of an OSError, also of one that is already a sentence about a part of ``out``.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(explain_refusal(error, out, other)) from error
    except OutputError as error:
        if isinstance(error.__cause__, OSError):
            raise OutputError(explain_refusal(error.__cause__, out, other)) from error.__cause__
        raise


def explain_temporary(error: OSError) -> str:
    """Return a sentence about a refusal in the folder of temporary files."""
    cause, remedy = _cause(error), _REMEDIES.get(error.errno or 0, "")
    try:
        where = f"cannot write in the temporary folder {tempfile.gettempdir()}: {cause}"
    except FileNotFoundError as none:
        where = str(none.strerror)
    return f"{where}; {remedy}set TMPDIR to another folder"


def _cause(error: OSError) -> str:
    """Return the words of the system, or those of the error where it has no number."""
    if error.errno is not None:
        return os.strerror(error.errno)
    return " ".join(str(error).split())


def _from_system(error: OSError) -> OSError:
    """Return the error of the system that a library reported in another form, if any."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.errno is not None:
            return found
        found = found.__cause__ or found.__context__
    return error


def _named(error: OSError) -> Path | None:
    """Return the file that an error names, if any."""
    name = error.filename
    return Path(os.fsdecode(name)).absolute() if isinstance(name, str | bytes | Path) else None


def _is_part(path: Path, out: Path) -> bool:
    """Return whether a file belongs to a product or to the hidden folders beside it."""
    try:
        first = path.relative_to(out.absolute().parent).parts[:1]
    except ValueError:
        return False
    return not first or first[0] == out.name or first[0].startswith(".")

"""Messages for errors of the operating system."""

from __future__ import annotations

import errno
from collections.abc import Iterator

_ENVIRONMENT = {
    getattr(errno, name)
    for name in (
        "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE",
        "EAGAIN", "ESTALE", "ENODEV", "ENOTCONN", "ETIMEDOUT",
    )
    if hasattr(errno, name)
}  # fmt: skip
_MEMORY = (
    "allocate memory",
    "bad_alloc",
    "can't start new thread",
    "failed to map segment",
    "out of memory",
)


def out_of_memory(error: BaseException) -> str | None:
    """Return a sentence if an error, or what caused it, is a lack of memory."""
    lacking = next((each for each in _chain(error) if _is_memory(each)), None)
    if lacking is None:
        return None
    detail = " ".join(str(lacking).partition("\n")[0].split())
    return (
        f"not enough memory{f' ({detail})' if detail else ''}: use fewer --workers or a smaller "
        "--tile or --batch where the command has them, or allow the program more memory"
    )


def refused(error: BaseException) -> str | None:
    """Return a sentence if the system refused something, whatever the program did."""
    if not isinstance(error, OSError) or error.errno not in _ENVIRONMENT:
        return None
    name = error.filename
    return f"{'a file or device' if name is None else name} cannot be used: {error.strerror}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    known = isinstance(error, RuntimeError | ImportError)
    return known and any(text in str(error).lower() for text in _MEMORY)

"""Messages for errors of the operating system."""

from __future__ import annotations

import errno

from sciarada.running.memory_errors import memory_error

_ENVIRONMENT = {
    getattr(errno, name)
    for name in (
        "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE",
        "EAGAIN", "ESTALE", "ENODEV", "ENOTCONN", "ETIMEDOUT", "ENAMETOOLONG",
    )
    if hasattr(errno, name)
}  # fmt: skip


def out_of_memory(error: BaseException) -> str | None:
    """Return a sentence if an error, or its cause, is a lack of memory."""
    lacking = memory_error(error)
    if lacking is None:
        return None
    detail = " ".join(str(lacking).partition("\n")[0].split())
    return (
        f"not enough memory{f' ({detail})' if detail else ''}: use fewer --workers or a smaller "
        "--tile or --batch where the command has them, or allow the program more memory"
    )


def refused(error: BaseException) -> str | None:
    """Return a sentence if the error is a refusal by the operating system."""
    if not isinstance(error, OSError) or error.errno not in _ENVIRONMENT:
        return None
    name = error.filename
    return f"{'a file or device' if name is None else name} cannot be used: {error.strerror}"

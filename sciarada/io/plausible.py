"""Compare the declared with the actual size of data, before memory is allocated."""

from __future__ import annotations

ALWAYS_ALLOWED = 1 << 26  # bytes that are always allowed
PACKED_AT_MOST = 1100  # times: DEFLATE, the usual packing, reaches 1032 with equal bytes


def is_plausible(promised: int, held: int) -> bool:
    """Return whether a file of ``held`` bytes can hold ``promised`` bytes of values.

    Examples
    --------
    >>> is_plausible(promised=10**12, held=5000)
    False
    """
    return promised <= ALWAYS_ALLOWED + PACKED_AT_MOST * held

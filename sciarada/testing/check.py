"""The outcome of one check of the conformance kit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Parameters
    ----------
    name : str
        The requirement.
    passed : bool
        Whether it is fulfilled.
    detail : str
        What was found, in particular if the requirement is not fulfilled.

    See Also
    --------
    conformance : Yields checks.

    Examples
    --------
    >>> from sciarada.testing import Check
    >>> print(Check("has a summary of one line", False, "the summary is empty"))
    FAILED has a summary of one line: the summary is empty
    """

    name: str
    passed: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"{'ok    ' if self.passed else 'FAILED'} {self.name}" + (
            f": {self.detail}" if self.detail else ""
        )

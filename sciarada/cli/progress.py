"""Progress bars on stderr, if it is a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from sciarada.running.progress import Progress, silent


def bars(wanted: bool) -> Progress:
    """Return a progress display with one bar per stage, or one without output if disabled."""

    def draw(items: Iterable[Any], stage: str, total: int) -> Iterable[Any]:
        # disable=None: tqdm itself stays silent where stderr is not a terminal.
        return tqdm(items, desc=stage, total=total, disable=None, leave=False, unit="tile")

    return draw if wanted else silent

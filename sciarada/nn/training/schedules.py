"""Schedules of a training: functions of the step alone.

What follows from the step alone needs no state in a checkpoint.
"""

from __future__ import annotations

import math


def warmup_cosine(step: int, steps: int, warmup: int, peak: float, final: float = 0.0) -> float:
    """Return a learning rate that rises in a straight line and falls as half a cosine.

    Parameters
    ----------
    step : int
        Zero-based; ``steps - 1`` is the last.
    steps, warmup : int
        Number of steps in all, and of those in which it rises.
    peak, final : float
        Highest rate, and that after the last step.
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return final + (peak - final) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def cosine_to_one(progress: float, start: float) -> float:
    """Return the momentum of a slow network: from ``start`` to 1 as half a cosine (BYOL).

    Parameters
    ----------
    progress : float
        0 at the first step, 1 after the last.
    start : float
        The momentum at the first step.
    """
    return 1.0 - (1.0 - start) * 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, progress))))

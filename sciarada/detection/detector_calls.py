"""Calls of the chosen detector, a plugin: what goes wrong is told in one sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor
from numbers import Integral, Real
from typing import Any

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.errors import PluginError
from sciarada.geometry.windows import Window
from sciarada.hooks.describing import describe_value
from sciarada.hooks.isolation import PluginFault, at_work
from sciarada.hooks.protocols import Detector
from sciarada.running.executor import Serial


def halo_of(detector: Detector, name: str, image: SkyImage) -> int:
    """Return how many pixels around a tile a detector wants to see.

    Raises
    ------
    PluginError
        If it fails, or gives no whole number of pixels.
    """
    halo = _call(name, lambda: detector.halo(image), "when it was asked for its halo")
    if not isinstance(halo, Integral) or halo < 0:
        raise PluginError(
            f"the detector {name} asks for a halo of {describe_value(halo)}, which is no whole "
            f"number of pixels; see `sciarada plugins check {name}`"
        )
    return int(halo)


def detections_of(detector: Detector, name: str, view: TileView) -> list[Detection]:
    """Return what a detector finds in a tile, once it is seen to be what it should be.

    Raises
    ------
    PluginError
        If it fails, or returns anything but detections inside the tile.
    """

    def detect() -> list[Detection]:
        return [_checked(found, view.tile.window) for found in detector.detect(view)]

    return _call(name, detect, f"on tile {view.tile.tile_id}")


def check_sendable(detector: Detector, name: str, executor: Executor) -> None:
    """Raise PluginError if other processes are to run a detector that cannot be pickled."""
    if not isinstance(executor, Serial):
        when = "when it was sent to another process (--workers 1 does without)"
        _call(name, lambda: pickle.dumps(detector), when)


def _call(name: str, function: Callable[[], Any], when: str) -> Any:
    with at_work(name, f"detecting, {when}", keep_state=False) as work:
        try:
            return work.call(function)
        except PluginFault as fault:
            raise PluginError(
                f"the detector {name} failed {when} with {fault}; "
                f"see `sciarada plugins check {name}`"
            ) from fault.__cause__


def _checked(found: Detection, window: Window) -> Detection:
    """Return a detector's find if it has pixels and lies in the tile that was shown."""
    if not isinstance(found, Detection):
        raise TypeError(f"it returned {describe_value(found)} in place of a Detection")
    if not found.mask.any():
        raise ValueError("it returned a detection without pixels")
    if not found.window.within(window):
        raise ValueError(f"it returned a detection outside the tile: {found.window}")
    if found.score is not None and not (isinstance(found.score, Real) and 0 <= found.score <= 1):
        raise ValueError(f"it returned the score {describe_value(found.score)}, not one of 0 to 1")
    if not isinstance(found.label, str | None):
        raise TypeError(f"it returned the label {describe_value(found.label)}, which is not text")
    return found

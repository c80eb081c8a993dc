"""Calls of the chosen detector, a plugin; its errors become one sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from numbers import Integral, Real
from typing import Any

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.errors import PluginError
from sciarada.geometry.windows import Window
from sciarada.hooks.describing import describe_value
from sciarada.hooks.isolation import PluginFault, at_work
from sciarada.hooks.protocols import BatchDetector, Detector
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


def detections_of(
    detector: Detector, name: str, views: Sequence[TileView]
) -> list[list[Detection]]:
    """Return the checked detections of a detector in each of some tiles.

    A `BatchDetector` is given all of them at once.

    Raises
    ------
    PluginError
        If it fails, or returns anything but detections inside each tile.
    """
    if not isinstance(detector, BatchDetector) or len(views) < 2:
        return [_detections_of_one(detector, name, view) for view in views]

    def detect() -> list[list[Detection]]:
        answers = detector.detect_batch(list(views))
        if len(answers) != len(views):
            raise ValueError(f"it returned {len(answers)} lists for {len(views)} tiles")
        return [_all_checked(each, view) for each, view in zip(answers, views, strict=True)]

    first, last = views[0].tile.tile_id, views[-1].tile.tile_id
    return _call(name, detect, f"on the batch of tiles {first} to {last}")


def _detections_of_one(detector: Detector, name: str, view: TileView) -> list[Detection]:
    def detect() -> list[Detection]:
        return _all_checked(detector.detect(view), view)

    return _call(name, detect, f"on tile {view.tile.tile_id}")


def _all_checked(found: Iterable[Detection], view: TileView) -> list[Detection]:
    return [_checked(each, view.tile.window) for each in found]


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
    """Return a detection if it has pixels and is inside the tile."""
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

"""Conformance checks of detectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sciarada.core.detections import Detection, TileView
from sciarada.geometry.tiles import Tile
from sciarada.geometry.windows import Window
from sciarada.hooks.detector_spec import DetectorSpec
from sciarada.hooks.protocols import BatchDetector, Detector, Losses, TrainableDetector
from sciarada.testing.pickling import pickled_and_back
from sciarada.testing.skies import small_sky, tile_view

ARRAYS = ("pixels", "background", "rms")
WINDOW = Window(20, 180, 40, 250)  # of the small sky; not square, and not at its corner


def detector_checks(detector: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks, each on a fresh view of the same small sky of 200 x 260 pixels."""
    sky = small_sky()

    def view(window: Window = WINDOW) -> TileView:
        return tile_view(sky, window)

    yield "has halo(image) and detect(view)", lambda: _check_methods(detector)
    yield "asks for a halo of whole pixels", lambda: _check_halo(detector.halo(sky))
    yield "returns detections that lie in the tile", lambda: _check_found(detector, view())
    yield "counts pixels from the image's corner", lambda: _check_corner(detector, view())
    yield "gives the same answer twice", lambda: _check_same(detector, detector, view())
    yield "leaves the arrays that it is shown alone", lambda: _check_untouched(detector, view())
    yield "can be sent to another process", lambda: _check_pickle(detector, view())
    yield "copes with a tall tile", lambda: find(detector, view(Window(0, 200, 100, 150)))
    yield "copes with a sliver of a tile", lambda: find(detector, view(Window(100, 102, 0, 260)))
    yield "copes with noise alone", lambda: find(detector, tile_view(small_sky(sources=0)))
    yield "copes with missing pixels", lambda: find(detector, _with_hole(view()))
    yield "copes with background alone", lambda: find(detector, _background(view()))
    yield "copes with a tile of one pixel", lambda: find(detector, view(Window(90, 91, 90, 91)))
    yield "finds nothing where there are no pixels", lambda: _check_blank(detector, view())
    yield (
        "copes with an image without a beam",
        lambda: find(detector, dataclasses.replace(view(), beam=None)),
    )
    if isinstance(detector, BatchDetector):
        views = [view(), view(Window(0, 200, 100, 150)), view(Window(90, 91, 90, 91))]
        yield "finds the same in several tiles at once", lambda: _check_batch(detector, views)
    if isinstance(detector, TrainableDetector):
        yield "returns Losses that can be learned from", lambda: _check_loss(detector, view())


def threshold_checks(spec: DetectorSpec) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks of the thresholds that a detector declares."""

    def stated() -> str:
        options = None if spec.options is None else spec.options()
        return str(spec.thresholds_for(options))

    yield "states its thresholds", stated


def find(detector: Detector, view: TileView) -> list[Detection]:
    """Return the detections of a detector, after checking them."""
    found = detector.detect(view)
    assert isinstance(found, list), f"detect() returned {type(found).__name__}, not a list"
    _check_detections(found, view)
    return found


def _check_detections(found: list[Detection], view: TileView) -> None:
    for detection in found:
        assert isinstance(detection, Detection), f"it holds a {type(detection).__name__}"
        inside = detection.window.within(view.tile.window)
        assert inside, f"{detection.window} reaches out of the tile, {view.tile.window}"
        assert detection.mask.any(), f"the mask of {detection.window} is empty"
        score = detection.score
        assert score is None or 0 <= score <= 1, f"the score {score} is not between 0 and 1"


def _check_methods(detector: Any) -> None:
    assert isinstance(detector, Detector), f"{type(detector).__name__} lacks one of them"


def _check_halo(halo: Any) -> None:
    assert isinstance(halo, (int, np.integer)), f"halo() returned {halo!r}"
    assert halo >= 0, f"halo() returned {halo}"


def _check_found(detector: Detector, view: TileView) -> str:
    return f"{len(find(detector, view))} in a field of 12 sources"


def _check_corner(detector: Detector, view: TileView) -> None:
    """Show the same pixels at another place in the image, and expect the finds there."""
    at, dy, dx = view.tile.window, 1000, 3000
    moved = Window(at.y0 + dy, at.y1 + dy, at.x0 + dx, at.x1 + dx)
    elsewhere = dataclasses.replace(view, tile=Tile(0, 0, core=moved, window=moved))
    here, there = find(detector, view), find(detector, elsewhere)
    assert len(here) == len(there), f"{len(here)} objects here, {len(there)} elsewhere"
    for one, other in zip(here, there, strict=True):
        shift = (other.window.y0 - one.window.y0, other.window.x0 - one.window.x0)
        assert shift == (dy, dx), f"moved by {shift} where the tile moved by {(dy, dx)}"


def _check_same(one: Detector, other: Detector, view: TileView) -> None:
    _check_alike(find(one, view), find(other, view))


def _check_batch(detector: BatchDetector, views: list[TileView]) -> None:
    answers = detector.detect_batch(views)
    assert len(answers) == len(views), f"{len(answers)} lists for {len(views)} tiles"
    for view, found in zip(views, answers, strict=True):
        _check_detections(found, view)
        _check_alike(find(detector, view), found)


def _check_loss(detector: TrainableDetector, view: TileView) -> None:
    """Ask for the loss of a tile with a known object, and of one without."""
    known = Detection(view.tile.window, np.ones(view.pixels.shape, bool))
    losses = detector.loss([(view, [known]), (view, [])])
    assert isinstance(losses, Losses), f"loss() returned {type(losses).__name__}, not Losses"
    assert losses.total.shape == (), f"the total has the shape {tuple(losses.total.shape)}"
    assert bool(losses.total.isfinite()), f"the total is {losses.total.item()}"
    assert losses.total.requires_grad, "the total has no gradient, so nothing can be learned"
    assert losses.terms, "there are no terms"
    losses.total.backward()


def _check_alike(first: list[Detection], second: list[Detection]) -> None:
    assert len(first) == len(second), f"{len(first)} objects, then {len(second)}"
    for before, after in zip(first, second, strict=True):
        same = (before.window, before.label, before.score) == (
            after.window,
            after.label,
            after.score,
        )
        assert same, f"{before.window}, then {after.window}"
        assert np.array_equal(before.mask, after.mask), f"the mask of {before.window} changed"


def _check_untouched(detector: Detector, view: TileView) -> None:
    copies = {name: getattr(view, name).copy() for name in ARRAYS}
    find(detector, view)
    for name, copy in copies.items():
        unchanged = np.array_equal(copy, getattr(view, name), equal_nan=True)
        assert unchanged, f"view.{name} was changed"


def _check_pickle(detector: Detector, view: TileView) -> None:
    _check_same(detector, pickled_and_back(detector), view)


def _check_blank(detector: Detector, view: TileView) -> None:
    blank = {name: np.full_like(getattr(view, name), np.nan) for name in ARRAYS}
    found = find(detector, dataclasses.replace(view, **blank))
    assert not found, f"it found {len(found)} objects"


def _background(view: TileView) -> TileView:
    """Return a view of a tile that has neither sources nor noise."""
    return dataclasses.replace(view, pixels=view.background.copy())


def _with_hole(view: TileView) -> TileView:
    """Return a view without pixels in its middle and along one side."""
    arrays = {name: getattr(view, name).copy() for name in ARRAYS}
    for array in arrays.values():
        array[60:100, 80:120] = np.nan
        array[:, :15] = np.nan
    return dataclasses.replace(view, **arrays)

"""Islands: connected regions of emission, put together from the detections of tiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sciarada.core.detections import Detection
from sciarada.geometry.tiles import Tile, TileGrid
from sciarada.geometry.windows import Window

MIN_AGREEMENT = 0.5

Piece = tuple[Tile, Detection]


@dataclass(frozen=True, eq=False)
class Island:
    """A region of emission anywhere in the image, however many tiles it spans.

    Parameters
    ----------
    window : Window
        Bounding box in image pixels.
    mask : ndarray of bool
        The island's pixels in the box.
    tile_id : str
        Tile that owns its middle.
    label, score
        As the detector gave them.
    seam : bool
        Whether it was put together from tiles that did not find the same where both looked.
    scale : int
        Side in pixels of the blocks at which it was found; 1 at full resolution.
    embedded : bool
        Whether it is on diffuse emission that is a separate island.
    """

    window: Window
    mask: np.ndarray
    tile_id: str
    label: str | None = None
    score: float | None = None
    seam: bool = False
    scale: int = 1
    embedded: bool = False


def keep_in_tile(detections: Iterable[Detection], tile: Tile, grid: TileGrid) -> list[Detection]:
    """Drop the detections that another tile sees whole and owns."""
    return [d for d in detections if _is_ours(d.window, tile, grid)]


def stitch(found: Sequence[tuple[Tile, Sequence[Detection]]], grid: TileGrid) -> list[Island]:
    """Put the detections of all tiles together into islands.

    Where two tiles both see some pixels and a connected part of what one detected there
    agrees with one of the other's (in at least half of the smaller), the two are pieces of
    one island. A detector that decides pixel by
    pixel so gives the same islands for every tile size.

    Parameters
    ----------
    found : sequence of (Tile, detections)
        As left by `keep_in_tile`.
    grid : TileGrid

    Returns
    -------
    list of Island
        In the order of their boxes, rows first: independent of the tiles.
    """
    pieces = [(tile, detection) for tile, detections in found for detection in detections]
    links = _agreeing_pairs(pieces)
    if links:
        i, j = np.array(links).T
        graph = coo_array((np.ones(len(links)), (i, j)), shape=(len(pieces), len(pieces)))
        number = connected_components(graph, directed=False)[1]
    else:
        number = np.arange(len(pieces))
    members: dict[int, list[Piece]] = defaultdict(list)
    for group, piece in zip(number, pieces, strict=True):
        members[int(group)].append(piece)
    wholes = [group for group in members.values() if any(d.complete for _, d in group)]
    return sorted((_joined(group, grid) for group in wholes), key=position)


def position(island: Island) -> tuple[int, int, int, int]:
    """Return the sorting key of an island: its box, then its first pixel."""
    first = int(np.argmax(island.mask[0]))
    return (island.window.y0, island.window.x0 + first, island.window.y1, island.window.x1)


def neighbours(islands: Sequence[Island], margin: int) -> list[list[int]]:
    """Return for each island which others have pixels in its box widened by ``margin``."""
    return [
        [j for j in near if islands[i].window.grow(margin).overlap(islands[j].window)]
        for i, near in enumerate(_near_boxes([island.window for island in islands], margin))
    ]


def paste(window: Window, pieces: Iterable[tuple[Window, np.ndarray]]) -> np.ndarray:
    """Return the boolean union of masks over a window."""
    canvas = np.zeros(window.shape, bool)
    for box, mask in pieces:
        common = window.overlap(box)
        if common is not None:
            canvas[common.slices_in(window)] |= mask[common.slices_in(box)]
    return canvas


def _is_ours(window: Window, tile: Tile, grid: TileGrid) -> bool:
    if not _is_whole(window, tile, grid.shape):
        return True
    owner = grid.owner(*_middle(window))
    return owner == tile or not _is_whole(window, owner, grid.shape)


def _is_whole(window: Window, tile: Tile, shape: tuple[int, int]) -> bool:
    """Return whether a box is in a tile, with a margin of one pixel where the image continues."""
    return window.grow(1, shape).within(tile.window)


def _middle(window: Window) -> tuple[int, int]:
    return ((window.y0 + window.y1 - 1) // 2, (window.x0 + window.x1 - 1) // 2)


def _joined(group: list[Piece], grid: TileGrid) -> Island:
    detections = [detection for _, detection in group]
    window = detections[0].window
    for detection in detections[1:]:
        window = window.union(detection.window)
    best = max(detections, key=lambda d: (-1.0 if d.score is None else d.score, d.window.size))
    mask = paste(window, [(d.window, d.mask) for d in detections])
    return Island(
        window,
        mask,
        grid.owner(*_middle(window)).tile_id,
        best.label,
        best.score,
        seam=_is_seen_differently(window, mask, group),
    )


def _is_seen_differently(window: Window, mask: np.ndarray, group: list[Piece]) -> bool:
    """Return whether a tile lacks an object that others found in its window."""
    found: dict[Tile, list[tuple[Window, np.ndarray]]] = defaultdict(list)
    for tile, detection in group:
        found[tile].append((detection.window, detection.mask))
    for tile, parts in found.items():
        seen = window.overlap(tile.window)
        if seen is not None and (paste(seen, parts) != mask[seen.slices_in(window)]).any():
            return True
    return False


def _agreeing_pairs(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    pairs = []
    for i, near in enumerate(_near_boxes([d.window for _, d in pieces], 0)):
        for j in near:
            if i < j and pieces[i][0] != pieces[j][0] and _agree(pieces[i], pieces[j]):
                pairs.append((i, j))
    return pairs


def _agree(one: Piece, other: Piece) -> bool:
    seen_by_both = one[0].window.overlap(other[0].window)
    if seen_by_both is None:
        return False
    a, b = (ndimage.label(paste(seen_by_both, [(d.window, d.mask)]))[0] for _, d in (one, other))
    both = (a > 0) & (b > 0)
    if not both.any():
        return False
    parts, shared = np.unique(np.stack([a[both], b[both]]), axis=1, return_counts=True)
    smaller = np.minimum(np.bincount(a.ravel())[parts[0]], np.bincount(b.ravel())[parts[1]])
    return bool((shared >= MIN_AGREEMENT * smaller).any())


def _near_boxes(windows: Sequence[Window], margin: int) -> list[list[int]]:
    """Return for each box the others that overlap it once widened, by a sweep over rows."""
    order = sorted(range(len(windows)), key=lambda i: windows[i].y0)
    near: list[list[int]] = [[] for _ in windows]
    active: list[int] = []
    for i in order:
        box = windows[i]
        active = [j for j in active if windows[j].y1 + margin > box.y0]
        for j in active:
            if windows[j].x0 - margin < box.x1 and box.x0 - margin < windows[j].x1:
                near[i].append(j)
                near[j].append(i)
        active.append(i)
    return [sorted(found) for found in near]

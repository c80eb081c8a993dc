"""Assign the pixels of an island to its sources."""

from __future__ import annotations

import numpy as np

from sciarada.measure import gaussians
from sciarada.measure.gaussians import X0, Y0, A, Components
from sciarada.measure.island_stamps import IslandPixels


def share_out(
    cut: IslandPixels, components: Components, number: np.ndarray
) -> list[tuple[list[int], np.ndarray]]:
    """Give each pixel of the island to the group of components that is brightest there.

    A group that is brightest nowhere is joined to the one that is at its own centre.
    """
    groups = np.unique(number)
    if len(groups) < 2:
        return [([0], cut.mask)]
    y, x = np.nonzero(cut.mask)
    light = np.stack(
        [
            gaussians.evaluate(
                components.values[number == group], x + cut.window.x0, y + cut.window.y0
            )
            for group in groups
        ]
    )
    owner = np.argmax(light, axis=0)
    seen = np.unique(owner)
    members = {i: [int(groups[i])] for i in seen}
    for i in set(range(len(groups))) - set(seen.tolist()):
        own = components.values[number == groups[i]]
        centre = own[np.argmax(own[:, A]), [X0, Y0]]
        nearest = np.argmin(np.hypot(x + cut.window.x0 - centre[0], y + cut.window.y0 - centre[1]))
        members[owner[nearest]].append(int(groups[i]))
    parts = []
    for i, joined in members.items():
        mask = np.zeros(cut.mask.shape, bool)
        mask[y[owner == i], x[owner == i]] = True
        parts.append((joined, mask))
    return parts

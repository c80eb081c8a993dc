"""The two sides of a radio galaxy: plumes and lobes, along +x from the core to x = 1."""

from __future__ import annotations

import numpy as np

from sciarada_morphologies.gaussian_sum import GaussianSum, blob, stroke, together, waves


def plume(rng: np.random.Generator, bend: float = 0.0) -> GaussianSum:
    """Return one side of an FR I: a jet that flares, widens into a plume and fades.

    Brightest near the core, as the jets that slow down in the models of Laing & Bridle (2014,
    MNRAS 437, 3405). The plume's far end has turned by ``bend`` radians.
    """
    along = np.linspace(0.18, 1.0, 13) ** 2
    x, y = along, np.tan(bend) * along**2 / 2
    width = 0.03 + rng.uniform(0.26, 0.42) * along ** rng.uniform(0.9, 1.2)
    brightness = np.exp(-along / rng.uniform(0.22, 0.38)) + 0.08 * (1.3 - along)
    return stroke(x, y, width, brightness * waves(4 * along, rng, 0.0, 0.1, 0.1)).of_flux(1.0)


def lobe(
    rng: np.random.Generator, width: float | None = None, *, bridge: bool = True
) -> GaussianSum:
    """Return one side of an FR II: a hot spot at the end, a lobe and its bridge to the core.

    Hot spots are a few per cent of a source across and the brightest part of a side; lobes are
    two to five times longer than wide and brighter outwards (Mullin, Riley & Hardcastle 2008,
    MNRAS 390, 595; Leahy & Williams 1984, MNRAS 210, 929). Without a bridge, the lobe stays in
    the outer half.
    """
    inner = rng.uniform(0.05, 0.3) if bridge else rng.uniform(0.55, 0.65)
    floor = rng.uniform(0.1, 0.3) if bridge else 0.1
    along = np.linspace(inner, 0.9, 9)
    rise = floor + (1 - floor) * ((along - inner) / (0.9 - inner)) ** rng.uniform(0.9, 1.8)
    full = rng.uniform(0.2, 0.38) if width is None else width
    bulge = full * (0.55 + 0.45 * np.sin(np.pi * (along - inner) / (1.25 - inner)))
    across = 0.12 * full * (waves(5 * along, rng, 0.0, 1.0) - 1)
    cocoon = stroke(along, across, bulge, rise)
    spot, share = rng.uniform(0.065, 0.09), rng.uniform(0.15, 0.3)
    place = across[-1] + full * rng.uniform(-0.15, 0.15)
    primary = blob(1.0, 1 - spot / 2, place, spot, spot * rng.uniform(1.0, 1.5))
    second = rng.uniform(0.1, 0.5) * (rng.uniform() < 0.5)
    aside = place + rng.choice((-1.0, 1.0)) * full * rng.uniform(0.15, 0.3)
    secondary = blob(second, 1 - spot * rng.uniform(1.5, 3), aside, 1.6 * spot)
    return together(cocoon.of_flux(1 - share), together(primary, secondary).of_flux(share))

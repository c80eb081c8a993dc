"""The two sides of a radio galaxy: plumes and lobes, along +x from the core to x = 1."""

from __future__ import annotations

import numpy as np

from sciarada_morphologies.parts import Parts, blob, curve, stroke, together, waves


def plume(rng: np.random.Generator, bend: float = 0.0) -> Parts:
    """Return one side of an FR I: a jet that flares, widens into a plume and fades.

    Brightest near the core, as the jets that slow down in the models of Laing & Bridle (2014,
    MNRAS 437, 3405). The plume's far end has turned by ``bend`` radians.
    """
    along = np.linspace(0.18, 1.0, 13) ** 2
    x, y = along, np.tan(bend) * along**2 / 2
    width = 0.03 + rng.uniform(0.2, 0.32) * along ** rng.uniform(0.9, 1.2)
    brightness = np.exp(-along / rng.uniform(0.2, 0.3)) + 0.05 * (1.3 - along)
    return stroke(x, y, width, brightness * waves(4 * along, rng, 0.0, 0.1, 0.1)).of_flux(1.0)


def lobe(rng: np.random.Generator, width: float | None = None) -> Parts:
    """Return one side of an FR II: a hot spot at the end, a lobe and its bridge to the core.

    Hot spots are a few per cent of a source across and the brightest part of a side; lobes are
    two to five times longer than wide and brighter outwards (Mullin, Riley & Hardcastle 2008,
    MNRAS 390, 595; Leahy & Williams 1984, MNRAS 210, 929).
    """
    inner, floor = rng.uniform(0.08, 0.35), rng.uniform(0.03, 0.15)
    along = np.linspace(inner, 0.9, 9)
    rise = floor + (1 - floor) * ((along - inner) / (0.9 - inner)) ** rng.uniform(1.2, 2.5)
    full = rng.uniform(0.2, 0.38) if width is None else width
    bulge = full * (0.55 + 0.45 * np.sin(np.pi * (along - inner) / (1.25 - inner)))
    across = 0.12 * full * (waves(5 * along, rng, 0.0, 1.0) - 1)
    cocoon = stroke(along, across, bulge, rise)
    spot, share = rng.uniform(0.05, 0.09), rng.uniform(0.3, 0.55)
    place = across[-1] + full * rng.uniform(-0.15, 0.15)
    primary = blob(1.0, 1 - spot / 2, place, spot, spot * rng.uniform(1.0, 1.5))
    second = rng.uniform(0.1, 0.5) * (rng.uniform() < 0.5)
    aside = place + rng.choice((-1.0, 1.0)) * full * rng.uniform(0.15, 0.3)
    secondary = blob(second, 1 - spot * rng.uniform(1.5, 3), aside, 1.6 * spot)
    return together(cocoon.of_flux(1 - share), together(primary, secondary).of_flux(share))


def tail(
    rng: np.random.Generator,
    *,
    number: int,
    turns: float,
    bend: tuple[float, float],
    chord: float,
    width: tuple[float, float],
    fade: float,
) -> Parts:
    """Return one bent tail: from the core outwards, its end seen at ``chord`` from the core.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    number : int
        Of Gaussians.
    turns : float
        Angle in radians by which the heading turns, positive from x towards y.
    bend : tuple of float
        Where the bend begins and ends, in parts of the length.
    chord : float
        Direction in radians in which the end lies.
    width : tuple of float
        FWHM at the core and at the end.
    fade : float
        Length over which the brightness falls by a factor e, in parts of the length.
    """
    along = np.linspace(0, 1, number)
    done = np.clip((along - bend[0]) / (bend[1] - bend[0]), 0, 1)
    wander = 0.15 * (waves(3 * along, rng, 0.0, 1.0) - 1) * along
    x, y = curve(turns * done**2 * (3 - 2 * done) + wander)
    back = chord - np.arctan2(y[-1], x[-1])
    brightness = np.exp(-along / fade) * waves(6 * along, rng, 0.0, 0.1, 0.1)
    band = width[0] + (width[1] - width[0]) * along**0.9
    return stroke(x, y, band, brightness).turned(back)

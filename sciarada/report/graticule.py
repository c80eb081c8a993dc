"""Lines of right ascension and declination over an image, and where to label them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.report.sexagesimal import DEC_STEPS, RA_STEPS, format_dec, format_ra, round_step

LINES = 6.0  # of each coordinate, at the most
NODES = 33  # along each side of the grid of positions that shows what sky there is
SAMPLES = 65  # points along a line
EDGE_SAMPLES = 129  # points along a side of the image
LONGEST_STEP = 4.0  # between two points of a line, in steps beside it
MIN_CHANGE = 1e-3  # of a step, along a side that has labels


@dataclass(frozen=True)
class Label:
    """A label where a line meets a side of the image.

    Parameters
    ----------
    text : str
        Such as ``19h04m``.
    position : float
        Zero-based pixel along the side.
    """

    text: str
    position: float


@dataclass(frozen=True)
class InnerLabel:
    """A label on a line inside the image.

    Parameters
    ----------
    text : str
    x, y : float
        Zero-based pixel position.
    above : bool
        Whether it is written above that position, not below.
    """

    text: str
    x: float
    y: float
    above: bool


@dataclass(frozen=True, eq=False)
class Graticule:
    """Coordinate lines and labels in zero-based image pixels.

    Parameters
    ----------
    lines : list of ndarray of float64, shape (m, 2)
        Points (x, y) along each line.
    bottom, left : tuple of Label
        Labels along the two sides.
    bottom_title, left_title : str
        What the labels are.
    inner : tuple of InnerLabel
        Labels inside the image, where its sides have none: on maps of the whole sky.
    """

    lines: list[np.ndarray]
    bottom: tuple[Label, ...]
    left: tuple[Label, ...]
    bottom_title: str
    left_title: str
    inner: tuple[InnerLabel, ...] = ()


def make_graticule(image: SkyImage) -> Graticule:
    """Return the graticule of an image in any projection and frame.

    The sky in view is sampled on a coarse grid; lines are drawn only where the way from sky to
    pixel and back closes, so the far side of the sphere does not show through.
    """
    ny, nx = image.shape
    x, y = np.meshgrid(np.linspace(-0.5, nx - 0.5, NODES), np.linspace(-0.5, ny - 0.5, NODES))
    ra, dec = image.pixel_to_sky(x, y)
    seen = np.isfinite(ra) & np.isfinite(dec)
    if not seen.any():
        return Graticule([], (), (), "", "")
    dec_from, dec_to = _dec_range(image, dec[seen])
    around = max(abs(dec_from), abs(dec_to)) == 90.0  # all meridians meet at a pole
    ra_from, ra_to = (0.0, 360.0) if around else _ra_range(ra[seen])
    ra_step = round_step(ra_to - ra_from, RA_STEPS, LINES)
    dec_step = round_step(dec_to - dec_from, DEC_STEPS, LINES)
    meridians = _multiples(ra_from, ra_to, ra_step)
    parallels = _multiples(dec_from, dec_to, dec_step)
    sides = {
        "bottom": image.pixel_to_sky(*_side(nx, -0.5, along_x=True)),
        "left": image.pixel_to_sky(*_side(ny, -0.5, along_x=False)),
    }
    labels = {
        (side, kind): labelled
        for side, length in (("bottom", nx), ("left", ny))
        for kind, labelled in (
            ("ra", _ra_labels(sides[side][0], meridians, ra_step, length)),
            ("dec", _dec_labels(sides[side][1], parallels, dec_step, length)),
        )
    }
    upright = len(labels["bottom", "ra"]) + len(labels["left", "dec"])
    turned = len(labels["bottom", "dec"]) + len(labels["left", "ra"])
    below, beside = ("ra", "dec") if upright >= turned else ("dec", "ra")
    titles = {"ra": "Right ascension", "dec": "Declination"}
    bottom, left = labels["bottom", below], labels["left", beside]
    bare = not bottom and not left
    return Graticule(
        _lines(image, meridians, parallels, (ra_from, ra_to), (dec_from, dec_to)),
        bottom,
        left,
        titles[below] if bottom else "",
        titles[beside] if left else "",
        _inner_labels(image, meridians, parallels, (ra_step, dec_step)) if bare else (),
    )


def _ra_range(ra: np.ndarray) -> tuple[float, float]:
    """Return the shortest arc that contains all right ascensions; its start is in [0, 360)."""
    ra = np.unique(ra % 360.0)
    gaps = np.diff(ra, append=ra[0] + 360.0)
    widest = int(np.argmax(gaps))
    if gaps[widest] < 1.5 * 360.0 / (NODES - 1):
        return 0.0, 360.0
    start = float(ra[(widest + 1) % len(ra)])
    return start, start + 360.0 - float(gaps[widest])


def _dec_range(image: SkyImage, dec: np.ndarray) -> tuple[float, float]:
    """Return the declinations in view, up to a pole if the pole is in view."""
    lowest, highest = float(dec.min()), float(dec.max())
    x, y = image.sky_to_pixel(np.zeros(2), np.array([-90.0, 90.0]))
    back = image.pixel_to_sky(x, y)[1]
    south, north = _inside(image, x, y) & (np.abs(back - [-90.0, 90.0]) < 1e-3)
    return (-90.0 if south else lowest), (90.0 if north else highest)


def _multiples(start: float, stop: float, step: float) -> np.ndarray:
    """Return the multiples of ``step`` from ``start`` to ``stop``; a full circle closes once."""
    first = np.ceil(start / step - 1e-9)
    last = np.floor(stop / step + 1e-9)
    if stop - start >= 360.0:
        last -= 1
    return np.arange(first, last + 1) * step


def _side(length: int, across: float, *, along_x: bool) -> tuple[np.ndarray, np.ndarray]:
    along = np.linspace(-0.5, length - 0.5, EDGE_SAMPLES)
    return (along, np.full_like(along, across)) if along_x else (np.full_like(along, across), along)


def _ra_labels(
    ra: np.ndarray, meridians: np.ndarray, step: float, length: int
) -> tuple[Label, ...]:
    """Return a label where the right ascension along a side passes a meridian."""
    labels = []
    for meridian in meridians if _changes(ra, step) else ():
        offset = (ra - meridian + 180.0) % 360.0 - 180.0
        labels += [
            Label(format_ra(meridian, step), place) for place in _zeros(offset, length, jump=180.0)
        ]
    return tuple(labels)


def _dec_labels(
    dec: np.ndarray, parallels: np.ndarray, step: float, length: int
) -> tuple[Label, ...]:
    """Return a label where the declination along a side passes a parallel."""
    return tuple(
        Label(format_dec(parallel, step), place)
        for parallel in (parallels if _changes(dec, step) else ())
        for place in _zeros(dec - parallel, length, jump=180.0)
    )


def _changes(values: np.ndarray, step: float) -> bool:
    """Return whether a coordinate along a side changes by more than rounding does."""
    seen = values[np.isfinite(values)]
    return seen.size > 1 and float(np.ptp(seen)) > MIN_CHANGE * step


def _zeros(offsets: np.ndarray, length: int, jump: float) -> list[float]:
    """Return where ``offsets``, sampled along a side, pass zero without a jump."""
    before, after = offsets[:-1], offsets[1:]
    with np.errstate(invalid="ignore"):
        passes = ((before <= 0) != (after <= 0)) & (np.abs(after - before) < jump)
    at = np.flatnonzero(passes)
    fraction = before[at] / (before[at] - after[at])
    return ((at + fraction) / (EDGE_SAMPLES - 1) * length - 0.5).tolist()


def _lines(
    image: SkyImage,
    meridians: np.ndarray,
    parallels: np.ndarray,
    ra_range: tuple[float, float],
    dec_range: tuple[float, float],
) -> list[np.ndarray]:
    """Return the points of all lines, cut where they leave the visible sky."""
    along_dec = np.linspace(*dec_range, SAMPLES)
    along_ra = np.linspace(*ra_range, SAMPLES)
    ra = np.concatenate([np.repeat(meridians, SAMPLES), np.tile(along_ra, len(parallels))])
    dec = np.concatenate([np.tile(along_dec, len(meridians)), np.repeat(parallels, SAMPLES)])
    x, y = image.sky_to_pixel(ra % 360.0, dec)
    back_ra, back_dec = image.pixel_to_sky(x, y)
    turn = np.abs((back_ra - ra + 180.0) % 360.0 - 180.0) * np.cos(np.radians(dec))
    with np.errstate(invalid="ignore"):
        closes = (turn < 1e-3) & (np.abs(back_dec - dec) < 1e-3)
    points = np.column_stack([x, y])
    points[~closes] = np.nan
    lines = []
    for line in points.reshape(-1, SAMPLES, 2):
        cuts = np.flatnonzero(_jumps(np.hypot(*np.diff(line, axis=0).T))) + 1
        lines += [part for part in np.split(line, cuts) if len(part) > 1]
    return lines


def _jumps(steps: np.ndarray) -> np.ndarray:
    """Return which steps along a line go over a seam, or have an end that is not seen.

    A line that goes on changes its pace little by little.
    """
    known = np.pad(np.nan_to_num(steps), 1)
    pace = np.maximum(known[:-2], known[2:])
    return ~np.isfinite(steps) | ((pace > 0) & (steps > LONGEST_STEP * pace))


def _inside(image: SkyImage, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which positions lie on the image."""
    ny, nx = image.shape
    return (x >= -0.5) & (x <= nx - 0.5) & (y >= -0.5) & (y <= ny - 0.5)


def _inner_labels(
    image: SkyImage,
    meridians: np.ndarray,
    parallels: np.ndarray,
    steps: tuple[float, float],
) -> tuple[InnerLabel, ...]:
    """Return labels along the middle lines of a map with sides that do not cross its lines."""
    (ra_middle,), (dec_middle,) = image.pixel_to_sky(*np.array([image.reference]).T)
    along = parallels[np.argmin(np.abs(parallels - dec_middle))] if len(parallels) else dec_middle
    ra = np.concatenate([meridians % 360.0, np.full(len(parallels), ra_middle)])
    dec = np.concatenate([np.full(len(meridians), along), parallels])
    texts = [format_ra(value, steps[0]) for value in meridians]
    texts += [format_dec(value, steps[1]) for value in parallels]
    x, y = image.sky_to_pixel(ra, dec)
    shown = _inside(image, x, y) & np.isfinite(image.pixel_to_sky(x, y)[0])
    return tuple(
        InnerLabel(text, float(x[i]), float(y[i]), above=i < len(meridians))
        for i, text in enumerate(texts)
        if shown[i]
    )

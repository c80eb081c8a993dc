"""Time the shape features of simulated cutouts on one core; write the page."""

from __future__ import annotations

import argparse

import numpy as np
from sciarada_shape import ShapeOptions
from sciarada_shape.extractor import GROUPS, ShapeFeatures
from sciarada_shape.picture import Picture

from benchmarks import pages
from benchmarks.processes import use_cores
from benchmarks.ssl.timing import spread, take_turns

SIDES = (64, 128)
NUMBER = 50  # cutouts
AIM = 5.0  # ms at 64 pixels


def cutouts(side: int) -> np.ndarray:
    """Return noise with a source of two Gaussians each, ``(NUMBER, side, side)``."""
    rng = np.random.default_rng(1)
    along = (np.arange(side) - side / 2) / side
    y, x = along[:, None], along[None, :]
    pixels = rng.normal(size=(NUMBER, side, side))
    for picture, width in zip(pixels, rng.uniform(0.02, 0.15, NUMBER), strict=True):
        for place in rng.uniform(-0.3, 0.3, 2):
            picture += 30 * np.exp(-((x - place) ** 2 + y**2) / 2 / width**2)
    return pixels.astype(np.float32)


def timed(side: int, rounds: int) -> dict[str, np.ndarray]:
    """Return the milliseconds per cutout of all features, and of each group, in each round."""
    pixels, shape = cutouts(side), ShapeFeatures(ShapeOptions())
    pictures = [picture for picture in map(Picture.of, pixels) if picture is not None]
    ways = {"all": lambda: shape.features(pixels)}
    for group in GROUPS:
        name = group.measure.__module__.rpartition(".")[2]
        ways[name] = lambda group=group: [group.measure(picture) for picture in pictures]
    turns = take_turns(ways, rounds)
    return {name: 1000 * seconds / NUMBER for name, seconds in turns.wall.items()}


def main() -> None:
    """Time and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    use_cores(1)
    found = {side: timed(side, rounds) for side in SIDES}
    rows = [[name, *(spread(found[side][name]) for side in SIDES)] for name in found[SIDES[0]]]
    header = ["features", *(f"{side} px, ms" for side in SIDES)]
    body = f"""
Milliseconds per cutout on one core, {NUMBER} simulated cutouts with a double source in noise:
median of {rounds} rounds, and the lowest and highest in brackets. `all` contains the background,
the centroid and other values that several groups share, which the groups alone do not compute
again. The aim is less than {AIM:g} ms at {SIDES[0]} pixels.

{pages.table(header, rows)}
"""
    print(pages.write_page("shape_speed", "Speed of shape features", body, pages.own_versions()))


if __name__ == "__main__":
    main()

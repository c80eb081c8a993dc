"""Draw four sources in all views into docs/images/views.png."""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from benchmarks.morphology_gallery import BEAM, COLOURS, picture
from benchmarks.pictures import save_small
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.protocols import SkyInfo
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.views.building import USUAL, build_views
from sciarada.simulation.generators import generators

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("fr2", "wide_angle_tail", "odd_radio_circle", "core_dominated")
SIZE, PEAK = 70.0, 40.0  # arcsec, signal to noise
CERTAIN = {
    "beam": "beam:probability=1,factor=2,2.5",
    "beam_noise": "beam_noise:probability=1,fraction=1.5,2",
    "missing": "missing:probability=1,depth=0.2,0.3",
    "resized_crop": "resized_crop:area=0.4,0.6",
    "rotation": "rotation",
    "flip": "flip",
    "shift": "shift:reach=0.2",
    "zoom": "zoom:factor=0.6,0.8",
    "blur": "blur:probability=1,sigma=4,5",
    "jitter": "jitter:probability=1",
    "stretch": "stretch:probability=1",
    "threshold": "threshold:probability=1",
}
"""Stronger than by default, and always, so that they can be seen."""


def draw(path: Path, seed: int) -> None:
    """Write the gallery, one row per source: channels, each view alone, all default views."""
    manager, recipe = PluginManager.discover(), RECIPES["asinh"]
    made = generators(SOURCES)
    images = []
    for number, name in enumerate(SOURCES):
        rng = np.random.default_rng((seed, number))
        images.append(picture(made[name].draw(SIZE, rng), PEAK, rng))
    pixels = torch.tensor(np.array(images), dtype=torch.float32)
    sky = SkyInfo(torch.ones(len(pixels)), torch.full((len(pixels),), BEAM))
    npix = pixels.shape[-1]
    columns = [("asinh", recipe(pixels))]
    for name, chosen in (*((name, [text]) for name, text in CERTAIN.items()), ("usual", USUAL)):
        pipeline = build_views(chosen, recipe, npix, manager).pipeline
        columns.append((name, pipeline(pixels, sky, torch.Generator().manual_seed(seed))))
    half = len(columns) // 2
    figure = Figure(figsize=(half * 1.1, 2 * len(SOURCES) * 1.16), dpi=100, facecolor="white")
    for part, names in zip(figure.subfigures(2, 1), (columns[:half], columns[half:]), strict=True):
        axes = part.subplots(len(SOURCES), half)
        for column, (name, views) in zip(axes.T, names, strict=True):
            column[0].set_title(name, fontsize=9, pad=3)
            for panel, view in zip(column, views, strict=True):
                panel.imshow(view[0], "inferno", vmin=0, vmax=1, origin="lower")
                panel.set_axis_off()
        part.subplots_adjust(0.004, 0.004, 0.996, 0.945, 0.03, 0.03)
    save_small(figure, path, COLOURS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    draw(ROOT / "docs" / "images" / "views.png", parser.parse_args().seed)

"""Small labelled sets and weights to be probed."""

import numpy as np
import torch
from astropy.io import fits

from sciarada.core.model_card import ModelCard
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.io.weights import write_weights
from sciarada.nn.trained import backbone_state

SIDE = 40


def picture(name, rng):
    """One blob, or two of them, in noise."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    angle = rng.uniform(0, np.pi)
    reach = {"single": 0.0, "double": rng.uniform(7, 11)}[name]
    dx, dy = reach * np.cos(angle), reach * np.sin(angle)
    blobs = [np.exp(-((x - s * dx) ** 2 + (y - s * dy) ** 2) / 8) for s in (-1, 1)]
    return (sum(blobs) + rng.normal(0, 0.03, (SIDE, SIDE))).astype(np.float32)


def write_set(folder, count=20, seed=1, placed=True):
    """Write so many FITS pictures of each class, each in a folder of its class."""
    rng = np.random.default_rng(seed)
    for name in ("double", "single"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            header = fits.Header({"BUNIT": "Jy/beam"})
            if placed:
                header.update(
                    {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CUNIT1": "deg", "CUNIT2": "deg"}
                )
                header.update({"CRPIX1": (SIDE + 1) / 2, "CRPIX2": (SIDE + 1) / 2})
                header.update({"CDELT1": -1 / 3600, "CDELT2": 1 / 3600})
                dec = -40.0 if name == "single" else -30.0
                header.update({"CRVAL1": 10.0 + number, "CRVAL2": dec})
            fits.writeto(folder / name / f"{name}_{number:02d}.fits", picture(name, rng), header)
    return folder


def write_encoder(path, npix=32, seed=3, cover=None, trained_on=()):
    """Write weights of a network without training."""
    manager = PluginManager.discover()
    spec = manager.find("encoder", "simclr")
    chosen = ("hidden=16", "outputs=8", "stem=standard", "channels=asinh")
    options = parse_options(spec.options, chosen, plugin="simclr")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = spec.build(options)
    card = ModelCard(
        path.stem, "1", "simclr", resolved(options), npix, 512, "", trained_on=trained_on
    )
    write_weights(backbone_state(encoder), card, path, overwrite=True, cover=cover)
    return path

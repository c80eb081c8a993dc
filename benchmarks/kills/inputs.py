"""What the killed commands read: a small sky, its catalogue, cutouts, weights and labels."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.kills.commands import TRAINING

PROGRAM = (sys.executable, "-m", "sciarada")
ENCODER = '''"""An encoder so small that an epoch takes a fraction of a second."""

import torch
from torch import nn

from sciarada.hooks import EncoderSpec, hookimpl


def build():
    from sciarada.hooks.protocols import Losses
    from sciarada.nn.backbones import Backbone
    from sciarada.nn.channels.recipes import RECIPES
    from sciarada.nn.losses import nt_xent

    class Tiny(nn.Module):
        views = 2

        def __init__(self):
            super().__init__()
            pooled = (nn.AdaptiveAvgPool2d(1), nn.Flatten())
            self.backbone = Backbone(nn.Sequential(nn.Conv2d(3, 8, 3, 2), *pooled), 8, 3)
            self.channels = RECIPES["sclip3"]

        def loss(self, views):
            first, second = self.backbone(torch.cat(views)).chunk(2)
            loss = nt_xent(first, second, 0.5)
            return Losses(loss, {"nt_xent": loss.detach()})

        def after_step(self, progress):
            pass

    return Tiny()


@hookimpl
def sciarada_encoders():
    return [EncoderSpec(name="killed-tiny", summary="A tiny encoder.", factory=build)]
'''


def environment(work: Path) -> dict[str, str]:
    """Return the environment of the commands: one more encoder, and temporary files apart."""
    path = os.pathsep.join(filter(None, [str(work / "site"), *sys.path]))
    return os.environ | {
        "PYTHONPATH": path,
        "TMPDIR": str(work / "tmp"),
        "SCIARADA_WEIGHTS": str(work / "out"),
        "no_proxy": "127.0.0.1",
    }


def make_inputs(work: Path) -> Path:
    """Make the inputs, unless they are there, and return their folder."""
    given = work / "given"
    if (given / "complete").exists():
        return given
    given.mkdir(parents=True, exist_ok=True)
    (work / "tmp").mkdir(exist_ok=True)
    _offer_encoder(work / "site")
    run = partial(_run, work)
    run("simulate", "--out", given / "sim", "--size", "192", "--seed", "3")
    packed = gzip.compress((given / "sim" / "image.fits").read_bytes(), mtime=0)
    (given / "image.fits.gz").write_bytes(packed)
    run("detect", given / "sim" / "image.fits", "--out", given / "found")
    cut = ("--sampler", "random", "--number", "48", "--size", "32", "--materialise", "32")
    run("cutouts", given / "sim" / "image.fits", *cut, "-o", given / "set.zarr")
    train = ("--encoder", "killed-tiny", "--name", "tiny", *TRAINING)
    run("pretrain", given / "set.zarr", *train, "--out", given / "run")
    _draw_pictures(given)
    (given / "complete").touch()
    return given


@contextmanager
def served(folder: Path):
    """Serve a folder on this machine, and give the address of weights in it and their hash."""
    weights = folder / "tiny.safetensors"
    handler = partial(_QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/{weights.name}"
        yield {"{url}": url, "{sha256}": hashlib.sha256(weights.read_bytes()).hexdigest()}
    finally:
        server.shutdown()
        server.server_close()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


def _run(work: Path, *arguments: str | Path) -> None:
    subprocess.run([*PROGRAM, *arguments, "--quiet"], env=environment(work), check=True)


def _offer_encoder(site: Path) -> None:
    facts = site / "killed_tiny-1.0.dist-info"
    facts.mkdir(parents=True, exist_ok=True)
    (site / "sciarada_killed_tiny.py").write_text(ENCODER)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: killed-tiny\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[sciarada]\nkilled-tiny = sciarada_killed_tiny\n")


def _draw_pictures(given: Path) -> None:
    """Draw round and long sources, and write which is which."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[:32, :32] - 16
    lines = ["cutout_id,label"]
    (given / "pictures").mkdir(exist_ok=True)
    for number in range(24):
        width = 60 if number % 2 else 8
        source = 150 * np.exp(-(x**2) / width - y**2 / 8)
        pixels = (random.normal(40, 8, x.shape) + source).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(given / "pictures" / f"g{number:02d}.png")
        lines.append(f"g{number:02d},{'long' if number % 2 else 'round'}")
    (given / "labels.csv").write_text("\n".join(lines) + "\n")

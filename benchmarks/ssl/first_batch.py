"""The begin of a training, or some of an embedding: a program that `memory` measures."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from sciarada.cutouts.reading import read_set, write_set
from sciarada.nn.training.settings import PretrainSettings
from sciarada.pipelines.embed import EmbedSettings, run_embed
from sciarada.pipelines.pretrain import run_pretrain


class Reached(Exception):
    """The first step is done."""


def pretrain(table: Path, npix: int, batch: int) -> str:
    """Train until the first step is done; return how long that took."""
    began = time.monotonic()

    def stop(step: int, steps: int, numbers: dict[str, float]) -> None:
        raise Reached

    settings = PretrainSettings(npix=npix, batch=batch, options=("stem=standard",))
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_pretrain([table], Path(folder) / "run", settings, show=stop)
        except Reached:
            return f"first step after {time.monotonic() - began:.1f} s"
    return "no step was taken"


def embed_some(table: Path, weights: str, number: int) -> str:
    """Embed cutouts from the first to the last of a set; say how many, and how large they are."""
    began = time.monotonic()
    source = read_set(table)
    read = time.monotonic() - began
    rows = np.linspace(0, len(source) - 1, number).astype(np.int64)
    with tempfile.TemporaryDirectory() as folder:
        some = Path(folder) / "some.fits"
        write_set(source[rows], some)
        made = run_embed([some], Path(folder) / "vectors.fits", EmbedSettings(weights))
    vectors = f"{made.count:,} vectors of {made.dimension}"
    return f"set of {len(source):,} read after {read:.1f} s, {vectors}"


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("pretrain", "embed"))
    parser.add_argument("table", type=Path)
    parser.add_argument("--npix", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--weights")
    parser.add_argument("--number", type=int)
    options = parser.parse_args()
    if options.what == "pretrain":
        print(pretrain(options.table, options.npix, options.batch))
    else:
        print(embed_some(options.table, options.weights, options.number))


if __name__ == "__main__":
    main()

"""Time training and embedding against the bare model, and against lightly; write the page."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks import pages
from benchmarks.cutouts import random_sky, write_image
from benchmarks.processes import use_cores
from benchmarks.ssl.lightly_peer import HIDDEN, OUTPUTS, LightlyTraining
from benchmarks.ssl.tasks import DATA
from benchmarks.ssl.timing import spread, take_turns
from benchmarks.ssl.training import Training
from sciarada.core.cutout_source import CutoutSource
from sciarada.core.model_card import ModelCard
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.reading import read_set
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.io.fits_image import read_image
from sciarada.nn.embedding import embed
from sciarada.nn.trained import TrainedEncoder

NPIX = 64
AIM = 1.1


@dataclass(frozen=True, eq=False)
class TimedSet:
    """A set of cutouts, and what the page calls it."""

    name: str
    source: CutoutSource


def sets(folder: Path, number: int) -> Iterator[TimedSet]:
    """Yield so many cutouts as pictures, and as places in a mosaic."""
    found = read_set(DATA / "first_rgd" / "dev")
    rows = np.linspace(0, len(found) - 1, number).astype(int)
    yield TimedSet("PNG files of 300 px", found[rows])
    rng = np.random.default_rng(1)
    write_image(folder / "mosaic.fits", rng)
    image = read_image(folder / "mosaic.fits")
    ra, dec = random_sky(image, number, rng)
    yield TimedSet("squares of 64 px in a mosaic", CutoutSet.from_positions(image, ra, dec, NPIX))


def time_training(
    timed: TimedSet, stem: str, batch: int, steps: int, rounds: int
) -> tuple[object, ...]:
    """Return a row: the step of `sciarada pretrain` over the bare one."""
    training = Training(timed.source, NPIX, batch, (f"stem={stem}",))
    turns = take_turns(
        {
            "bare": partial(training.go_on_bare, steps),
            "pretrain": partial(training.go_on, steps),
        },
        rounds,
    )
    return _row(timed, stem, "pretrain", turns, steps * batch)


def time_embedding(timed: TimedSet, stem: str, batch: int, rounds: int) -> tuple[object, ...]:
    """Return a row: `sciarada embed` over the bare forward pass, both without the table."""
    manager = PluginManager.discover()
    spec = manager.find("encoder", "simclr")
    options = parse_options(spec.options, (f"stem={stem}",))
    encoder = spec.build(options).eval().requires_grad_(False)
    card = ModelCard("random", "1", "simclr", resolved(options), NPIX, 512, "")
    trained = TrainedEncoder(encoder, card)
    ready = torch.rand(batch, encoder.backbone.channels, NPIX, NPIX)

    @torch.inference_mode()
    def bare() -> None:
        for _ in range(len(timed.source) // batch):
            encoder.backbone(ready)

    turns = take_turns({"bare": bare, "embed": lambda: embed(timed.source, trained, batch)}, rounds)
    return _row(timed, stem, "embed", turns, len(timed.source))


def _row(timed: TimedSet, stem: str, way: str, turns, number: int) -> tuple[object, ...]:
    return (
        timed.name,
        stem,
        f"{number / np.median(turns.wall['bare']):.0f}",
        f"{number / np.median(turns.wall[way]):.0f}",
        spread(turns.ratio(way, "bare")),
        spread(turns.ratio(way, "bare", "cpu")),
        "yes" if np.median(turns.ratio(way, "bare")) <= AIM else "no",
    )


def time_lightly(place: Path, folder: Path, batch: int, workers: int, rounds: int) -> str:
    """Return a table: passes of both over the same pictures, with the same network and heads."""
    source = read_set(folder)
    options = ("stem=standard", f"hidden={HIDDEN}", f"outputs={OUTPUTS}")
    theirs = LightlyTraining(place, folder, NPIX, batch, workers)
    ours = Training(source, NPIX, batch, options)
    steps = len(source) // batch
    turns = take_turns(
        {"lightly": theirs.go_through, "sciarada": lambda: ours.go_on(steps)}, rounds
    )
    number = steps * batch
    rows = [
        (name, f"{number / np.median(turns.wall[name]):.0f}", spread(turns.ratio("lightly", name)))
        for name in turns.wall
    ]
    return pages.table(("SimCLR of", "cutouts per second", "times lightly"), rows)


def link_pictures(folder: Path, number: int) -> Path:
    """Make a folder of links to some pictures, so that both read the same files."""
    made = folder / "pictures" / "all"
    made.mkdir(parents=True)
    files = sorted((DATA / "first_rgd" / "dev").rglob("*.png"))
    for place in np.linspace(0, len(files) - 1, number).astype(int):
        (made / files[place].name).symlink_to(files[place].resolve())
    return made.parent


def main() -> None:
    """Measure and write docs/benchmarks/ssl_speed.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightly", type=Path, help="folder that lightly was installed into")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--embed-batch", type=int, default=32, help="of embed, in as many cutouts")
    parser.add_argument("--steps", type=int, default=2, help="of a turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stem", choices=("standard", "half"), action="append")
    options = parser.parse_args()
    use_cores(options.cores)
    torch.set_num_threads(options.cores)

    number = options.batch * options.steps
    training, embedding = [], []
    with tempfile.TemporaryDirectory() as folder:
        for timed in sets(Path(folder), number):
            for stem in options.stem or ("half", "standard"):
                training.append(
                    time_training(timed, stem, options.batch, options.steps, options.rounds)
                )
                embedding.append(time_embedding(timed, stem, options.embed_batch, options.rounds))
        against = "Not measured: give `--lightly`."
        if options.lightly:
            pictures = link_pictures(Path(folder), number)
            against = time_lightly(
                options.lightly, pictures, options.batch, options.cores, options.rounds
            )
    header = ("set", "stem", "bare, 1/s", "whole, 1/s", "time over bare", "CPU over bare", "met")
    body = f"""
SimCLR with a ResNet18, cutouts of {NPIX} pixels, batches of {options.batch}, {options.cores} cores
and as many threads. In each of {options.rounds} rounds both ways have their turn, of
{options.steps} batches; ratios are of the two turns of a round: median, lowest and highest. Aim:
{AIM:.2f}.

## A step of `sciarada pretrain`

Cutouts, channels, two views of each, model, loss, clipped gradients, optimiser; against forward,
backward and optimiser of the same model on views that are ready. Cutouts lie in memory, as they do
in all epochs but the first for sets below `--cache`.

{pages.table(header, training)}

## `sciarada embed`

Reading, resampling to {NPIX} pixels, channels, model, in batches of {options.embed_batch}; against
the forward pass on channels that are ready. The next batch is read while the network works on this
one, the first of {number // options.embed_batch} excepted.

{pages.table(header, embedding)}

## Against lightly

{number} PNG files of `first_rgd` once through, {options.cores} cores for each: the SimCLR example
of lightly 1.6.0 (`SimCLRTransform` with its defaults, `DataLoader` with {options.cores} workers
that persist, SGD) and `sciarada pretrain` with its own views and AdamW. Both train torchvision's
ResNet18 with a projector of {HIDDEN} and {OUTPUTS}. The first pass of both is not counted.

{against}
"""
    print(pages.write_page("ssl_speed", "Speed of encoders", body, pages.nn_versions()))


if __name__ == "__main__":
    main()

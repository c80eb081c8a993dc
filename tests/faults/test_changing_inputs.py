"""An input that changes while it is read ends in a sentence, without products (fault 7)."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from fields import make_field
from PIL import Image

from sciarada.cutouts.sampling.random_positions import RandomSampler
from sciarada.cutouts.settings import CutoutsSettings
from sciarada.detection.settings import DetectSettings
from sciarada.errors import ChangedInputError
from sciarada.io.fits_image import read_image
from sciarada.pipelines.cutouts import run_cutouts
from sciarada.pipelines.detect import run_detect
from sciarada.pipelines.embed import run_embed
from sciarada.pipelines.simulate import run_inject
from sciarada.simulation.inject import Injection

SETTINGS = DetectSettings(workers=1, scales=())


@pytest.fixture
def path(tmp_path) -> Path:
    (tmp_path / "sky").mkdir()
    return make_field((160, 160), seed=101).write(tmp_path / "sky" / "image.fits")


def in_place(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(-2880, os.SEEK_END)
        stream.write(b"\0" * 80)


def in_place_with_old_time(path: Path) -> None:
    facts = path.stat()
    in_place(path)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def replaced(path: Path) -> None:
    data = path.read_bytes()
    path.with_name("new").write_bytes(data[:-2880] + b"\0" * 2880)
    path.with_name("new").replace(path)


CHANGES = [in_place, in_place_with_old_time, replaced]


def changing(path: Path, change, stage: str):
    """Return a progress that lets a file change when a stage begins."""

    def progress(items, now, total):
        if now == stage:
            change(path)
        return items

    return progress


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("stage", ["detecting (fine)", "writing maps"])
def test_detect(path, tmp_path, change, stage):
    with pytest.raises(ChangedInputError, match=r"image\.fits changed while it was read"):
        run_detect(
            read_image(path),
            tmp_path / "out",
            SETTINGS,
            progress=changing(path, change, stage),
        )
    assert names(tmp_path) == ["sky"]


def test_detect_of_a_packed_image(path, tmp_path):
    """What was unpacked stays as it was, but the hash of the run is that of the file."""
    packed = path.with_suffix(".fits.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(ChangedInputError, match=r"image\.fits\.gz changed while it was read"):
        run_detect(
            read_image(packed),
            tmp_path / "out",
            SETTINGS,
            progress=changing(packed, in_place_at_the_end, "writing maps"),
        )
    assert names(tmp_path) == ["sky"]


def in_place_at_the_end(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"\0")


def test_an_image_that_changed_between_its_header_and_the_run(path, tmp_path):
    image = read_image(path)
    in_place(path)
    with pytest.raises(ChangedInputError, match=r"image\.fits changed while it was read"):
        run_detect(image, tmp_path / "out", SETTINGS)
    assert names(tmp_path) == ["sky"]


@pytest.mark.parametrize("change", CHANGES)
def test_injection(path, tmp_path, change):
    with pytest.raises(ChangedInputError, match=r"image\.fits changed while it was read"):
        run_inject(
            tmp_path / "out",
            read_image(path),
            Injection("emu", number=2),
            workers=1,
            progress=changing(path, change, "computing pixels"),
        )
    assert names(tmp_path) == ["sky"]


@pytest.mark.parametrize("change", CHANGES)
def test_cutouts_with_pixels(path, tmp_path, change):
    (tmp_path / "sets").mkdir()
    with pytest.raises(ChangedInputError, match=r"image\.fits changed while it was read"):
        run_cutouts(
            [path],
            tmp_path / "sets" / "set.fits",
            CutoutsSettings(sampler=RandomSampler(5, size=16), materialise=16),
            progress=changing(path, change, "cutting out"),
        )
    assert names(tmp_path / "sets") == []


def test_embedding(tmp_path):
    (tmp_path / "pictures").mkdir()
    for number, pixels in enumerate(np.random.default_rng(1).integers(0, 255, (4, 16, 16), "u1")):
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{number}.png")
    last = tmp_path / "pictures" / "3.png"

    def change(path: Path) -> None:
        Image.fromarray(np.zeros((17, 17), np.uint8)).save(path)

    with pytest.raises(ChangedInputError, match=r"3\.png changed while it was read"):
        run_embed(
            [tmp_path / "pictures"],
            tmp_path / "features.fits",
            progress=changing(last, change, "embedding"),
        )
    assert names(tmp_path) == ["pictures"]

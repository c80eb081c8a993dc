"""Damaged weights with their cards, trainings, records of runs, and survey files."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path

import numpy as np

from benchmarks.fuzz.damage import OF_BYTES, OF_FILES
from benchmarks.fuzz.odd_values import (
    any_of,
    cell_edited,
    changed_json,
    json_edited,
    json_odd,
    line_edited,
)  # fmt: skip
from benchmarks.fuzz.samples import (
    DETECTED,
    PICTURES,
    SIMULATED,
    SURVEY,
    TINY,
    TRAINED,
    TRAINING,
    copied,
)  # fmt: skip
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.pipelines.pretrain",
    "sciarada.pipelines.embed",
    "sciarada_simclr.pretrainer",
    "torchvision",
    "sciarada.pipelines.probe",
    "sciarada.pipelines.evaluate",
    "sciarada.pipelines.simulate",
    "sciarada.nn.store",
)
Random = np.random.Generator


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one of the kinds below."""
    return any_of(_USES, steps.random)(steps, samples, folder)


def _card(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Damage a card; the weights are those of the samples."""
    weights, card = _weights(samples, folder)
    for damage, random in steps.choose((*OF_FILES, *[json_edited] * 20, json_odd, json_odd)):
        if card.is_file():
            damage(card, random)
    return _weights_trial(steps, samples, (weights.name, card.name))


def _tensors(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Damage weights, and have their card tell the hash that they have then."""
    weights, card = _weights(samples, folder)
    data = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(data)
    for damage, random in steps.choose((*OF_BYTES, *[header_edited] * 10, numbers_changed)):
        damage(weights, random)
    known = json.loads(card.read_text())
    card.write_text(
        json.dumps(known | {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest()})
    )
    return _weights_trial(steps, samples, (weights.name, card.name))


def header_edited(path: Path, random: Random) -> None:
    """Change an entry of the header of a safetensors file, or its length."""
    data = path.read_bytes()
    if len(data) < 8:
        return
    length = struct.unpack("<Q", data[:8])[0]
    if random.random() < 0.2:
        length = any_of((0, 1, length - 1, length + 1, 2**31, 2**63, len(data)), random)
        path.write_bytes(struct.pack("<Q", length) + data[8:])
        return
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError):
        return
    text = json.dumps(changed_json(header, random)).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])


def numbers_changed(path: Path, random: Random) -> None:
    """Put not-a-numbers into the weights."""
    data = bytearray(path.read_bytes())
    place = len(data) - 2 * int(random.integers(1, max(2, len(data) // 4)))
    data[place : place + 2] = b"\xff\x7f"
    path.write_bytes(data)


def _weights(samples: Path, folder: Path) -> tuple[Path, Path]:
    weights = folder / "tiny.safetensors"
    os.link(samples / TINY, weights)
    return weights, copied((samples / TINY).with_suffix(".json"), folder)


def _weights_trial(steps: Steps, samples: Path, names: tuple[str, ...]) -> Trial:
    arguments = any_of(
        (
            ("embed", str(samples / PICTURES), "-w", names[0], "--out", "out.fits"),
            ("weights", "verify", names[0]),
            ("weights", "show", names[0]),
        ),
        steps.random,
    )
    return Trial(arguments, names, tuple(steps.done), ("out.fits",))


def _training(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Damage the folder of a training that is to go on."""
    training = copied(samples / TRAINING, folder)
    name = any_of(("configuration.json", "log.csv", "checkpoint.pt"), steps.random)
    own = {
        "configuration.json": [json_edited] * 12 + [json_odd],
        "log.csv": [cell_edited, line_edited] * 6,
    }
    for damage, random in steps.choose((*OF_FILES, *own.get(name, ()))):
        if (training / name).is_file():
            damage(training / name, random)
    arguments = ("pretrain", str(samples / PICTURES), *TRAINED, "--out", TRAINING, "--resume")
    return Trial(arguments, (TRAINING,), tuple(steps.done))


def _record(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Damage the record of a run, the folder of which is used or to be replaced."""
    run = copied(samples / DETECTED, folder)
    copied(samples / SIMULATED, folder)
    for damage, random in steps.choose((*OF_FILES, *[json_edited] * 12, json_odd)):
        if (run / "run.json").is_file():
            damage(run / "run.json", random)
    image, truth = f"{SIMULATED}/image.fits", ("--truth", SIMULATED, "--out", "out")
    arguments = any_of(
        (
            ("detect", image, "--out", run.name, "--overwrite", "--workers", "1"),
            ("evaluate", run.name, *truth),
            ("evaluate", run.name, *truth, "--into-report"),
            ("cutouts", run.name, "--out", "out.fits"),
        ),
        steps.random,
    )
    return Trial(arguments, (run.name,), tuple(steps.done), ("out", "out.fits"))


def _survey(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Damage the file of a survey."""
    path = copied(samples / SURVEY, folder)
    for damage, random in steps.choose((*OF_FILES, *[cell_edited] * 12, line_edited), most=3):
        if path.is_file():
            damage(path, random)
    arguments = (
        "simulate",
        "--out",
        "out",
        "--survey",
        path.name,
        "--size",
        "128",
        "--workers",
        "1",
    )
    return Trial(arguments, (path.name,), tuple(steps.done), ("out",))


_USES = (_card, _card, _tensors, _training, _record, _survey)

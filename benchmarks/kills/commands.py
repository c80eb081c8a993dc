"""The commands that are killed: their arguments, and what they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TRAINING = ("--npix", "32", "--epochs", "4", "--warmup", "0", "--batch", "16")


@dataclass(frozen=True)
class Command:
    """One command line.

    Parameters
    ----------
    name : str
        What the page calls it.
    arguments : callable
        Returns the arguments; takes the folder of inputs and the folder of outputs.
    products : tuple of str
        Files and folders that it makes in the folder of outputs.
    resumes : bool
        Whether it has ``--resume``.
    parts : tuple of str
        What appears one after the other inside a product, each of them complete.
    """

    name: str
    arguments: Callable[[Path, Path], list[str | Path]]
    products: tuple[str, ...]
    resumes: bool = False
    parts: tuple[str, ...] = ()


def _cutouts(given: Path, out: Path) -> list[str | Path]:
    how = ("--sampler", "random", "--number", "48", "--size", "32", "--materialise", "32")
    return ["cutouts", given / "sim" / "image.fits", *how, "-o", out / "set.fits"]


def _probe(given: Path, out: Path) -> list[str | Path]:
    how = ("--kind", "knn", "--seeds", "1", "--folds", "2", "--per-class", "4")
    weights = given / "run" / "tiny.safetensors"
    labels = given / "labels.csv"
    return [
        "probe",
        given / "pictures",
        "--labels",
        labels,
        *how,
        "-w",
        weights,
        "--out",
        out / "p",
    ]


def _pretrain(given: Path, out: Path) -> list[str | Path]:
    how = ("--encoder", "killed-tiny", "--name", "tiny", *TRAINING)
    return ["pretrain", given / "set.zarr", *how, "--out", out / "run"]


def _detect(given: Path, out: Path, image: str = "sim/image.fits") -> list[str | Path]:
    how = ("--workers", "2", "--tile", "64")
    return ["detect", given / image, *how, "--out", out / "found"]


COMMANDS = (
    Command("detect", _detect, ("found",), resumes=True),
    Command(
        "detect IMAGE.fits.gz",
        lambda given, out: _detect(given, out, "image.fits.gz"),
        ("found",),
        resumes=True,
    ),
    Command(
        "simulate",
        lambda given, out: ["simulate", "--out", out / "sky", "--size", "160", "--workers", "2"],
        ("sky",),
    ),
    Command(
        "evaluate",
        lambda given, out: [
            *("evaluate", given / "found", "--truth", given / "sim", "--out", out / "scores")
        ],
        ("scores",),
    ),
    Command("cutouts, with pixels", _cutouts, ("set.fits", "set.reg", "set.zarr")),
    Command("pretrain", _pretrain, ("run",), resumes=True),
    Command(
        "embed",
        lambda given, out: [
            *("embed", given / "set.zarr", "--weights", given / "run" / "tiny.safetensors"),
            *("-o", out / "vectors.fits"),
        ],
        ("vectors.fits",),
    ),
    Command("probe", _probe, ("p",)),
    Command(
        "weights pull",
        lambda given, out: ["weights", "pull", "{url}", "--sha256", "{sha256}"],
        ("tiny.safetensors", "tiny.json"),
    ),
    Command(
        "weights export",
        lambda given, out: [
            *("weights", "export", given / "run" / "tiny.safetensors", "-o", out / "tiny.onnx")
        ],
        ("tiny.onnx",),
    ),
    Command(
        "demo",
        lambda given, out: ["demo", "--out", out / "demo", "--size", "128"],
        ("demo",),
        parts=("simulated", "detected", "evaluated"),
    ),
)

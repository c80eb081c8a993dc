"""Damaged folders of pictures: files that are none, bombs, links, folders as files."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from astropy.io import fits

from benchmarks.fuzz.damage import OF_FILES
from benchmarks.fuzz.odd_values import any_of
from benchmarks.fuzz.samples import PICTURES, TINY, copied
from benchmarks.fuzz.trial import Steps, Trial

PRELOADED = (
    "sciarada.pipelines.cutouts",
    "sciarada.pipelines.embed",
    "sciarada_simclr.pretrainer",
    "torchvision",
    "sciarada.pipelines.probe",
    "sciarada.cutouts.zarr_set",
)
Random = np.random.Generator


def make(steps: Steps, samples: Path, folder: Path) -> Trial:
    """Return a trial of one damaged folder."""
    pictures = copied(samples / PICTURES, folder)
    files = tuple(sorted(path for path in pictures.rglob("*.png")))
    for damage, random in steps.choose((*OF_FILES, *_ODD, *_ODD), most=3):
        path = any_of(files, random)
        if path.is_file() and not path.is_symlink():
            damage(path, random)
    weights = ("-w", str(samples / TINY))
    how = ("--kind", "knn", "--seeds", "1", "--folds", "2")
    labels = ("--labels", str(samples / "labels.csv"))
    trained = (
        ("embed", PICTURES, *weights, "--out", "out.fits"),
        ("probe", PICTURES, *labels, *weights, *how, "--out", "out"),
    )
    arguments = any_of(
        (
            ("cutouts", PICTURES, "--out", "out.fits"),
            ("cutouts", PICTURES, "--materialise", "16", "--out", "out.zarr"),
            *(trained if (samples / TINY).exists() else ()),
        ),
        steps.random,
    )
    return Trial(arguments, (PICTURES,), tuple(steps.done), ("out", "out.fits", "out.zarr"))


def broken_link(path: Path, random: Random) -> None:
    """Put a link to nothing in place of the file."""
    path.unlink()
    path.symlink_to("nothing.png")


def loop_of_links(path: Path, random: Random) -> None:
    """Add a link to the folder above."""
    link = path.parent / "again"
    if not link.is_symlink():
        link.symlink_to("..", target_is_directory=True)


def link_to_itself(path: Path, random: Random) -> None:
    """Put a link to itself in place of the file."""
    path.unlink()
    path.symlink_to(path.name)


def pipe(path: Path, random: Random) -> None:
    """Put a named pipe, from which nothing ever comes, in place of the file."""
    path.unlink()
    os.mkfifo(path)


def png_bomb(path: Path, random: Random) -> None:
    """Write a PNG that promises many pixels, with or without them."""
    side = int(any_of((9_000, 20_000, 60_000, 2**31 - 1), random))
    header = struct.pack(">IIBBBBB", side, side, any_of((1, 8, 16), random), 0, 0, 0, 0)
    pixels = zlib.compress(bytes(min(side * (side + 1), 1 << 22)), 9)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts))


def text_bomb(path: Path, random: Random) -> None:
    """Add a packed text of many bytes to a PNG."""
    data = path.read_bytes()
    text = _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 27), 9))
    path.write_bytes(data[:33] + text + data[33:])


def fits_picture(path: Path, random: Random) -> None:
    """Put a FITS picture beside the PNG, damaged or promising much."""
    beside = path.with_suffix(any_of((".fits", ".fits.gz", ".fits.fz"), random))
    image = fits.ImageHDU if beside.suffix != ".fz" else fits.CompImageHDU
    hdus = fits.HDUList([fits.PrimaryHDU(), image(np.ones((24, 24), np.float32))])
    hdus.writeto(beside, overwrite=True)
    key = any_of((b"NAXIS1  =", b"NAXIS2  =", b"ZNAXIS1 =", b"BITPIX  =", b"XTENSION="), random)
    data = beside.read_bytes()
    opened = gzip.decompress(data) if beside.suffix == ".gz" else data
    place = opened.rfind(key)
    value = any_of((b"0", b"-1", b"100000", b"99999999999", b"'x'"), random)
    if place >= 0:
        opened = opened[:place] + (key + b" " + value.rjust(20)).ljust(80) + opened[place + 80 :]
    beside.write_bytes(gzip.compress(opened) if beside.suffix == ".gz" else opened)


def gzip_bomb(path: Path, random: Random) -> None:
    """Put a gzip file of zeros beside the PNG."""
    path.with_suffix(".fits.gz").write_bytes(gzip.compress(bytes(1 << 27), 9))


def odd_name(path: Path, random: Random) -> None:
    """Rename the file."""
    names = ("é.png", "a b.png", "-x.png", "名.png", "x" * 240 + ".png", "s00.PNG", "a\nb.png",
             "ra,dec.png", "=1+1.png", "%41.png", ".hidden.png", "x.png.png")  # fmt: skip
    path.rename(path.with_name(any_of(names, random)))


def unreadable(path: Path, random: Random) -> None:
    """Take all rights away; root reads it all the same."""
    path.chmod(0)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


_ODD = (broken_link, loop_of_links, link_to_itself, pipe, png_bomb, text_bomb, fits_picture,
        gzip_bomb, odd_name, unreadable)  # fmt: skip

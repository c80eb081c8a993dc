"""The files of a run, with their purpose and the command to open them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProductFile:
    """One file beside the report.

    Parameters
    ----------
    name, purpose, command : str
        The command opens the file when typed in its folder; empty where there is none.
    size : str
        Such as ``1.4 MB``; empty for a file that is not written yet.
    """

    name: str
    purpose: str
    command: str
    size: str


_PRODUCTS = (
    ("catalogue.fits", "Sources and Gaussian components as FITS tables", "topcat {file}"),
    ("catalogue.vot", "The same as VOTable, for TOPCAT, Aladin and SAMP", "sciarada send {file}"),
    ("catalogue.ecsv", "The sources as text, for astropy without loss", ""),
    ("catalogue.components.ecsv", "The components, likewise", ""),
    ("catalogue.parquet", "The same as Parquet, for data frames", ""),
    ("sources.reg", "Outlines of the sources for DS9", "ds9 {image} -regions load {file}"),
    (
        "components.reg",
        "Fitted Gaussians for DS9, as ellipses at half maximum",
        "ds9 {image} -regions load {file}",
    ),
    (
        "segmentation.fits",
        "Number of the source that each pixel belongs to; 0: none",
        "ds9 {image} {file} -lock frame wcs",
    ),
    ("rms.fits", "Local noise", "ds9 {image} {file} -lock frame wcs"),
    ("background.fits", "Local background", "ds9 {image} {file} -lock frame wcs"),
    (
        "residual.fits",
        "What the fitted components leave of the image",
        "ds9 {image} {file} -lock frame wcs",
    ),
    ("preview.png", "The picture above", ""),
    ("run.json", "All about this run, for programs", ""),
)
_LATER = ("run.json",)  # written after the report


def product_files(folder: Path, image: str) -> list[ProductFile]:
    """Return the files of the contract that are in a folder, in the order of the contract.

    Parameters
    ----------
    folder : `~pathlib.Path`
        Where the products are.
    image : str
        Path of the image, for the commands.
    """
    return [
        ProductFile(
            name,
            purpose,
            command.format(file=name, image=shlex.quote(image)),
            _size(folder / name),
        )
        for name, purpose, command in _PRODUCTS
        if name in _LATER or (folder / name).exists()
    ]


def _size(path: Path) -> str:
    if not path.exists():
        return ""
    size = path.stat().st_size
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"

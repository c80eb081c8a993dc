"""Save a figure as a small PNG."""

from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image


def save_small(figure: Figure, path: Path, colours: int) -> None:
    """Write a figure as a PNG of so many colours, which keeps documentation small."""
    figure.savefig(path)
    Image.open(path).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
        path, optimize=True
    )

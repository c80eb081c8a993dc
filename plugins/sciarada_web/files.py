"""Weights in a file of one's own, for an architecture that a hub knows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sciarada.errors import WeightsError
from sciarada_web.encoder import Origin

SUFFIX = ".safetensors"
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".tar")


class ChosenFile(NamedTuple):
    """An architecture, and the file that has its weights."""

    architecture: str
    path: Path

    @property
    def origin(self) -> Origin:
        """The origin of the weights."""
        return Origin(self.architecture, notes=f"from the file {self.path.name}")

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors of the file."""
        try:
            return load_file(self.path)
        except SafetensorError as error:
            raise WeightsError(f"{self.path} holds no safetensors: {error}") from error


def chosen_file(model: str) -> ChosenFile | None:
    """Split ``ARCHITECTURE@FILE.safetensors``; return None for other text.

    Raises
    ------
    WeightsError
        If there is no such file, or it is a pickle.
    """
    architecture, _, file = model.partition("@")
    path = Path(file).expanduser()
    if path.suffix in PICKLES:
        raise WeightsError(
            f"{file} is a pickle, which is never read, because reading it can run code: "
            f"give its tensors as {path.with_suffix(SUFFIX).name}"
        )
    if path.suffix != SUFFIX:
        return None
    if not path.is_file():
        raise WeightsError(f"there is no file {file}: give weights as ARCHITECTURE@FILE{SUFFIX}")
    return ChosenFile(architecture, path)

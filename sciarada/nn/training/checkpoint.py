"""Checkpoints of a training: everything that the next step depends on, in one file."""

from __future__ import annotations

import pickle
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from sciarada.errors import OutputError
from sciarada.io.atomic import atomic_path

# Errors of torch for a damaged file, for one that would run code, and for another network.
_DAMAGE = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    AssertionError, RuntimeError, MemoryError, pickle.UnpicklingError, struct.error,
    UserWarning, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_AGAIN = ", so the training cannot go on from it: start again with --overwrite"


def save_checkpoint(path: Path, module: nn.Module, optimiser: Optimizer, step: int) -> None:
    """Write the state after ``step`` steps; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    state = {"step": step, "module": module.state_dict(), "optimiser": optimiser.state_dict()}
    with atomic_path(path, overwrite=True) as part, part.open("wb") as stream:
        try:
            torch.save(state, stream)
        except RuntimeError as error:
            if isinstance(error.__context__, OSError):  # torch hides the error of the system
                raise error.__context__ from None
            raise


def load_checkpoint(path: Path, module: nn.Module, optimiser: Optimizer, steps: int) -> int:
    """Put a module and its optimiser into the state of a checkpoint; return its step.

    Only tensors and plain values are read from the file, never code.

    Parameters
    ----------
    path : Path
        The file.
    module, optimiser : Module, Optimizer
        What is changed.
    steps : int
        Steps of the whole training.

    Raises
    ------
    OutputError
        If it is damaged or of another training.
    """
    try:
        _check_packing(path)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # torch only warns about pickles that it did not write
            state = torch.load(path, map_location="cpu", weights_only=True)
        module.load_state_dict(state["module"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    except _DAMAGE as error:
        raise OutputError(
            f"the checkpoint {path} is damaged or of another training{_AGAIN}"
        ) from error
    if type(step) is not int or not 0 <= step <= steps:
        raise OutputError(
            f"the checkpoint {path} is of step {step!r:.40} in a training of {steps}{_AGAIN}"
        )
    _check_tensors(path, module, optimiser)
    return step


def _check_packing(path: Path) -> None:
    """Raise `zipfile.BadZipFile` where the parts of the file are packed, as torch leaves none.

    So what is unpacked takes no more memory than the file has bytes.
    """
    with zipfile.ZipFile(path) as file:
        parts = file.infolist()
    if any(part.compress_type != zipfile.ZIP_STORED for part in parts):
        raise zipfile.BadZipFile("a part is packed")
    if sum(part.file_size for part in parts) > path.stat().st_size:
        raise zipfile.BadZipFile("the parts are larger than the file")


def _check_tensors(path: Path, module: nn.Module, optimiser: Optimizer) -> None:
    """Refuse numbers that are not finite, and moments that do not match the parameters."""
    tensors = [tensor for tensor in module.state_dict().values() if tensor.is_floating_point()]
    for parameter, moments in optimiser.state.items():
        if not isinstance(parameter, Tensor):  # a number of none of this network's parameters
            raise OutputError(f"the checkpoint {path} is of another network{_AGAIN}")
        of_it = [value for value in moments.values() if isinstance(value, Tensor) and value.ndim]
        if any(value.shape != parameter.shape for value in of_it):
            raise OutputError(f"the checkpoint {path} is of another network{_AGAIN}")
        tensors += of_it
    if not all(bool(tensor.isfinite().all()) for tensor in tensors):
        raise OutputError(
            f"the checkpoint {path} has numbers that are not finite, as of a training that "
            f"diverged{_AGAIN}, perhaps with a smaller --learning-rate"
        )

"""Checkpoints of a training: everything that the next step depends on, in one file."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import nn
from torch.optim import Optimizer

from sciarada.core.errors import OutputError
from sciarada.io.atomic import atomic_path


def save_checkpoint(path: Path, module: nn.Module, optimiser: Optimizer, step: int) -> None:
    """Write the state after ``step`` steps; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    state = {"step": step, "module": module.state_dict(), "optimiser": optimiser.state_dict()}
    with atomic_path(path, overwrite=True) as part:
        torch.save(state, part)


def load_checkpoint(path: Path, module: nn.Module, optimiser: Optimizer) -> int:
    """Put a module and its optimiser into the state of a checkpoint; return its step.

    Only tensors and plain values are read from the file, never code.

    Raises
    ------
    OutputError
        If it is damaged or of another training.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        module.load_state_dict(state["module"])
        optimiser.load_state_dict(state["optimiser"])
        return int(state["step"])
    except (KeyError, ValueError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise OutputError(
            f"the checkpoint {path} cannot be gone on from: {str(error).splitlines()[0]}; "
            "start again with --overwrite"
        ) from error

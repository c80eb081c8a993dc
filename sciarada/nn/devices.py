"""Devices on which networks run."""

from __future__ import annotations

import logging

import torch

from sciarada.errors import OptionError

logger = logging.getLogger(__name__)

AUTO = "auto"


def checked_device(name: str) -> torch.device:
    """Return a device that can be used.

    Parameters
    ----------
    name : str
        Such as ``cpu``, ``cuda`` or ``cuda:1``; ``auto`` is a GPU if there is one, else the CPU.

    Raises
    ------
    OptionError
        If there is no such device on this machine.
    """
    try:
        device = torch.device(_best() if name == AUTO else name)
        torch.empty(1, device=device)
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        logger.info("why the device is unavailable", exc_info=error)
        raise OptionError(
            f"the device {name!r} is unavailable on this machine: give --device cpu or "
            "--device auto"
        ) from error
    return device


def split_device(name: str) -> tuple[str, int | None]:
    """Return the kind and the number of a device: ``cuda:1`` is number 1 of kind ``cuda``."""
    kind, _, number = name.partition(":")
    return kind, int(number) if number.isdecimal() else None


def _best() -> str:
    """Return the kind of the GPU of this machine, or ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"

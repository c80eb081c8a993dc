"""Where networks work."""

from __future__ import annotations

import torch

from sciarada.errors import OptionError


def checked_device(name: str) -> torch.device:
    """Return a device that can be used.

    Parameters
    ----------
    name : str
        Such as ``cpu``, ``cuda`` or ``cuda:1``.

    Raises
    ------
    OptionError
        If there is no such device on this machine.
    """
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        raise OptionError(
            f"the device {name!r} is unavailable ({str(error).splitlines()[0]}): give --device "
            "cpu, or leave it out"
        ) from error
    return device

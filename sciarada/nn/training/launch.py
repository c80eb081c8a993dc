"""The processes and devices of a training."""

from __future__ import annotations

import os

from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy

from sciarada.errors import OptionError
from sciarada.nn.devices import split_device
from sciarada.nn.training.settings import PretrainSettings

# What torchrun, Slurm and LSF tell the processes that they start on several machines.
_LAUNCHERS = frozenset({"MASTER_ADDR", "SLURM_NTASKS", "LSB_DJOB_RANKFILE"})


def launched_fabric(settings: PretrainSettings) -> Fabric:
    """Return a launched Fabric, with the requested number of processes.

    Raises
    ------
    OptionError
        If the devices are unavailable, or nothing starts the command on the other nodes.
    """
    several = settings.devices * settings.nodes > 1
    if settings.nodes > 1 and not _LAUNCHERS & os.environ.keys():
        raise OptionError(
            f"{settings.nodes} nodes would wait for each other without end: start this command on "
            "each of them with torchrun or srun, or leave --nodes out"
        )
    kind, number = split_device(settings.device)
    if number is not None and several:
        raise OptionError(
            f"{settings.device} is one device: leave out its number to train on "
            f"{settings.devices * settings.nodes}"
        )
    try:
        fabric = Fabric(
            accelerator=kind,
            devices=settings.devices if number is None else [number],
            num_nodes=settings.nodes,
            # What a slow network or a support set holds is the same in every process already.
            strategy=DDPStrategy(broadcast_buffers=False) if several else "auto",
            precision=settings.precision,
        )
    except (ValueError, RuntimeError) as error:
        raise OptionError(
            f"{settings.devices} device(s) of kind {settings.device!r} with precision "
            f"{settings.precision!r} are unavailable: {str(error).splitlines()[0]}"
        ) from error
    fabric.launch()
    return fabric

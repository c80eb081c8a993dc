"""The number of cores that torch uses."""

from __future__ import annotations

import os

import torch


def use_cores(processes: int = 1) -> None:
    """Let torch work with all cores that this process may use.

    The command line keeps libraries to one thread, since most of its work is spread over
    processes; networks run in one process and use all cores.

    Parameters
    ----------
    processes : int
        Processes on this machine that share the cores.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    torch.set_num_threads(max(1, cores // processes))

"""A program: trains each encoder a little as one of several processes, and keeps what came of it.

``python data_parallel.py RANK PROCESSES FOLDER``; with one process there is no process group.
"""

import sys
import warnings
from pathlib import Path

import torch
from small_encoders import ENCODERS
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from sciarada.nn.normalisation import synchronised
from sciarada.nn.processes import gathered, process_count, summed

BATCH, STEPS = 8, 2


class Step(nn.Module):
    """Makes the loss a module's forward pass, which is what gradients are averaged behind."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, *views):
        return self.encoder.loss(list(views))


def share(batch, rank, processes):
    """Return the part of a batch that one process sees."""
    length = len(batch) // processes
    return batch[rank * length : (rank + 1) * length]


def train(name, rank, processes):
    """Return losses, first gradients and the last state of an encoder."""
    torch.manual_seed(3)
    encoder = synchronised(ENCODERS[name]().double()).train()
    step = Step(encoder)
    if processes > 1:
        step = DistributedDataParallel(step)
    optimiser = torch.optim.SGD([p for p in encoder.parameters() if p.requires_grad], lr=0.01)
    found = {}
    for number in range(STEPS):
        chance = torch.Generator().manual_seed(number)
        views = torch.rand(encoder.views, BATCH, 3, 32, 32, generator=chance).double()
        losses = step(*(share(view, rank, processes) for view in views))
        optimiser.zero_grad()
        losses.total.backward()
        if number == 0:
            gradients = {n: p.grad for n, p in encoder.named_parameters() if p.grad is not None}
            found |= {f"gradient of {n}": gradient.clone() for n, gradient in gradients.items()}
        optimiser.step()
        encoder.after_step(number / STEPS)
        found |= {f"{n} {number}": part for n, part in losses.terms.items()}
        found[f"total {number}"] = losses.total.detach()
    return found | {f"state of {n}": values for n, values in encoder.state_dict().items()}


def exchange(rank, processes):
    """Return what comes of gathering and of summing, forth and back."""
    rows = torch.arange(12.0, dtype=torch.float64).reshape(6, 2)
    ours = share(rows, rank, processes).clone().requires_grad_()
    everything = gathered(ours)
    (everything.square().sum() / process_count()).backward()
    total = summed(ours.sum(dim=0))
    slope = torch.autograd.grad(total.prod() / process_count(), ours)[0]
    return {
        "gathered": everything.detach(),
        "gathered gradient": gathered(ours.grad),
        "summed": total.detach(),
        "summed gradient": gathered(slope),
    }


def main(rank, processes, folder):
    torch.set_num_threads(1)
    if processes > 1:
        meeting = f"file://{folder / 'meeting'}"
        distributed.init_process_group("gloo", meeting, rank=rank, world_size=processes)
    found = {name: train(name, rank, processes) for name in ENCODERS}
    found["exchange"] = exchange(rank, processes)
    torch.save(found, folder / f"{rank}-of-{processes}.pt")
    if processes > 1:
        distributed.destroy_process_group()


if __name__ == "__main__":
    warnings.simplefilter("error")
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))

"""The support set of nearest-neighbour methods: a queue of projections of past samples."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sciarada.nn.processes import gathered

_NEVER = 4.0  # cosines differ by 2 at most: lowered by this, a vector is farther than all others


class SupportSet(nn.Module):
    """The latest vectors, among which nearest neighbours are found.

    Dwibedi et al. (2021, ICCV, arXiv:2104.14548), section 3.2. All its state (the vectors, how many
    were added) is in its state dict. Every process holds the same vectors.

    Parameters
    ----------
    size : int
        How many vectors it holds; the oldest go when it is full.
    dimension : int
        Length of a vector.
    """

    vectors: Tensor
    added: Tensor

    def __init__(self, size: int, dimension: int) -> None:
        super().__init__()
        start = functional.normalize(torch.randn(size, dimension), dim=1)
        self.register_buffer("vectors", start)
        self.register_buffer("added", torch.zeros((), dtype=torch.long))

    def __len__(self) -> int:
        return len(self.vectors)

    @torch.no_grad()
    def neighbours(self, queries: Tensor, number: int) -> Tensor:
        """Return the vectors nearest to each query by cosine, the nearest first.

        The random vectors that it starts with are nearest only where too few have been added.

        Parameters
        ----------
        queries : Tensor, shape (n, d)
        number : int
            How many neighbours of each, at most the size of the set.

        Returns
        -------
        Tensor, shape (n, number, d)
            Of length 1, without gradient.
        """
        with torch.autocast(queries.device.type, enabled=False):
            unit = functional.normalize(queries.to(self.vectors.dtype), dim=1)
            cosine = unit @ self.vectors.T
            places = torch.arange(len(self), device=cosine.device)
            cosine -= _NEVER * (places >= self.added)
            return self.vectors[cosine.topk(number, dim=1).indices]

    @torch.no_grad()
    def add(self, vectors: Tensor) -> None:
        """Add the vectors of all processes, scaled to length 1.

        Parameters
        ----------
        vectors : Tensor, shape (n, d)
            Of this process; of one length on every process.
        """
        new = functional.normalize(gathered(vectors).to(self.vectors.dtype), dim=1)
        count = len(new)
        kept = min(count, len(self))
        places = torch.arange(count - kept, count, device=new.device) + self.added
        self.vectors.index_copy_(0, places % len(self), new[count - kept :])
        self.added += count

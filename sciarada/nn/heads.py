"""Heads: the small networks between features and a loss; thrown away after training."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from sciarada.hooks.protocols import UNLABELLED
from sciarada.nn.processes import gathered


def projector(
    inputs: int, hidden: int, outputs: int, layers: int = 2, *, normalise_last: bool = False
) -> nn.Sequential:
    """Return a perceptron with batch normalisation and rectifiers between its layers.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Lengths of the vectors that go in, between and out.
    layers : int
        Number of linear layers, at least 1.
    normalise_last : bool
        Normalise the vectors that come out over the batch, too.
    """
    widths = [inputs, *[hidden] * (layers - 1), outputs]
    parts: list[nn.Module] = []
    for number, (width, following) in enumerate(pairwise(widths), 1):
        last = number == layers
        normalised = normalise_last or not last
        parts.append(nn.Linear(width, following, bias=not normalised))
        if normalised:
            parts.append(nn.BatchNorm1d(following))
        if not last:
            parts.append(nn.ReLU(inplace=True))
    return nn.Sequential(*parts)


class LabelHead(nn.Module):
    """One linear layer that learns labels, with the loss and accuracy of a batch.

    Parameters
    ----------
    inputs : int
        Length of a feature vector.
    classes : int
        Largest number of different labels.
    smoothing : float
        Share of each label that is spread over all classes (Szegedy et al. 2016, CVPR,
        arXiv:1512.00567).
    """

    def __init__(self, inputs: int, classes: int, smoothing: float) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, classes)
        self.smoothing = smoothing

    def forward(self, features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return cross entropy and accuracy of features ``(n, inputs)`` and labels ``(n,)``.

        Both are means over the labelled rows of all processes, 0 where there are none;
        `~sciarada.hooks.UNLABELLED` marks the others.
        """
        scores, labels = gathered(self.linear(features)), gathered(labels)
        known = labels != UNLABELLED
        number = known.sum().clamp(min=1)
        loss = functional.cross_entropy(
            scores, labels, ignore_index=UNLABELLED, label_smoothing=self.smoothing, reduction="sum"
        )
        right = ((scores.argmax(1) == labels) & known).sum()
        return loss / number, (right / number).detach()

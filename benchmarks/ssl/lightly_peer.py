"""The SimCLR example of lightly, with its own transforms, on a folder of pictures.

As in its documentation for PyTorch: https://docs.lightly.ai/self-supervised-learning/examples/simclr.html
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import torch
from torch import nn
from torchvision.models import resnet18

RATE = 0.06
HIDDEN, OUTPUTS = 512, 128


class LightlyTraining:
    """Passes of lightly over a folder.

    Parameters
    ----------
    place : Path
        Where lightly was installed.
    folder : Path
        Folder of pictures.
    npix, batch, workers : int
        Side of the views, pictures a step, processes that make views.
    """

    def __init__(self, place: Path, folder: Path, npix: int, batch: int, workers: int) -> None:
        sys.path.append(str(place))
        dataset = import_module("lightly.data").LightlyDataset(
            str(folder), transform=import_module("lightly.transforms").SimCLRTransform(npix)
        )
        self._loader = torch.utils.data.DataLoader(
            dataset,
            batch_size=batch,
            shuffle=True,
            drop_last=True,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
        head = import_module("lightly.models.modules").SimCLRProjectionHead(512, HIDDEN, OUTPUTS)
        body = nn.Sequential(*list(resnet18().children())[:-1], nn.Flatten())
        self._model = nn.Sequential(body, head)
        self._criterion = import_module("lightly.loss").NTXentLoss()
        self._optimiser = torch.optim.SGD(self._model.parameters(), lr=RATE)

    def go_through(self) -> None:
        """Train on all pictures once."""
        self._model.train()
        for batch in self._loader:
            first, second = batch[0]
            loss = self._criterion(self._model(first), self._model(second))
            loss.backward()
            self._optimiser.step()
            self._optimiser.zero_grad()

"""The network that fine-tuning trains: an encoder with a classifier on top."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import update_bn

from sciarada.hooks.protocols import Losses, SkyInfo
from sciarada.nn.modules import EncoderModule
from sciarada.nn.sky import channels_of


class FineTuned(nn.Module):
    """A copy of an encoder's backbone, and one linear layer.

    Parameters
    ----------
    encoder : EncoderModule
        Not changed.
    classes : int
        Number of classes.
    weights : sequence of float, optional
        Weight of each class in the loss; equal by default.
    """

    class_weights: Tensor

    def __init__(
        self, encoder: EncoderModule, classes: int, weights: Sequence[float] | None = None
    ) -> None:
        super().__init__()
        self.channels = encoder.channels
        self.backbone = copy.deepcopy(encoder.backbone).requires_grad_(True)
        self.head = nn.Linear(self.backbone.dimension, classes)
        nn.init.zeros_(self.head.weight)  # so that the first steps do not undo what was learned
        nn.init.zeros_(self.head.bias)
        given = torch.ones(classes) if weights is None else torch.tensor(weights)
        self.register_buffer("class_weights", given.float())

    def forward(self, images: Tensor) -> Tensor:
        """Return logits ``(n, classes)`` of images ``(n, c, h, w)``."""
        return self.head(self.backbone(images)).float()

    def loss(self, batch: list[Tensor]) -> Losses:
        """Return the cross entropy of images ``(n, c, h, w)`` and their classes ``(n,)``."""
        images, codes = batch
        return Losses(functional.cross_entropy(self(images), codes, self.class_weights), {})

    def after_step(self, progress: float) -> None:
        """Do nothing: there is no slow network."""

    @torch.inference_mode()
    def probabilities(self, pixels: Tensor, sky: SkyInfo) -> Tensor:
        """Return the class probabilities ``(n, classes)`` of pixels ``(n, h, w)``."""
        return self(channels_of(self.channels, pixels, sky)).softmax(dim=1)

    def settle(self, stacks: Iterable[tuple[Tensor, SkyInfo]]) -> None:
        """Recompute the statistics of batch normalisation from pixels ``(n, h, w)`` and their sky.

        Those that were gathered on the way are of earlier weights, and of the first ones still
        after a short training.
        """
        update_bn((channels_of(self.channels, *stack) for stack in stacks), self)

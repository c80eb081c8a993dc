"""Types of the objects of plugins: torch modules with the attributes that the hooks require.

They are for annotations only: Python has no type for "a module that is also an `Encoder`". The
objects of plugins derive from `torch.nn.Module`; `sciarada.nn.building` checks them.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from sciarada.hooks.protocols import Losses


class BackboneModule(nn.Module):
    """A module that makes features ``(n, dimension)`` of images ``(n, channels, h, w)``.

    Attributes
    ----------
    channels : int
        Channels of the images.
    dimension : int
        Length of a feature vector.
    """

    channels: int
    dimension: int


class EncoderModule(nn.Module):
    """A module that is an `~sciarada.hooks.protocols.Encoder`.

    Attributes
    ----------
    channels : callable
        Makes images of pixels.
    backbone : BackboneModule
        Makes features of images.
    """

    channels: Callable[[Tensor], Tensor]
    backbone: BackboneModule


class LearningModule(nn.Module):
    """A module that the training loop can train.

    Attributes
    ----------
    loss : callable
        Returns the losses of a batch of views.
    after_step : callable
        Called after each step with the progress of the training.
    """

    loss: Callable[[list[Tensor]], Losses]
    after_step: Callable[[float], None]


class PretrainerModule(EncoderModule, LearningModule):
    """A module that is a `~sciarada.hooks.protocols.Pretrainer`.

    Attributes
    ----------
    views : int
        Number of views of each sample.
    """

    views: int

"""EfficientNet-Lite0, a network of 3.4 million weights, out of the blocks of torchvision.

Tan & Le (2019, ICML, arXiv:1905.11946), in the variant for small devices: no squeeze and
excitation, ReLU6 everywhere. Its published ImageNet weights fit, in the order of their layers.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from torch import Tensor, nn
from torchvision.ops import Conv2dNormActivation

DIMENSION = 1280
_FIRST = 32


class Stage(NamedTuple):
    """Blocks of one width: how many, their kernel, the first one's stride, and their channels."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)

_convolution = partial(
    Conv2dNormActivation,
    norm_layer=partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01),
    activation_layer=nn.ReLU6,
)
_linear = partial(_convolution, kernel_size=1, activation_layer=None)


class HalvingPadding(nn.Module):
    """Pad images for a convolution of stride 2 as TensorFlow does.

    An even side gets one pixel less before its first than after its last. The published weights
    learned from images padded so; with the same on both sides each of the five halvings would
    move the image by one pixel, and their features lose their meaning.
    """

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(n, c, h + p, w + q)`` of ``(n, c, h, w)``."""
        left, right = self._sides(images.shape[-1])
        top, bottom = self._sides(images.shape[-2])
        return nn.functional.pad(images, (left, right, top, bottom))

    def _sides(self, length: int) -> tuple[int, int]:
        added = self.kernel - 2 + length % 2
        return added // 2, added - added // 2


def _halving(width: int, wider: int, kernel: int, groups: int = 1) -> nn.Sequential:
    convolution = _convolution(width, wider, kernel_size=kernel, stride=2, padding=0, groups=groups)
    return nn.Sequential(HalvingPadding(kernel), convolution)


class InvertedResidual(nn.Module):
    """Widen the channels, filter each of them, narrow them again; add the input if it fits."""

    def __init__(self, width: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = width * stage.expansion
        widen = [] if inner == width else [_convolution(width, inner, kernel_size=1)]
        if stride == 1:
            filters = _convolution(inner, inner, kernel_size=stage.kernel, groups=inner)
        else:
            filters = _halving(inner, inner, stage.kernel, groups=inner)
        self.layers = nn.Sequential(*widen, filters, _linear(inner, stage.width))
        self.residual = stride == 1 and width == stage.width

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(n, stage.width, h, w)`` of ``(n, width, h, w)``, smaller by the stride."""
        changed = self.layers(images)
        return images + changed if self.residual else changed


def efficientnet_lite0(channels: int, kept: int) -> nn.Sequential:
    """Return the network without its classifier.

    Parameters
    ----------
    channels : int
        Channels of the images.
    kept : int
        How many of the first halvings of the resolution are left out: of the five that it has
        for photographs of 224 pixels, none, one or two.
    """
    first = _convolution(channels, _FIRST) if kept else _halving(channels, _FIRST, kernel=3)
    layers: list[nn.Module] = [first]
    width = _FIRST
    for number, stage in enumerate(STAGES):
        stride = 1 if number == 1 and kept > 1 else stage.stride
        for block in range(stage.blocks):
            layers.append(InvertedResidual(width, stage, 1 if block else stride))
            width = stage.width
    return nn.Sequential(
        *layers,
        _convolution(width, DIMENSION, kernel_size=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )

"""Backbones: networks of torchvision that turn small radio images into feature vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn
from torchvision import models

from sciarada.nn.efficientnet_lite import DIMENSION, efficientnet_lite0

Stem = Literal["standard", "half", "full"]


class Backbone(nn.Module):
    """A network without its classifier.

    Parameters
    ----------
    body : Module
        Takes images ``(n, channels, h, w)``, returns features ``(n, dimension)``.
    dimension : int
        Length of a feature vector.
    channels : int
        Channels of the images.
    """

    def __init__(self, body: nn.Module, dimension: int, channels: int) -> None:
        super().__init__()
        self.body = body.to(memory_format=torch.channels_last)  # faster on CPUs and GPUs alike
        self.dimension = dimension
        self.channels = channels

    def forward(self, images: Tensor) -> Tensor:
        """Return features ``(n, dimension)`` of images ``(n, channels, h, w)``."""
        return self.body(images.contiguous(memory_format=torch.channels_last))


def build_backbone(name: str, channels: int = 3, stem: Stem = "half") -> Backbone:
    """Return a backbone with random weights.

    Parameters
    ----------
    name : str
        One of `BACKBONES`.
    channels : int
        Channels of the images, 1 or 3.
    stem : {'standard', 'half', 'full'}
        What the first layers make of the resolution: ``standard`` leaves a quarter of the
        pixels along each axis, as for photographs of 224 pixels; ``half`` a half, for 64 to 128
        pixels; ``full`` all, for 32 to 64 pixels. Each step costs four times the arithmetic.

    Raises
    ------
    KeyError
        If there is no such backbone.
    """
    body, dimension = BACKBONES[name](channels, stem)
    return Backbone(body, dimension, channels)


def _resnet(make: Callable[..., models.ResNet]) -> Callable[[int, Stem], tuple[nn.Module, int]]:
    def build(channels: int, stem: Stem) -> tuple[nn.Module, int]:
        net = make(weights=None)
        dimension = net.fc.in_features
        net.fc = nn.Identity()
        if stem == "standard":
            net.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        else:
            stride = 2 if stem == "half" else 1
            net.conv1 = nn.Conv2d(channels, 64, 3, stride=stride, padding=1, bias=False)
            net.maxpool = nn.Identity()
        nn.init.kaiming_normal_(net.conv1.weight, mode="fan_out", nonlinearity="relu")
        return net, dimension

    return build


def _regnet(channels: int, stem: Stem) -> tuple[nn.Module, int]:
    net = models.regnet_y_400mf(weights=None)
    dimension = net.fc.in_features
    net.fc = nn.Identity()
    first = net.stem[0]
    # The first block halves once more: together they make a quarter.
    stride = {"standard": 2, "half": 1, "full": 1}[stem]
    net.stem[0] = nn.Conv2d(channels, first.out_channels, 3, stride=stride, padding=1, bias=False)
    nn.init.kaiming_normal_(net.stem[0].weight, mode="fan_out", nonlinearity="relu")
    if stem == "full":
        for layer in net.trunk_output[0][0].modules():
            if isinstance(layer, nn.Conv2d) and layer.stride == (2, 2):
                layer.stride = (1, 1)
    return net, dimension


def _efficientnet_lite0(channels: int, stem: Stem) -> tuple[nn.Module, int]:
    return efficientnet_lite0(channels, {"standard": 0, "half": 1, "full": 2}[stem]), DIMENSION


BACKBONES: dict[str, Callable[[int, Stem], tuple[nn.Module, int]]] = {
    "resnet18": _resnet(models.resnet18),
    "resnet50": _resnet(models.resnet50),
    "regnet_y_400mf": _regnet,
    "efficientnet_lite0": _efficientnet_lite0,
}
"""ResNets (He et al. 2016, CVPR), a RegNetY of 4 M weights (Radosavovic et al. 2020, CVPR) and an
EfficientNet-Lite of 3.4 M (`sciarada.nn.efficientnet_lite`)."""

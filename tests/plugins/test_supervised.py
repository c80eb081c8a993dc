"""The supervised encoder: its loss computed by hand, and missing labels."""

import numpy as np
import pytest
import torch
from sciarada_supervised import SupervisedOptions
from sciarada_supervised.pretrainer import Supervised

from sciarada.hooks.protocols import UNLABELLED

LABELS = [0, 2, UNLABELLED, 1, 2, 2]


@pytest.fixture
def encoder():
    torch.manual_seed(2)
    return Supervised(
        SupervisedOptions(stem="standard", channels="asinh", classes=4, smoothing=0.2)
    )


@pytest.fixture
def images():
    return torch.rand(6, 1, 32, 32, generator=torch.Generator().manual_seed(3))


def test_the_loss_is_the_smoothed_cross_entropy_of_those_with_a_label(encoder, images):
    losses = encoder.loss([images, torch.tensor(LABELS)])
    scores = encoder.classifier.linear(encoder.backbone(images)).detach().double().numpy()
    each, right = [], []
    for score, label in zip(scores, LABELS, strict=True):
        if label == UNLABELLED:
            continue
        wanted = np.full(4, 0.2 / 4)
        wanted[label] += 0.8
        each.append(-wanted @ (score - np.log(np.exp(score).sum())))
        right.append(score.argmax() == label)
    assert losses.total.item() == pytest.approx(np.mean(each), rel=1e-4)
    assert losses.terms["accuracy"].item() == pytest.approx(np.mean(right))


def test_without_any_label_nothing_is_learned(encoder, images):
    losses = encoder.loss([images, torch.full((6,), UNLABELLED)])
    losses.total.backward()
    assert losses.total.item() == 0
    assert not any(p.grad is not None and p.grad.any() for p in encoder.backbone.parameters())


def test_it_learns_to_tell_two_kinds_apart(encoder):
    chance = torch.Generator().manual_seed(4)
    labels = torch.arange(16) % 2
    images = 0.1 * torch.rand(16, 1, 32, 32, generator=chance)
    images[labels == 1, :, 12:20, 4:28] += 0.8
    images[labels == 0, :, 12:20, 12:20] += 0.8
    optimiser = torch.optim.AdamW(encoder.parameters(), 1e-3)
    for _ in range(12):
        losses = encoder.loss([images, labels])
        optimiser.zero_grad()
        losses.total.backward()
        optimiser.step()
    assert losses.terms["accuracy"] == 1

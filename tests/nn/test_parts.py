"""Backbones, heads, optimisers, rates and slow networks, each against what defines it."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from sciarada.nn import normalisation
from sciarada.nn.backbones import BACKBONES, build_backbone
from sciarada.nn.heads import projector
from sciarada.nn.momentum import ema_update, frozen_copy
from sciarada.nn.normalisation import GlobalBatchNorm
from sciarada.nn.processes import gathered
from sciarada.nn.training.optimisers import LARS, build_optimiser
from sciarada.nn.training.schedules import cosine_to_one, warmup_cosine


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("stem", ["standard", "half", "full"])
def test_backbones_take_small_images(name, channels, stem):
    backbone = build_backbone(name, channels, stem).eval()
    with torch.no_grad():
        features = backbone(torch.rand(2, channels, 32, 32))
    assert features.shape == (2, backbone.dimension)
    assert torch.isfinite(features).all()


@pytest.mark.parametrize("name", ["resnet18", "regnet_y_400mf"])
def test_each_step_of_the_stem_keeps_twice_the_resolution(name):
    sides = []
    for stem in ("standard", "half", "full"):
        body = build_backbone(name, 1, stem).body
        last = body.layer4 if name.startswith("resnet") else body.trunk_output
        shapes = []
        last.register_forward_hook(lambda module, given, made, shapes=shapes: shapes.append(made))
        with torch.no_grad():
            body.eval()(torch.rand(1, 1, 64, 64))
        sides.append(shapes[0].shape[-1])
    assert sides == [2, 4, 8]


def test_the_projector_of_simclr():
    head = projector(8, 16, 4)
    kinds = [type(part) for part in head]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.ReLU, nn.Linear]
    assert head(torch.rand(5, 8)).shape == (5, 4)
    assert isinstance(projector(8, 16, 4, 3, normalise_last=True)[-1], nn.BatchNorm1d)


@given(steps=st.integers(1, 200), share=st.floats(0, 0.5), peak=st.floats(1e-5, 1))
def test_the_rate_rises_to_its_peak_and_falls(steps, share, peak):
    warmup = int(share * steps)
    rates = [warmup_cosine(step, steps, warmup, peak) for step in range(steps)]
    assert max(rates) <= peak * (1 + 1e-12)
    assert all(a < b for a, b in pairwise(rates[:warmup]))
    assert all(a >= b for a, b in pairwise(rates[warmup:]))
    assert rates[warmup if warmup < steps else -1] == pytest.approx(peak)
    assert warmup_cosine(steps, steps, warmup, peak) == pytest.approx(0, abs=1e-12)


def test_the_momentum_ends_at_one():
    assert cosine_to_one(0.0, 0.99) == pytest.approx(0.99)
    assert cosine_to_one(0.5, 0.99) == pytest.approx(0.995)
    assert cosine_to_one(1.0, 0.99) == 1.0


def test_lars_takes_the_steps_of_its_paper():
    rng = np.random.default_rng(1)
    weight, start = rng.normal(size=(4, 3)), rng.normal(size=3)
    layer = nn.Linear(3, 4).double()
    layer.weight.data, layer.bias.data = torch.tensor(weight), torch.zeros(4).double()
    optimiser = LARS(
        [{"params": [layer.weight]}, {"params": [layer.bias], "weight_decay": 0, "adapt": False}],
        lr=0.5,
        weight_decay=0.1,
        trust=0.02,
    )
    bias, velocity_w, velocity_b = np.zeros(4), np.zeros((4, 3)), np.zeros(4)
    for _ in range(5):
        optimiser.zero_grad()
        output = layer(torch.tensor(start))
        (output**2).sum().backward()
        optimiser.step()
        slope = 2 * (weight @ start + bias)
        change = np.outer(slope, start) + 0.1 * weight
        local = 0.02 * np.linalg.norm(weight) / np.linalg.norm(change)
        velocity_w = 0.9 * velocity_w + local * change
        velocity_b = 0.9 * velocity_b + slope
        weight, bias = weight - 0.5 * velocity_w, bias - 0.5 * velocity_b
    np.testing.assert_allclose(layer.weight.detach(), weight, rtol=1e-10)
    np.testing.assert_allclose(layer.bias.detach(), bias, rtol=1e-10)


@pytest.mark.parametrize("name", ["lars", "adamw"])
def test_vectors_do_not_decay(name):
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 2))
    module[0].weight.requires_grad_(False)
    decayed, plain = build_optimiser(name, module, 0.1, 0.01).param_groups
    assert [p.ndim for p in decayed["params"]] == [2]
    assert {p.ndim for p in plain["params"]} == {1}
    assert (decayed["weight_decay"], plain["weight_decay"]) == (0.01, 0.0)


@pytest.mark.parametrize("name", ["lars", "adamw"])
def test_optimisers_learn(name):
    torch.manual_seed(0)
    layer, inputs = nn.Linear(4, 1, bias=False), torch.randn(64, 4)
    wanted = inputs @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    optimiser = build_optimiser(name, layer, {"lars": 10.0, "adamw": 0.1}[name], 0.0)
    losses = []
    for _ in range(200):
        optimiser.zero_grad()
        loss = (layer(inputs) - wanted).square().mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert min(losses[-20:]) < 0.05 * losses[0]


@given(momentum=st.floats(0, 1))
def test_the_slow_network_follows(momentum):
    fast = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    slow = frozen_copy(fast)
    before = [p.clone() for p in slow.parameters()]
    with torch.no_grad():
        for parameter in fast.parameters():
            parameter.add_(1.0)
    ema_update(slow, fast, momentum)
    for old, new in zip(before, slow.parameters(), strict=True):
        assert not new.requires_grad
        torch.testing.assert_close(new.data, old + (1 - momentum))


def test_one_process_gathers_what_it_has():
    vectors = torch.rand(3, 2)
    assert gathered(vectors) is vectors
    assert math.isclose(vectors.sum().item(), gathered(vectors).sum().item())


@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize("statistics", [True, False])
def test_statistics_of_one_process_are_those_of_torch(monkeypatch, momentum, statistics):
    how = {"momentum": momentum, "track_running_stats": statistics}
    own, torchs = GlobalBatchNorm(3, **how), nn.BatchNorm2d(3, **how)
    monkeypatch.setattr(normalisation, "process_count", lambda: 2)  # whose total is this one's
    for seed in range(3):
        values = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(seed)) + seed
        torch.testing.assert_close(own(values), torchs(values))
    for name, wanted in torchs.state_dict().items():
        torch.testing.assert_close(own.state_dict()[name], wanted)

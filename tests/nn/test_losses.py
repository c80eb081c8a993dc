"""Losses against slow versions that follow the papers' sums term by term."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sciarada.nn.losses import cosine_distance, feature_contrast, info_nce, nt_xent


def views(n, d, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(n, d))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(
        sum(x * x for x in a) * sum(y * y for y in b)
    )


def slow_nt_xent(first, second, temperature):
    z = [*first, *second]
    n, total = len(first), 0.0
    for i in range(2 * n):
        partner = (i + n) % (2 * n)
        others = [math.exp(cosine(z[i], z[k]) / temperature) for k in range(2 * n) if k != i]
        total -= cosine(z[i], z[partner]) / temperature - math.log(sum(others))
    return total / (2 * n)


def slow_info_nce(queries, keys, temperature):
    total = 0.0
    for i, query in enumerate(queries):
        terms = [math.exp(cosine(query, key) / temperature) for key in keys]
        total -= math.log(terms[i] / sum(terms))
    return total / len(queries)


def slow_feature_contrast(first, second):
    a, b = ((v - v.mean(0)) / np.sqrt(v.var(0) + 1e-6) for v in (first, second))
    same, different = [], []
    for i in range(first.shape[1]):
        for j in range(first.shape[1]):
            c = sum(a[:, i] * b[:, j]) / len(a)
            if i == j:
                same.append((1 - c) ** 2)
            else:
                different.append(c**2)
    return 0.5 * math.sqrt(np.mean(same)) + 0.5 * math.sqrt(np.mean(different))


LOSSES = (nt_xent, info_nce, cosine_distance, feature_contrast)
sizes = {"n": st.integers(2, 6), "d": st.integers(1, 5), "seed": st.integers(0, 10**6)}
temperatures = st.floats(0.05, 2.0)


@given(**sizes, temperature=temperatures)
def test_nt_xent_is_the_paper_s_sum(n, d, seed, temperature):
    first, second = views(n, d, seed)
    loss = nt_xent(torch.tensor(first), torch.tensor(second), temperature)
    assert loss.item() == pytest.approx(
        slow_nt_xent(first, second, temperature), rel=1e-4, abs=1e-5
    )


@given(**sizes, temperature=temperatures)
def test_info_nce_is_the_paper_s_sum(n, d, seed, temperature):
    queries, keys = views(n, d, seed)
    loss = info_nce(torch.tensor(queries), torch.tensor(keys), temperature)
    assert loss.item() == pytest.approx(
        slow_info_nce(queries, keys, temperature), rel=1e-4, abs=1e-5
    )


@given(**sizes)
def test_feature_contrast_is_the_paper_s_root_mean_squares(n, d, seed):
    first, second = views(n + 2, d + 1, seed)
    loss = feature_contrast(torch.tensor(first), torch.tensor(second))
    assert loss.item() == pytest.approx(slow_feature_contrast(first, second), rel=1e-4, abs=2e-6)


@given(**sizes)
def test_cosine_distance_is_that_of_unit_vectors(n, d, seed):
    first, second = views(n, d, seed)
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (first, second)]
    by_hand = np.mean(np.sum((unit[0] - unit[1]) ** 2, axis=1))
    loss = cosine_distance(torch.tensor(first), torch.tensor(second))
    assert loss.item() == pytest.approx(by_hand, rel=1e-4, abs=1e-5)


@given(**sizes)
def test_the_order_of_the_views_does_not_matter_to_simclr(n, d, seed):
    first, second = map(torch.tensor, views(n, d, seed))
    assert nt_xent(first, second).item() == pytest.approx(nt_xent(second, first).item(), rel=1e-4)


def test_partners_that_agree_alone_cost_nothing():
    eye = torch.eye(8)
    assert nt_xent(eye, eye, 0.02).item() == pytest.approx(0.0, abs=1e-6)
    assert info_nce(eye, eye, 0.02).item() == pytest.approx(0.0, abs=1e-6)
    assert cosine_distance(eye, eye).item() == pytest.approx(0.0, abs=1e-6)


def test_no_gradient_flows_into_the_slow_network():
    online, slow = torch.ones(3, 4, requires_grad=True), torch.eye(3, 4, requires_grad=True)
    cosine_distance(online, slow).backward()
    assert online.grad is not None
    assert slow.grad is None


def test_constant_features_have_a_finite_loss_and_gradient():
    constant = torch.ones(5, 4, requires_grad=True)
    for loss in LOSSES:
        value = loss(constant, torch.ones(5, 4))
        value.backward()
        assert torch.isfinite(value)
        assert torch.isfinite(constant.grad).all()
        constant.grad = None


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_autocast_does_not_blur_a_loss(loss, kind):
    first, second = (torch.tensor(v).to(kind) for v in views(16, 8, 1))
    first.requires_grad_()
    with torch.autocast("cpu", dtype=kind):
        value = loss(first, second)
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(loss(first.double(), second.double()).item(), rel=1e-5)
    value.backward()
    assert torch.isfinite(first.grad).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_the_slopes(loss):
    first, second = map(torch.tensor, views(5, 4, 3))
    torch.autograd.gradcheck(lambda a: loss(a, second), first.requires_grad_())


def test_independent_features_of_equal_views_cost_nothing():
    chance = torch.Generator().manual_seed(1)
    whitened, _ = torch.linalg.qr(torch.randn(64, 8, dtype=torch.float64, generator=chance))
    whitened = torch.linalg.qr(whitened - whitened.mean(dim=0))[0]
    assert feature_contrast(8 * whitened, 8 * whitened).item() < 1e-5
    repeated = whitened[:, :1].expand(-1, 8)
    assert feature_contrast(8 * repeated, 8 * repeated).item() == pytest.approx(0.5, rel=1e-3)

"""The support set against a plain list, and centroids against what defines them."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sciarada.nn.centroids import Centroids, sinusoids
from sciarada.nn.support_set import SupportSet


def unit(rows):
    return [row / np.linalg.norm(row) for row in np.asarray(rows, dtype=float)]


@given(
    size=st.integers(3, 9),
    batches=st.lists(st.integers(1, 12), min_size=1, max_size=5),
    number=st.integers(1, 3),
    seed=st.integers(0, 10**6),
)
def test_it_holds_the_latest_vectors_and_finds_the_nearest(size, batches, number, seed):
    rng = np.random.default_rng(seed)
    support, kept = SupportSet(size, 4).double(), []
    for length in batches:
        new = rng.normal(size=(length, 4))
        support.add(torch.tensor(new))
        kept = [*kept, *unit(new)][-size:]
    assert support.added == sum(batches)
    queries = rng.normal(size=(5, 4))
    found = support.neighbours(torch.tensor(queries), number).numpy()
    for query, near in zip(unit(queries), found, strict=True):
        by_hand = sorted(kept, key=lambda vector: -float(vector @ query))[:number]
        np.testing.assert_allclose(near[: len(by_hand)], by_hand, rtol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(near, axis=1), 1.0)


def test_random_vectors_serve_only_until_there_are_others():
    support = SupportSet(50, 8)
    query = support.vectors[7:8].clone()
    torch.testing.assert_close(support.neighbours(query, 1)[:, 0], query)
    support.add(-query)
    near = support.neighbours(query, 2)[0]
    torch.testing.assert_close(near[0], -query[0])
    torch.testing.assert_close(near[1], query[0])


def test_the_support_set_is_in_its_state_dict():
    one, other = SupportSet(6, 3), SupportSet(6, 3)
    one.add(torch.randn(4, 3))
    other.load_state_dict(one.state_dict())
    new, queries = torch.randn(4, 3), torch.randn(5, 3)
    for support in (one, other):
        support.add(new)
    torch.testing.assert_close(one.vectors, other.vectors)
    torch.testing.assert_close(one.neighbours(queries, 3), other.neighbours(queries, 3))


def test_neighbours_are_found_in_full_precision_and_have_no_gradient():
    support = SupportSet(64, 16)
    support.add(torch.randn(64, 16))
    queries = torch.randn(8, 16, requires_grad=True)
    found = support.neighbours(queries, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        blurred = support.neighbours(queries, 4)
    torch.testing.assert_close(found, blurred, rtol=0, atol=0)
    assert not found.requires_grad


@pytest.mark.parametrize("dimension", [2, 7, 16])
def test_places_are_the_paper_s_sinusoids(dimension):
    found = sinusoids(torch.zeros(1, 5, dimension, dtype=torch.float64))
    for place in range(5):
        for feature in range(dimension):
            angle = place / 10_000 ** (2 * (feature // 2) / dimension)
            wave = math.sin if feature % 2 == 0 else math.cos
            assert found[place, feature].item() == pytest.approx(wave(angle), abs=1e-5)


def test_a_centroid_depends_on_all_of_its_sequence_and_on_the_order():
    torch.manual_seed(1)
    centroids, sequence = Centroids(16, layers=1, heads=2), torch.randn(1, 4, 16)
    made = centroids(sequence)
    assert made.shape == (1, 16)
    assert torch.equal(made, centroids(sequence)), "there is chance in it"
    for place in range(4):
        changed = sequence.clone()
        changed[:, place] = torch.randn(16)
        assert not torch.allclose(made, centroids(changed), atol=1e-4)
    assert not torch.allclose(made, centroids(sequence[:, [0, 2, 1, 3]]), atol=1e-4)
    torch.testing.assert_close(made, centroids(7 * sequence))
    many = torch.cat([torch.randn(3, 4, 16), sequence])
    torch.testing.assert_close(centroids(many)[3:], made)

"""Maps of vectors in two dimensions."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from sciarada.errors import OptionError
from sciarada.nn import feature_map
from sciarada.nn.feature_map import FeatureMap


def places(vectors, made=None, sizes=(7, 13)):
    cuts = np.cumsum(sizes)
    chart = made or FeatureMap()
    found = chart.places(lambda: iter(np.split(vectors, cuts)), len(vectors))
    return np.stack([found["map_x"], found["map_y"]], axis=1)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(8)
    return (rng.normal(size=(60, 3)) @ rng.normal(size=(3, 12)) + 5).astype(np.float32)


def test_the_map_is_that_of_scikit_learn(vectors):
    expected = PCA(2).fit_transform(StandardScaler().fit_transform(vectors.astype(float)))
    found = places(vectors)
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found, signs * expected, rtol=1e-3, atol=1e-3)


def test_the_unit_of_a_feature_has_no_effect(vectors):
    scaled = vectors * 10.0 ** np.arange(-6, 6)
    np.testing.assert_allclose(places(scaled), places(vectors), rtol=1e-3, atol=1e-3)


def test_the_axes_follow_from_a_sample_of_the_seed(vectors, monkeypatch):
    monkeypatch.setattr(feature_map, "FITTED", 20)
    one, again, other = (places(vectors, FeatureMap("pca", seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.isfinite(one).all()


@pytest.mark.parametrize("shape", [(1, 5), (2, 5), (30, 1), (3, 2)])
def test_few_vectors_and_short_ones(shape):
    made = places(np.random.default_rng(1).normal(size=shape).astype(np.float32), sizes=())
    assert made.shape == (shape[0], 2)
    assert np.isfinite(made).all()


def test_vectors_that_are_all_equal_lie_in_one_place():
    assert not places(np.full((30, 4), 3.0, np.float32)).any()


def test_no_map():
    assert FeatureMap("none").places(lambda: [np.ones((2, 2))], 2) == {}
    assert FeatureMap("none").record() == {}


def test_the_record_names_method_seed_and_version():
    made = FeatureMap("pca", 7).record()["map"]
    assert (made["method"], made["seed"]) == ("pca", 7)
    assert made["library"].startswith("scikit-learn 1.")


def test_other_methods_are_refused(monkeypatch):
    with pytest.raises(OptionError, match="no map 'tsne': give --map as one of pca, umap, none"):
        FeatureMap("tsne")
    monkeypatch.setattr(feature_map, "UMAP_EXTRA", ("no_such_package",))
    with pytest.raises(OptionError, match="--map umap needs more packages, install them with"):
        FeatureMap("umap")


def test_umap_keeps_groups_apart_and_follows_from_the_seed():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(40, 6)).astype(np.float32)
    vectors[20:] += 8
    made, again, other = (places(vectors, FeatureMap("umap", seed)) for seed in (3, 3, 4))
    assert np.array_equal(made, again)
    assert not np.array_equal(made, other)
    centres = made[:20].mean(axis=0), made[20:].mean(axis=0)
    assert np.hypot(*(centres[0] - centres[1])) > 3 * made[:20].std(axis=0).max()
    assert FeatureMap("umap").record()["map"]["library"].startswith("umap-learn 0.5.")
    with pytest.raises(OptionError, match="4 cutouts are too few for --map umap"):
        places(vectors[:4], FeatureMap("umap"), sizes=())

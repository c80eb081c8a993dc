"""Averages over rotations and mirror images, and two crops."""

import numpy as np
import pytest

from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.cropped_source import CroppedSource
from sciarada.cutouts.source_crop import crop_to_source
from sciarada.cutouts.square import squared
from sciarada.errors import CatalogueError
from sciarada.nn.cutout_views import CutoutViews
from sciarada.nn.embedding import embed, provenance
from sciarada.nn.trained import load_encoder
from sciarada.testing.cutouts import ArrayCutouts


def turned(pixels):
    return [np.rot90(side, k, (1, 2)) for side in (pixels, pixels[:, :, ::-1]) for k in range(4)]


@pytest.fixture(scope="module")
def pixels():
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:120, :120] - 59.5
    sources = [np.exp(-((x - 8) ** 2 + (y / s) ** 2) / 90) for s in (1.0, 1.4, 0.7)]
    return (30 * np.stack(sources) + rng.normal(size=(3, 120, 120))).astype(np.float32)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("default")


def test_the_average_is_that_over_the_turned_cutouts(pixels, encoder):
    averaged = embed(ArrayCutouts(pixels), encoder, views=CutoutViews(average_views=True))
    each = [embed(ArrayCutouts(view.copy()), encoder).vectors for view in turned(pixels)]
    assert np.ptp(each, axis=0).max() > 0.01
    np.testing.assert_allclose(averaged.vectors, np.mean(each, axis=0), atol=2e-3)


def test_turns_do_not_change_the_average(pixels, encoder):
    views = CutoutViews(average_views=True)
    made = [embed(ArrayCutouts(v.copy()), encoder, views=views).vectors for v in turned(pixels)]
    np.testing.assert_allclose(made[3], made[0], atol=2e-3)
    np.testing.assert_allclose(made[6], made[0], atol=2e-3)


def test_two_crops_are_joined(pixels, encoder):
    source = ArrayCutouts(pixels)
    both = embed(source, encoder, views=CutoutViews(two_crops=True))
    assert both.dimension == 2 * encoder.card.dimension
    tight = encoder.features(CroppedSource(source).pixels(None, encoder.card.npix))
    wide = encoder.features(CroppedSource(source, 2.0).pixels(None, encoder.card.npix))
    np.testing.assert_allclose(both.vectors, np.hstack([tight, wide]), atol=1e-4)


def test_the_second_crop_is_twice_as_wide_but_no_wider_than_the_cutout(pixels):
    picture = pixels[0].copy()
    picture[:, :] = 0
    picture[50:70, 50:70] = 1 + np.arange(20)
    near = crop_to_source(picture, 40)
    assert np.array_equal(near, squared(picture, 40, 40.0))
    assert np.array_equal(crop_to_source(picture, 40, 2.0), squared(picture, 40, 80.0))
    assert np.array_equal(crop_to_source(picture, 40, 9.0), squared(picture, 40))
    one, two = (CroppedSource(ArrayCutouts(pixels), times).data_hash() for times in (1.0, 2.0))
    assert one != two


def test_metadata_tell_views_apart_and_other_views_are_not_joined(pixels, encoder):
    source = ArrayCutouts(pixels)
    views = [CutoutViews(a, t) for a in (False, True) for t in (False, True)]
    metas = [provenance(source, encoder, view) for view in views]
    assert metas[0]["model_id"] == encoder.card.model_id
    assert metas[3]["model_id"] == f"{encoder.card.model_id}/average_views/two_crops"
    assert len({meta["model_id"] for meta in metas}) == 4
    assert metas[1] | {"model_id": "", "two_crops": False} == metas[0] | {"model_id": ""}
    parts = [Embeddings([row], np.ones((1, 3)), meta) for row, meta in enumerate(metas)]
    assert len(Embeddings.join([parts[0], parts[0]])) == 2
    with pytest.raises(CatalogueError, match="average_views cannot be joined: embed all"):
        Embeddings.join([parts[0], parts[2]])

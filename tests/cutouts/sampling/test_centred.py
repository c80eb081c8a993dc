import numpy as np
import pytest
from astropy import units as u
from test_coverage import image_of

from sciarada.core.catalogue import SourceCatalogue
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.sampling.centred import CentredSampler, sample_centred
from sciarada.errors import CutoutError


def catalogue_on(image, x, y, **columns):
    ra, dec = image.pixel_to_sky(np.array(x, float), np.array(y, float))
    return SourceCatalogue.from_columns(
        {"source_id": np.arange(1, len(ra) + 1), "ra": ra, "dec": dec, **columns}, {}, {}
    )


@pytest.fixture
def image():
    return image_of(np.zeros((400, 400)))


@pytest.fixture
def catalogue(image):
    return catalogue_on(
        image,
        [50, 150, 250, 5000],
        [50, 60, 70, 80],
        las=[30.0, 100.0, 60.0, 60.0],
        beam_maj=[10.0] * 4,
        snr=[50.0, 8.0, np.nan, 20.0],
        class_name=["compact", "extended", "extended", "extended"],
    )


def test_squares_are_centred_and_follow_the_size_of_their_sources(image, catalogue):
    cutouts = sample_centred(catalogue, image, CentredSampler(zoom=1.5))
    np.testing.assert_allclose(cutouts.x, [50, 150, 250], atol=1e-6)  # the last lies outside
    smallest = 32 * image.pixel_scale
    np.testing.assert_allclose(cutouts.size, [smallest, 150.0, 90.0])
    assert cutouts.ids.tolist() == catalogue.sources["source_name"][:3].tolist()


def test_one_size_for_all(image, catalogue):
    cutouts = sample_centred(catalogue, image, CentredSampler(size=2 * u.arcmin))
    assert cutouts.size.tolist() == [120.0] * 3


@pytest.mark.parametrize(
    ("sampler", "kept"),
    [
        (CentredSampler(min_beams=5.0), [150, 250]),
        (CentredSampler(min_snr=10.0), [50]),
        (CentredSampler(classes=("compact",)), [50]),
        (CentredSampler(classes=("extended", "compact"), min_beams=8.0), [150]),
    ],
)
def test_only_wanted_sources(image, catalogue, sampler, kept):
    np.testing.assert_allclose(sample_centred(catalogue, image, sampler).x, kept, atol=1e-6)


def test_several_catalogues_and_images(image):
    other = image_of(np.zeros((300, 300)), "other")
    first, second = (catalogue_on(image, [x], [80], las=[70.0]) for x in (60, 90))
    cutouts = sample_centred([first, second], [image, other])
    assert len(cutouts) == 2


def test_a_source_of_two_catalogues_is_taken_once(image):
    first, second = (
        catalogue_on(image, [60, x], [80, 90], las=[size, 70.0])
        for x, size in ((100, 80.0), (200, 90.0))
    )
    cutouts = sample_centred([first, second], image)
    np.testing.assert_allclose(cutouts.x, [60, 100, 200], atol=1e-6)
    assert cutouts.size[0] == 160.0


@pytest.mark.parametrize(
    ("sampler", "sentence"),
    [
        (CentredSampler(min_snr=1e6), "no source of the catalogue"),
        (CentredSampler(classes=("ring",)), "no source of class 'ring': it has compact, extended"),
    ],
)
def test_nothing_chosen_is_one_sentence(image, catalogue, sampler, sentence):
    with pytest.raises(CutoutError, match=sentence):
        sample_centred(catalogue, image, sampler)


def test_a_column_of_the_catalogue_becomes_the_label(image):
    catalogue = catalogue_on(image, [60, 100], [80, 90], las=[70.0, 70.0], class_name=["a", "b"])
    cutouts = sample_centred(catalogue, image, CentredSampler(label="class_name"))
    assert cutouts.labels.tolist() == ["a", "b"]
    assert cutouts[1:].labels.tolist() == ["b"]
    assert cutouts.to_table()["label"].tolist() == ["a", "b"]
    again = CutoutSet.from_table(cutouts.to_table(), image)
    assert again.labels.tolist() == ["a", "b"]


def test_sets_without_labels_have_no_such_column(image, catalogue):
    cutouts = sample_centred(catalogue, image)
    assert "label" not in cutouts.to_table().colnames
    assert set(cutouts.labels.tolist()) == {""}
    with pytest.raises(CutoutError, match="no column 'kind' to take labels from: it has "):
        sample_centred(catalogue, image, CentredSampler(label="kind"))

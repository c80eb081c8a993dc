"""The truth of whole fields: their background, edges, memory, and other programs' view of it."""

import tracemalloc

import numpy as np
import pytest
from astropy.io.votable import parse
from true_fields import RMS, Look, blank, crowd, make_field, point, sources_of, with_look

from sciarada.core.catalogue import SourceCatalogue
from sciarada.geometry.windows import Window
from sciarada.io.tables import read_catalogue, write_catalogue
from sciarada.simulation.footprints import footprints
from sciarada.simulation.sources import PixelGaussians, project
from sciarada.simulation.truth import field_truth


def test_the_background_is_that_at_the_source():
    look = Look(
        background=lambda x, y: 1e-6 * (x - 0.5 * y),
        artefact=lambda x, y: 9 * RMS * ((x - 90) ** 2 + (y - 30) ** 2 < 64),
    )
    field = make_field((600, 200), [point(20, 40, 50), point(100, 550, 50)], [0, 0], look)
    expected = [1e-6 * (20 - 20), 1e-6 * (100 - 275), 1e-6 * (90 - 15)]
    np.testing.assert_allclose(field.table["local_bkg"], expected, atol=1e-9)


def test_sources_at_the_edge_are_flagged_and_sources_beyond_it_left_out():
    shapes = [point(1, 50, 20), point(50, 50, 20), point(-30, 50, 20), point(50, 99.4, 20)]
    field = make_field((100, 100), shapes, [0] * 4)
    assert field.table["x"].tolist() == pytest.approx([1, 50, 50], abs=1e-6)
    assert (field.table["flags"] & 1).tolist() == [1, 0, 1]
    assert field.table["source_id"].tolist() == [1, 2, 3]
    assert field.truth.catalogue.components["source_id"].tolist() == [1, 2, 3]
    labels = field.truth.segmentation.read(field.image.window)
    assert set(np.unique(labels)) == {0, 1, 2, 3}


def test_a_source_partly_beyond_the_edge_keeps_its_whole_flux():
    shape = [(2.0, 50.0, 400.0, 40.0, 20.0, 0.0), (12.0, 50.0, 100.0, 10.0, 10.0, 0.0)]
    field = make_field((100, 100), [shape], [60.0])
    assert field.table["total_flux"][0] == pytest.approx(500 * RMS)
    assert field.table["x_min"][0] == 0
    seen = field.alone(0)
    assert field.table["n_pix"][0] == np.count_nonzero(seen >= 3 * RMS)


def test_a_field_of_nothing():
    field = make_field((60, 70), [], [])
    assert len(field.truth.catalogue) == 0
    assert not field.truth.segmentation.read(field.image.window).any()


def test_a_source_too_narrow_to_hold_a_pixel_centre_has_the_nearest_pixel():
    narrow = PixelGaussians(*np.array([[20.5], [10.4], [RMS], [0.04], [0.0], [0.04]]))
    marks = footprints(narrow, np.array([0]), np.array([RMS]), blank((40, 40)))
    _, y, x = marks.runs.pixels()
    assert (x.tolist(), y.tolist()) == ([20], [10])


def test_the_truth_of_a_large_image_is_made_in_little_memory():
    rng = np.random.default_rng(2)
    image = blank((8192, 1024))
    shapes = [point(rng.uniform(0, 1024), rng.uniform(0, 8192), 30.0) for _ in range(200)]
    shapes += [[(500.0, 4000.0, 1e6, 300.0, 250.0, 10.0), (520.0, 4100.0, 1e5, 60.0, 50.0, 10.0)]]
    sources = sources_of(image, shapes, [0.0] * 200 + [350.0])
    drawn = project(sources.gaussians, image)
    look = Look(artefact=lambda x, y: 6 * RMS * (np.abs(x - 0.1 * y) < 3))
    tracemalloc.start()
    truth = field_truth(sources, drawn, image, look, {})
    labels = truth.segmentation.read(Window(3800, 4312, 0, 1024))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 201 in labels
    assert "spurious" in truth.catalogue.sources["det_class"]
    assert peak < 32e6  # less than the image itself, whose labels are 34 MB


@pytest.mark.parametrize("suffix", ["fits", "vot", "ecsv", "parquet"])
def test_files_of_the_truth_come_back_whole(suffix, tmp_path):
    clean = crowd(9, (300, 300), 24)
    truth = with_look(
        clean, Look(artefact=lambda x, y: 9 * RMS * (np.abs(x - y) < 4))
    ).truth.catalogue
    assert len(truth) > 24
    path = tmp_path / f"truth.{suffix}"
    write_catalogue(truth, path)
    again = read_catalogue(path)
    assert isinstance(again, SourceCatalogue)
    for column in truth.sources.itercols():
        other = again.sources[column.name]
        assert np.array_equal(column.mask, other.mask), column.name
        kept = ~column.mask
        assert np.array_equal(column.data.data[kept], other.data.data[kept]), column.name
    if suffix == "vot":
        parse(path, verify="exception")

"""What the truth says of each morphology is what can be measured from its pixels alone."""

import numpy as np
import pytest
from true_fields import RMS, SCALE, Look, blank

from sciarada.geometry.windows import Window
from sciarada.simulation.generators import generator_names, generators
from sciarada.simulation.sky import SkySources
from sciarada.simulation.sources import SkyGaussians, offset_position, project, render
from sciarada.simulation.truth import field_truth

FWHM = np.sqrt(8 * np.log(2))
CELL, SIZE = 160, 70.0  # pixels, arcsec
NAMES = generator_names()
ACROSS = int(np.ceil(np.sqrt(len(NAMES))))


@pytest.fixture(scope="module")
def field():
    """One source of each morphology, each in a cell of its own, none at a pixel's centre."""
    rng = np.random.default_rng(12)
    image = blank((ACROSS * CELL, ACROSS * CELL))
    drawers = generators(NAMES).values()
    row, column = np.divmod(np.arange(len(NAMES)), ACROSS)
    x, y = (column + 0.5) * CELL + rng.uniform(-3, 3), (row + 0.5) * CELL + rng.uniform(-3, 3)
    ra, dec = image.pixel_to_sky(x, y)
    parts = []
    for i, drawer in enumerate(drawers):
        shape = drawer.draw(SIZE, rng)
        place = offset_position(ra[i], dec[i], shape.east, shape.north)
        flux = 4000 * RMS * shape.share
        parts.append((np.full(len(shape), i), *place, flux, shape.major, shape.minor, shape.pa))
    gaussians = SkyGaussians(*map(np.concatenate, zip(*parts, strict=True)))
    sources = SkySources(
        ra,
        dec,
        np.full(len(NAMES), 4000 * RMS),
        np.where(np.array(NAMES) == "point", 0.0, SIZE),
        np.array(NAMES),
        np.array([drawer.fr_class or "" for drawer in drawers]),
        np.array([drawer.structure or "" for drawer in drawers]),
        gaussians,
    )
    drawn = project(gaussians, image)
    truth = field_truth(sources, drawn, image, Look(), {})
    return image, truth, render(drawn, image.window)


def cell(picture, row):
    """Return the pixels of the cell of one source, and their window."""
    y0, x0 = CELL * (row // ACROSS), CELL * (row % ACROSS)
    window = Window(y0, y0 + CELL, x0, x0 + CELL)
    return picture[window.slices], window


@pytest.mark.parametrize("name", NAMES)
def test_flux_peak_centre_and_axes_are_those_of_the_pixels(field, name):
    image, truth, picture = field
    row = NAMES.index(name)
    source = truth.catalogue.sources[row]
    assert source["morphology"] == name
    pixels, window = cell(picture, row)
    assert pixels.sum() / image.beam_area == pytest.approx(source["total_flux"], rel=0.01)
    # The highest pixel is at most half a pixel in each direction from the true peak.
    assert 0.94 < pixels.max() / source["peak_flux"] <= 1.0001
    weight = pixels / pixels.sum()
    y, x = np.indices(pixels.shape)
    middle_x, middle_y = (weight * x).sum(), (weight * y).sum()
    assert middle_x + window.x0 == pytest.approx(source["x"], abs=0.05)
    assert middle_y + window.y0 == pytest.approx(source["y"], abs=0.05)
    x, y = x - middle_x, y - middle_y
    cross = (weight * x * y).sum()
    moments = [[(weight * x * x).sum(), cross], [cross, (weight * y * y).sum()]]
    values, vectors = np.linalg.eigh(moments)
    minor, major = np.sqrt(values) * FWHM * SCALE
    assert major == pytest.approx(source["maj_axis"], rel=0.01)
    assert minor == pytest.approx(source["min_axis"], rel=0.01)
    if major > 1.1 * minor:
        east, north = -vectors[0, 1], vectors[1, 1]
        turn = np.degrees(np.arctan2(east, north)) - source["pos_ang"]
        assert (turn + 90) % 180 - 90 == pytest.approx(0, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_the_footprint_and_its_outline_are_those_of_the_pixels(field, name):
    image, truth, picture = field
    row = NAMES.index(name)
    source = truth.catalogue.sources[row]
    pixels, window = cell(picture, row)
    labels = truth.segmentation.read(window)
    assert np.array_equal(labels > 0, pixels >= 3 * RMS)
    assert set(np.unique(labels)) == {0, source["source_id"]}
    y, x = np.nonzero(labels)
    assert len(y) == source["n_pix"]
    box = [source[name] for name in ("x_min", "x_max", "y_min", "y_max")]
    assert np.subtract(box[:2], window.x0).tolist() == [x.min(), x.max()]
    assert np.subtract(box[2:], window.y0).tolist() == [y.min(), y.max()]
    numbers = np.array(str(source["s_region"]).split()[2:], float).reshape(-1, 2)
    ring_x, ring_y = image.sky_to_pixel(*numbers.T)
    area = 0.5 * abs(np.dot(ring_x, np.roll(ring_y, 1)) - np.dot(ring_y, np.roll(ring_x, 1)))
    assert area > 0.93 * source["n_pix"]  # there may be a hole, or a gap between parts


def test_a_point_is_fitted_as_the_beam(field):
    image, truth, picture = field
    row = NAMES.index("point")
    source = truth.catalogue.sources[row]
    axes = image.beam.major, image.beam.minor
    assert (source["maj_axis"], source["min_axis"]) == pytest.approx(axes, rel=1e-4)
    # North is turned by a fraction of a degree at the field's edge.
    assert source["pos_ang"] == pytest.approx(image.beam.pa, abs=0.3)
    pixels, _ = cell(picture, row)
    y, x = np.nonzero(pixels > 0.1 * pixels.max())
    # The logarithm of a Gaussian is a quadratic: a linear fit gives its shape.
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1).astype(float)
    a, b, c = -2 * np.linalg.lstsq(terms, np.log(pixels[y, x]), rcond=None)[0][3:] / [1, 2, 1]
    minor, major = np.sqrt(np.linalg.eigvalsh(np.linalg.inv([[a, b], [b, c]]))) * FWHM * SCALE
    assert (major, minor) == pytest.approx(axes, rel=1e-3)


def test_every_morphology_has_labels_in_every_taxonomy(field):
    sources = field[1].catalogue.sources
    assert not sources["det_class"].mask.any()
    assert not sources["rgz_class"].mask.any()
    kinds = {k.name: k for k in generators(NAMES).values()}
    for source in sources:
        kind = kinds[source["morphology"]]
        if source["det_class"] in ("extended", "extended-multisland"):
            assert (source["fr_class"] or None) == kind.fr_class
            assert (source["structure_class"] or None) == kind.structure

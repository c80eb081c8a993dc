"""Simulated fields: what the truth says is what is in the pixels."""

import hashlib
import pickle
import tracemalloc
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Row
from astropy.wcs import WCS

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import Flag
from sciarada.errors import OptionError, OutputError
from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import assemble
from sciarada.simulation.field import SimulatedField, simulate_field
from sciarada.simulation.files import write_image
from sciarada.simulation.instrument import Instrument
from sciarada.simulation.sources import render
from sciarada.simulation.survey import load_survey


@pytest.fixture(scope="module")
def field() -> SimulatedField:
    """A crowded field."""
    return simulate_field("emu", 900, seed=3)


@pytest.fixture(scope="module")
def sparse() -> SimulatedField:
    """A field with few, brighter sources of many morphologies, and nothing but noise."""
    survey = replace(load_survey("emu"), faintest=3e-4, instrument=Instrument())
    number = {"fr1": 4, "fr2": 4, "symmetric_double": 3, "head_tail": 2, "halo": 1}
    return simulate_field(replace(survey, number=number), 1800, seed=8, n_sources=40)


@pytest.fixture(scope="module")
def clean(sparse) -> np.ndarray:
    """The pixels of the sparse field without noise."""
    return without_noise(sparse)


def without_noise(field: SimulatedField) -> np.ndarray:
    draw = partial(render, field.image.pixels.gaussians)
    return assemble(field.image.window, draw).astype(np.float64)


def alone(field: SimulatedField) -> list[tuple[Row, Window]]:
    """Return sources and boxes that hold all of the source and nothing of any other."""
    sources = field.truth.sources
    beams, size = 3 * field.survey.beam.major, np.ma.filled(sources["las"].data, 0.0)
    half = np.ceil((size + beams) / field.survey.pixel_scale).astype(int)
    x, y = (np.round(np.asarray(sources[name])).astype(int) for name in "xy")
    boxes = [Window(b - r, b + r + 1, a - r, a + r + 1) for a, b, r in zip(x, y, half, strict=True)]
    return [
        (source, box)
        for source, box in zip(sources, boxes, strict=True)
        if box.within(field.image.window)
        and sum(box.overlap(other) is not None for other in boxes) == 1
    ]


def test_the_sparse_field_shows_many_morphologies_alone(sparse):
    names = {str(source["morphology"]) for source, _ in alone(sparse)}
    assert {"point", "gaussian", "fr1", "fr2", "head_tail"} <= names


def test_aperture_sums_give_the_true_fluxes(sparse, clean):
    for source, box in alone(sparse):
        flux = clean[box.slices].sum(dtype=float) / sparse.image.beam_area
        assert flux == pytest.approx(source["total_flux"], rel=0.002)


def test_bright_sources_have_their_flux_in_the_noisy_image_too(sparse):
    pixels = sparse.image.read()
    bright = [pair for pair in alone(sparse) if pair[0]["snr"] > 10]
    assert len(bright) > 10
    for source, box in bright:
        flux = pixels[box.slices].sum(dtype=float) / sparse.image.beam_area
        error = source["local_rms"] * np.sqrt(2 * box.size / sparse.image.beam_area)
        assert flux == pytest.approx(source["total_flux"], abs=4 * error)


def test_peaks_and_positions_are_where_the_truth_says(sparse, clean):
    for source, box in alone(sparse):
        picture = clean[box.slices].astype(float)
        # 7.5 pixels across the beam: the sampled peak is within 2.5 % of the true one
        assert 0.97 < picture.max() / source["peak_flux"] < 1.001
        y, x = np.indices(picture.shape)
        weight = picture / picture.sum()
        assert (weight * x).sum() + box.x0 == pytest.approx(source["x"], abs=0.02)
        assert (weight * y).sum() + box.y0 == pytest.approx(source["y"], abs=0.02)


def test_sky_and_pixel_positions_agree(field):
    sources = field.truth.sources
    x, y = field.image.wcs.wcs_world2pix(sources["ra"], sources["dec"], 0)
    np.testing.assert_allclose(x, sources["x"], atol=1e-6)
    np.testing.assert_allclose(y, sources["y"], atol=1e-6)


def test_the_beam_can_be_measured_from_a_point_source():
    field = simulate_field("benchmark", 300, seed=4, n_sources=1)
    assert field.truth.sources["morphology"][0] == "point"
    clean = without_noise(field)
    y, x = np.indices(clean.shape)
    weight = clean / clean.sum()
    east, north = -2.0 * x, 2.0 * y  # the field's pixels
    offsets = np.stack([east - (weight * east).sum(), north - (weight * north).sum()])
    covariance = np.einsum("iyx,jyx,yx->ij", offsets, offsets, weight)
    minor, major = np.sqrt(np.linalg.eigvalsh(covariance)) * 2.354820045
    assert (major, minor) == pytest.approx((10.6, 9.4), rel=1e-3)
    axis = np.linalg.eigh(covariance)[1][:, 1]
    assert np.degrees(np.arctan2(axis[0], axis[1])) % 180 == pytest.approx(30, abs=0.5)


def test_sizes_are_those_of_the_second_moments(sparse, clean):
    for source, box in alone(sparse):
        picture = clean[box.slices].astype(float)
        y, x = np.indices(picture.shape)
        weight = picture / picture.sum()
        x, y = x - (weight * x).sum(), y - (weight * y).sum()
        cross = (weight * x * y).sum()
        moments = [[(weight * x * x).sum(), cross], [cross, (weight * y * y).sum()]]
        minor, major = np.sqrt(np.linalg.eigvalsh(moments)) * 2.354820045 * 2.0
        assert major == pytest.approx(source["maj_axis"], rel=0.01)
        assert minor == pytest.approx(source["min_axis"], rel=0.01)


def test_footprints_are_the_pixels_above_the_threshold(sparse, clean):
    for source, box in alone(sparse):
        picture = clean[box.slices]
        rows, columns = np.nonzero(
            picture >= min(3 * source["local_rms"], 0.5 * picture.max()) * (1 - 1e-6)
        )
        assert abs(len(rows) - source["n_pix"]) <= 1
        assert columns.min() + box.x0 == pytest.approx(source["x_min"], abs=1)
        assert columns.max() + box.x0 == pytest.approx(source["x_max"], abs=1)
        assert rows.min() + box.y0 == pytest.approx(source["y_min"], abs=1)
        assert rows.max() + box.y0 == pytest.approx(source["y_max"], abs=1)


def test_outlines_enclose_the_footprints(sparse):
    for source, _ in alone(sparse):
        words = str(source["s_region"]).split()
        assert words[:2] == ["POLYGON", "ICRS"]
        x, y = sparse.image.sky_to_pixel(*np.array(words[2:], float).reshape(-1, 2).T)
        area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
        if source["morphology"] in ("point", "gaussian"):
            assert area == pytest.approx(source["n_pix"], rel=0.05, abs=6)
        else:  # there may be a hole, or a gap between the parts
            assert area > 0.95 * source["n_pix"] - 6


def test_the_noise_has_the_rms_of_the_truth(sparse, clean):
    noise = sparse.image.read() - clean
    sources = sparse.truth.sources
    ratios = []
    for x, y, rms in zip(sources["x"], sources["y"], sources["local_rms"], strict=True):
        around = Window(int(y), int(y) + 1, int(x), int(x) + 1).grow(120, sparse.image.shape)
        ratios.append(noise[around.slices].std() / rms)
    assert np.ptp(np.asarray(sources["local_rms"])) > 0.1 * 22e-6
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)
    assert np.abs(np.subtract(ratios, 1)).max() < 0.2
    np.testing.assert_allclose(
        sources["snr"], sources["peak_flux"] / sources["local_rms"], rtol=1e-5
    )


def test_sources_on_the_border_are_flagged(field):
    sources = field.truth.sources
    on_border = (sources["x_min"] == 0) | (sources["y_min"] == 0)
    on_border |= (sources["x_max"] == 899) | (sources["y_max"] == 899)
    assert on_border.any()
    assert np.array_equal(sources["flags"] & Flag.EDGE > 0, on_border)


def without_artefacts(field: SimulatedField) -> SourceCatalogue:
    return field.truth.select(np.asarray(field.truth.sources["morphology"]) != "artefact")


def test_intrinsic_sizes_are_null_for_points_only(field):
    sources = without_artefacts(field).sources
    points = np.asarray(sources["morphology"]) == "point"
    for name in ("las", "dc_maj_axis", "dc_min_axis", "dc_pos_ang"):
        assert np.array_equal(np.ma.getmaskarray(sources[name].data), points)


def test_components_add_up_to_their_sources(field):
    real = without_artefacts(field)
    components, sources = real.components, real.sources
    assert len(components) == len(field.truth.components)
    total = np.bincount(components["source_id"] - 1, weights=components["total_flux"])
    np.testing.assert_allclose(total, sources["total_flux"], rtol=1e-5)
    assert np.array_equal(np.bincount(components["source_id"] - 1), sources["n_components"])


def test_sources_keep_to_the_flux_range_and_number_that_were_asked_for():
    field = simulate_field("benchmark", 700, seed=1, n_sources=60)
    assert len(field.truth) == 60
    assert field.truth.sources["total_flux"].min() >= 6 * 20e-6 * (1 - 1e-6)
    assert field.truth.sources["snr"].min() > 4


def test_same_seed_same_field(field):
    again = simulate_field("emu", 900, seed=3)
    window = Window(300, 700, 200, 650)
    for column, same in zip(
        field.truth.sources.itercols(), again.truth.sources.itercols(), strict=True
    ):
        assert np.array_equal(column.filled(), same.filled(), equal_nan=column.dtype.kind == "f")
    assert np.array_equal(again.image.read(window), field.image.read(window))
    other = simulate_field("emu", 900, seed=4)
    assert not np.array_equal(other.image.read(window), field.image.read(window))


def test_the_same_pixels_however_it_is_cut(field):
    whole = field.image.read()
    for window in (Window(0, 1, 0, 900), Window(500, 530, 500, 530), Window(899, 900, 899, 900)):
        assert np.array_equal(field.image.read(window), whole[window.slices])


def test_a_field_can_be_sent_to_another_process(field):
    window = Window(100, 140, 200, 260)
    copy = pickle.loads(pickle.dumps(field.image.pixels))
    assert np.array_equal(copy.read(window), field.image.read(window))


def test_a_field_that_is_not_square():
    field = simulate_field("emu", (60, 90), seed=1)
    assert field.image.read().shape == (60, 90)
    assert field.truth.sources["y"].max() < 60


def test_a_field_without_any_source(tmp_path):
    survey = replace(load_survey("emu"), diffuse=())
    field = simulate_field(survey, 80, seed=1, n_sources=0)
    assert len(field.truth) == 0
    assert field.image.read().std() == pytest.approx(25e-6, rel=0.3)


@pytest.mark.parametrize("size", [0, -3, (0, 5)])
def test_sizes_that_make_no_sense(size):
    with pytest.raises(ValueError, match="positive size"):
        simulate_field("emu", size)


def test_a_written_image_is_the_image(field, tmp_path):
    path = tmp_path / "field.fits"
    write_image(field.image, path, storage=field.storage)
    with fits.open(path) as hdus:
        hdus.verify("exception")
        header, data = hdus[0].header, hdus[0].data
        assert np.array_equal(data, field.image.read())
    assert WCS(header).wcs.ctype[0] == "RA---SIN"
    assert (header["BUNIT"], header["BMAJ"] * 3600) == ("Jy/beam", pytest.approx(15.0))
    assert (header["RESTFRQ"], header["TELESCOP"], header["SIMSEED"]) == (943.5e6, "ASKAP", 3)
    assert list(tmp_path.iterdir()) == [path]


def test_same_seed_same_bytes(tmp_path):
    digests = []
    for name in ("one.fits", "two.fits"):
        again = simulate_field("emu", 300, seed=8)
        write_image(again.image, tmp_path / name, storage=again.storage)
        digests.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_files_are_replaced_on_request_only(tmp_path):
    path = tmp_path / "field.fits"
    path.write_text("mine")
    image = simulate_field("emu", 40, seed=8, n_sources=0).image
    with pytest.raises(OutputError, match="exists already"):
        write_image(image, path)
    with pytest.raises(OutputError, match="not an image that SCIARADA wrote"):
        write_image(image, path, overwrite=True)
    assert path.read_text() == "mine"
    path.unlink()
    write_image(image, path)
    write_image(simulate_field("emu", 50, seed=8, n_sources=0).image, path, overwrite=True)
    assert fits.getdata(path).shape == (50, 50)


def test_a_folder_that_is_not_there(tmp_path):
    image = simulate_field("emu", 40, seed=8, n_sources=0).image
    with pytest.raises(OutputError, match="cannot write"):
        write_image(image, tmp_path / "no" / "field.fits")


def test_large_images_are_written_in_little_memory(tmp_path):
    field = simulate_field("benchmark", (16384, 512), seed=1, n_sources=100)
    write_image(simulate_field("benchmark", 40, 1).image, tmp_path / "warm.fits")
    tracemalloc.start()
    write_image(field.image, tmp_path / "tall.fits")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "tall.fits").stat().st_size > 33e6
    assert peak < 20e6


def test_a_field_larger_than_the_sky_is_refused():
    with pytest.raises(OptionError, match=r"32768 x 8 pixels of 15 arcsec .* smaller --size"):
        simulate_field(load_survey("emu", ["pixel_scale=15"]), (8, 32768))

"""Known sources on known skies come back as rows: positions, fluxes, sizes, angles and flags."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from skies import (
    BEAM,
    PIXEL,
    beam_noise,
    flat_background,
    gaussian,
    islands_of,
    place,
    sky_image,
    tan_wcs,
)

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import Flag
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.measure.correlation import NoiseCorrelation, measure_correlation
from sciarada.measure.island_stamps import IslandTask
from sciarada.measure.islands import Island, neighbours
from sciarada.measure.sources import Measurer
from sciarada.measure.tabulate import component_columns, source_columns

SHAPE = (90, 110)
SIGMA = 1e-4
VIEWS = {
    "north up": {},
    "turned": {"rotation": 50.0},
    "mirrored": {"parity": -1},
    "mirrored and turned": {"parity": -1, "rotation": -110.0},
    "galactic": {"frame": "galactic"},
    "galactic, turned": {"frame": "galactic", "rotation": 20.0, "parity": -1},
}


def measure(
    data: np.ndarray,
    wcs,
    *,
    beam: Beam | None = BEAM,
    noise: NoiseCorrelation | None = None,
    islands: list[Island] | None = None,
    background: float = 0.0,
):
    """Return the columns of sources and components of an image of known background and noise."""
    image = sky_image(data, wcs=wcs, beam=beam)
    model = flat_background(background, SIGMA)
    noise = noise or NoiseCorrelation(None)
    islands = islands_of((data - background) / SIGMA) if islands is None else islands
    near = neighbours(islands, 15)
    tasks = [
        IslandTask(island, [islands[j] for j in around])
        for island, around in zip(islands, near, strict=True)
    ]
    measured = Measurer(image, model, noise)(tasks)
    sources = [source for found in measured for source in found]
    return source_columns(image, sources), component_columns(image, sources), sources


def draw(wcs, x, y, peak, major, minor, pa, shape=SHAPE) -> np.ndarray:
    return gaussian(wcs, shape, *place(wcs, x, y), peak * SIGMA, major, minor, pa)


def flux(peak: float, major: float, minor: float, beam: Beam = BEAM) -> float:
    return peak * SIGMA * major * minor / (beam.major * beam.minor)


def apart(row, x: float, y: float, wcs) -> float:
    """Return the distance in arcsec of a row from a true pixel position."""
    found = SkyCoord(row["ra"][0], row["dec"][0], unit="deg")
    return found.separation(SkyCoord(*place(wcs, x, y), unit="deg")).arcsec


def turned(one: float, other: float) -> float:
    return (one - other + 90) % 180 - 90


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize(("major", "minor", "pa"), [(18.0, 11.0, 25.0), (25.0, 10.0, 140.0)])
def test_a_resolved_source_comes_back(view, major, minor, pa):
    wcs = tan_wcs(SHAPE, **view)
    x, y, peak = 52.3, 43.8, 200.0
    row, part, _ = measure(draw(wcs, x, y, peak, major, minor, pa), wcs)
    assert len(row["ra"]) == len(part["ra"]) == row["n_components"][0] == 1
    assert apart(row, x, y, wcs) < 0.01 * PIXEL
    assert row["x"][0] == pytest.approx(x, abs=0.01)
    assert row["y"][0] == pytest.approx(y, abs=0.01)
    assert row["peak_flux"][0] == pytest.approx(peak * SIGMA, rel=2e-3)
    assert row["total_flux"][0] == pytest.approx(flux(peak, major, minor), rel=5e-3)
    assert row["maj_axis"][0] == pytest.approx(major, rel=5e-3)
    assert row["min_axis"][0] == pytest.approx(minor, rel=5e-3)
    assert turned(row["pos_ang"][0], pa) == pytest.approx(0, abs=0.5)
    assert row["snr"][0] == pytest.approx(peak, rel=2e-3)
    assert row["flags"][0] == 0
    for name in ("ra", "dec", "x", "y", "peak_flux", "total_flux", "maj_axis", "min_axis"):
        assert part[name][0] == pytest.approx(row[name][0], rel=1e-9), name


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_size_before_the_beam_comes_back(view):
    wcs = tan_wcs(SHAPE, **view)
    true = Beam(20.0, 12.0, 75.0)
    angle = np.radians([true.pa, BEAM.pa])
    covariance = np.zeros((2, 2))  # (east, north)
    for shape, turn in zip((true, BEAM), angle, strict=True):
        axes = np.array([[np.sin(turn), np.cos(turn)], [np.cos(turn), -np.sin(turn)]])
        covariance += axes.T @ np.diag([shape.major**2, shape.minor**2]) @ axes
    variances, vectors = np.linalg.eigh(covariance)
    pa = np.degrees(np.arctan2(vectors[0, 1], vectors[1, 1]))
    row, part, _ = measure(draw(wcs, 50.2, 44.9, 300.0, *np.sqrt(variances[::-1]), pa), wcs)
    for columns in (row, part):
        assert columns["dc_maj_axis"][0] == pytest.approx(true.major, rel=0.01)
        assert columns["dc_min_axis"][0] == pytest.approx(true.minor, rel=0.02)
        assert turned(columns["dc_pos_ang"][0], true.pa) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_point_source_has_the_shape_of_the_beam_and_no_size(view):
    wcs = tan_wcs(SHAPE, **view)
    row, part, _ = measure(draw(wcs, 40.6, 51.2, 60.0, BEAM.major, BEAM.minor, BEAM.pa), wcs)
    assert apart(row, 40.6, 51.2, wcs) < 0.01 * PIXEL
    assert row["total_flux"][0] == pytest.approx(60 * SIGMA, rel=5e-3)
    assert row["maj_axis"][0] == pytest.approx(BEAM.major, rel=5e-3)
    assert row["min_axis"][0] == pytest.approx(BEAM.minor, rel=5e-3)
    assert turned(row["pos_ang"][0], BEAM.pa) == pytest.approx(0, abs=1)
    for columns in (row, part):
        for name in ("dc_maj_axis", "dc_min_axis", "dc_pos_ang"):
            assert np.isnan(columns[name][0])


def test_what_follows_from_the_mask_alone():
    wcs = tan_wcs(SHAPE)
    data = draw(wcs, 50, 44, 200.0, 18.0, 11.0, 25.0) + 3 * SIGMA
    row, _, (source,) = measure(data, wcs, background=3 * SIGMA)
    (island,) = islands_of(data / SIGMA - 3)
    beam_pixels = np.pi * BEAM.major * BEAM.minor / 4 / np.log(2) / PIXEL**2
    y, x = np.nonzero(island.mask)
    y, x = y + island.window.y0, x + island.window.x0
    assert row["n_pix"][0] == len(x)
    assert row["area"][0] == pytest.approx(len(x) * PIXEL**2, rel=1e-3)
    assert row["n_beams"][0] == pytest.approx(len(x) / beam_pixels, rel=1e-3)
    assert (row["x_min"][0], row["x_max"][0]) == (x.min(), x.max())
    assert (row["y_min"][0], row["y_max"][0]) == (y.min(), y.max())
    expected = (data[y, x] - 3 * SIGMA).sum() / beam_pixels
    assert row["mask_flux"][0] == pytest.approx(expected, rel=1e-3)
    assert row["local_rms"][0] == pytest.approx(SIGMA)
    assert row["local_bkg"][0] == pytest.approx(3 * SIGMA)
    top = np.unravel_index(data.argmax(), data.shape)
    ra, dec = place(wcs, top[1], top[0])
    assert row["ra_peak"][0] == pytest.approx(ra, abs=1e-9)
    assert row["dec_peak"][0] == pytest.approx(dec, abs=1e-9)
    reach = np.hypot(x[:, None] - x, y[:, None] - y).max()
    assert reach * PIXEL <= row["las"][0] <= (reach + 2) * PIXEL
    assert row["beam_maj"][0] == pytest.approx(BEAM.major, rel=1e-7)
    assert row["beam_min"][0] == pytest.approx(BEAM.minor, rel=1e-7)
    assert row["beam_pa"][0] == pytest.approx(BEAM.pa, abs=0.01)
    assert row["freq"][0] == 9.435e8
    assert source.mask.sum() == len(x)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_region_is_the_outline_of_the_mask_on_the_sky(view):
    wcs = tan_wcs(SHAPE, **view)
    row, _, (source,) = measure(draw(wcs, 50, 44, 200.0, 18.0, 11.0, 25.0), wcs)
    words = row["s_region"][0].decode().split()
    assert words[:2] == ["POLYGON", "ICRS"]
    ra, dec = np.array(words[2:], float).reshape(-1, 2).T
    x, y = wcs.world_to_pixel(SkyCoord(ra, dec, unit="deg"))
    assert len(x) >= 4
    assert x.min() == pytest.approx(source.window.x0 - 0.5, abs=0.1)
    assert x.max() == pytest.approx(source.window.x1 - 0.5, abs=0.1)
    assert y.min() == pytest.approx(source.window.y0 - 0.5, abs=0.1)
    assert y.max() == pytest.approx(source.window.y1 - 0.5, abs=0.1)
    area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    assert area == pytest.approx(source.mask.sum(), rel=0.1)


def many_points(wcs, shape, step, snr, seed):
    """Return an image of points of one signal to noise on a jittered grid, in noise."""
    random = np.random.default_rng(seed)
    data = SIGMA * beam_noise(wcs, shape, seed)
    truth = []
    for y in range(step // 2, shape[0] - step // 4, step):
        for x in range(step // 2, shape[1] - step // 4, step):
            dx, dy = random.uniform(-0.5, 0.5, 2)
            box = (slice(y - step // 2, y + step // 2), slice(x - step // 2, x + step // 2))
            part = wcs.slice(box)
            cell = (step // 2 * 2, step // 2 * 2)
            at = place(wcs, x + dx, y + dy)
            data[box] += gaussian(part, cell, *at, snr * SIGMA, BEAM.major, BEAM.minor, BEAM.pa)
            truth.append((x + dx, y + dy))
    return data, np.array(truth)


@pytest.mark.parametrize(("snr", "bias"), [(8.0, 0.05), (25.0, 0.02)])
def test_errors_in_correlated_noise_are_honest(snr, bias):
    shape = (480, 480)
    wcs = tan_wcs(shape, rotation=30.0)
    data, truth = many_points(wcs, shape, 32, snr, seed=61)
    noise = measure_correlation(sky_image(data, wcs=wcs), flat_background(0.0, SIGMA))
    row, _, _ = measure(data, wcs, noise=noise)
    offsets = np.hypot(row["x"][:, None] - truth[:, 0], row["y"][:, None] - truth[:, 1])
    nearest = offsets.argmin(axis=1)
    ours = offsets.min(axis=1) < 2
    assert ours.sum() > 0.97 * len(truth)
    assert (~ours).sum() < 0.03 * len(truth)
    ratio = row["total_flux"][ours] / (snr * SIGMA)
    pull = (row["total_flux"][ours] - snr * SIGMA) / row["e_total_flux"][ours]
    assert np.median(ratio) == pytest.approx(1, abs=bias)
    assert 0.75 < 1.4826 * np.median(np.abs(pull - np.median(pull))) < 1.3
    sky = SkyCoord(*place_all(wcs, truth[nearest[ours]]), unit="deg")
    found = SkyCoord(row["ra"][ours], row["dec"][ours], unit="deg")
    for offset, name in zip(sky.spherical_offsets_to(found), ("e_ra", "e_dec"), strict=True):
        pull = offset.arcsec / row[name][ours]
        assert 0.75 < 1.4826 * np.median(np.abs(pull)) < 1.3
        assert abs(np.median(pull)) < 0.25


def place_all(wcs, positions: np.ndarray):
    sky = wcs.pixel_to_world(*positions.T).icrs
    return sky.ra.deg, sky.dec.deg


def test_errors_grow_with_the_correlation_of_the_noise():
    wcs = tan_wcs(SHAPE)
    data = draw(wcs, 50, 44, 40.0, 14.0, 11.0, 25.0)
    white, _, _ = measure(data, wcs)
    smooth, _, _ = measure(data, wcs, noise=NoiseCorrelation(np.eye(2) * 0.12))
    for name in ("e_ra", "e_dec", "e_total_flux", "e_peak_flux", "e_maj_axis", "e_mask_flux"):
        assert 1.5 < smooth[name][0] / white[name][0] < 9, name


def test_two_sources_that_touch_are_told_apart():
    wcs = tan_wcs(SHAPE)
    places = [(40.0, 44.0, 90.0), (49.0, 46.0, 60.0)]
    data = sum(draw(wcs, x, y, peak, BEAM.major, BEAM.minor, BEAM.pa) for x, y, peak in places)
    assert len(islands_of(data / SIGMA)) == 1
    row, part, sources = measure(data, wcs)
    assert len(row["ra"]) == 2
    assert (row["flags"] & Flag.BLENDED).all()
    for i, (x, y, peak) in enumerate(places):
        assert row["x"][i] == pytest.approx(x, abs=0.1)
        assert row["y"][i] == pytest.approx(y, abs=0.1)
        assert row["total_flux"][i] == pytest.approx(peak * SIGMA, rel=0.03)
    (island,) = islands_of(data / SIGMA)
    covered = np.zeros(SHAPE, int)
    for source in sources:
        covered[source.window.slices] += source.mask
    expected = np.zeros(SHAPE, int)
    expected[island.window.slices] = island.mask
    np.testing.assert_array_equal(covered, expected)
    np.testing.assert_array_equal(part["source"], [0, 1])


@pytest.mark.parametrize(("x", "y"), [(1, 44), (108.5, 44), (50, 0.5), (50, 88)])
def test_sources_at_the_edge_are_told(x, y):
    wcs = tan_wcs(SHAPE)
    row, _, _ = measure(draw(wcs, x, y, 80.0, BEAM.major, BEAM.minor, BEAM.pa), wcs)
    assert row["flags"][0] & Flag.EDGE
    assert not row["flags"][0] & Flag.NEAR_NAN


def test_sources_beside_missing_pixels_are_told():
    wcs = tan_wcs(SHAPE)
    data = draw(wcs, 50, 44, 80.0, BEAM.major, BEAM.minor, BEAM.pa)
    data += draw(wcs, 20, 20, 80.0, BEAM.major, BEAM.minor, BEAM.pa)
    data[:, 53:] = np.nan
    row, _, _ = measure(data, wcs)
    clean, cut = row["flags"]
    assert cut == Flag.NEAR_NAN
    assert clean == 0
    assert row["total_flux"][1] == pytest.approx(80 * SIGMA, rel=0.05)


def test_without_a_beam_fluxes_and_sizes_before_it_are_null():
    wcs = tan_wcs(SHAPE)
    row, part, _ = measure(draw(wcs, 50, 44, 80.0, 18.0, 11.0, 25.0), wcs, beam=None)
    assert row["flags"][0] & Flag.NO_BEAM
    nulls = ["total_flux", "e_total_flux", "dc_maj_axis", "dc_min_axis", "dc_pos_ang"]
    for name in [*nulls, "mask_flux", "e_mask_flux", "n_beams", "beam_maj", "beam_min", "beam_pa"]:
        assert np.isnan(row[name][0]), name
    for name in nulls:
        assert np.isnan(part[name][0]), name
    assert row["peak_flux"][0] == pytest.approx(80 * SIGMA, rel=0.01)
    assert row["maj_axis"][0] == pytest.approx(18.0, rel=0.02)
    assert turned(row["pos_ang"][0], 25.0) == pytest.approx(0, abs=1)


def test_an_island_that_no_gaussian_describes_is_measured_by_its_pixels():
    wcs = tan_wcs(SHAPE)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    disc = np.where(np.hypot(x - 55, y - 45) < 30, 30.0 * SIGMA, 0.0)
    disc[np.hypot(x - 48, y - 50) < 16] = 0
    row, _, sources = measure(disc, wcs)
    beam_pixels = np.pi * BEAM.major * BEAM.minor / 4 / np.log(2) / PIXEL**2
    assert row["total_flux"].sum() == pytest.approx(disc.sum() / beam_pixels, rel=0.1)
    assert np.isfinite(row["ra"]).all()
    assert (row["maj_axis"] > 0).all()
    assert sum(source.mask.sum() for source in sources) == (disc > 0).sum()


@pytest.mark.parametrize(
    "mask", [np.ones((1, 1), bool), np.ones((1, 5), bool), np.eye(4, dtype=bool)]
)
def test_the_smallest_islands_have_rows(mask):
    wcs = tan_wcs(SHAPE)
    data = np.zeros(SHAPE)
    window = Window(30, 30 + mask.shape[0], 40, 40 + mask.shape[1])
    island = Island(window, mask, "r000c000")
    data[island.window.slices][mask] = 6 * SIGMA
    row, part, _ = measure(data, wcs, islands=[island])
    assert len(row["ra"]) == 1
    for name in ("ra", "dec", "x", "y", "e_ra", "e_dec", "peak_flux", "e_peak_flux", "total_flux"):
        assert np.isfinite(row[name][0]), name
    assert row["e_ra"][0] > 0
    assert SourceCatalogue.from_columns(*tables(row, part), {})


def test_nothing_measured_makes_an_empty_catalogue():
    wcs = tan_wcs(SHAPE)
    image = sky_image(np.zeros(SHAPE), wcs=wcs)
    row, part = source_columns(image, []), component_columns(image, [])
    assert len(SourceCatalogue.from_columns(*tables(row, part), {})) == 0


def test_columns_make_a_catalogue():
    wcs = tan_wcs(SHAPE)
    data = draw(wcs, 30, 44, 80.0, 18.0, 11.0, 25.0) + draw(wcs, 80, 44, 50.0, 14.0, 11.0, 25.0)
    row, part, _ = measure(data, wcs)
    catalogue = SourceCatalogue.from_columns(*tables(row, part), {})
    assert len(catalogue) == 2
    for name, values in row.items():
        np.testing.assert_array_equal(
            np.ma.filled(catalogue.sources[name].astype(np.asarray(values).dtype), 0),
            np.asarray(values).astype(catalogue.sources[name].dtype),
        )


def tables(row, part):
    """Return columns with the identifiers that a run adds."""
    sources = {**row, "source_id": np.arange(1, len(row["ra"]) + 1)}
    components = {name: values for name, values in part.items() if name != "source"}
    components["source_id"] = part["source"] + 1
    components["component_id"] = np.arange(1, len(part["ra"]) + 1)
    return sources, components


def test_islands_in_one_call_are_measured_as_alone():
    wcs = tan_wcs(SHAPE)
    data = SIGMA * beam_noise(wcs, SHAPE, seed=62)
    for x, y in ((20, 20), (60, 60), (90, 30), (25, 70)):
        data += draw(wcs, x, y, 40.0, 14.0, 11.0, 25.0)
    noise = NoiseCorrelation(np.eye(2) * 0.12)
    together, _, _ = measure(data, wcs, noise=noise)
    for i, island in enumerate(islands_of(data / SIGMA)):
        alone, _, _ = measure(data, wcs, noise=noise, islands=[island])
        for name, values in alone.items():
            if values.dtype.kind == "f":
                np.testing.assert_allclose(values[0], together[name][i], rtol=2e-3, err_msg=name)
            else:
                assert values[0] == together[name][i]

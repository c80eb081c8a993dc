"""The bundled morphologies look like what they are called, in pictures drawn independently."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shape_pictures import EAST, HALF, NORTH, around, fanaroff_riley, holding, longest, picture

from sciarada.core.taxonomy import STRUCTURE_CLASSES
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import describe_options
from sciarada.simulation.generators import generators

SPECS = {
    spec.name: spec
    for spec in PluginManager.discover(quiet=True).offered("morphology")
    if spec.owner.plugin == "morphologies"
}
MORPHOLOGIES = generators(SPECS)
EXTENDED = sorted(set(SPECS) - {"point"})
WANTED = [
    "point",
    "gaussian",
    "star_forming_disc",
    "fr1",
    "fr2",
    "hybrid",
    "wide_angle_tail",
    "narrow_angle_tail",
    "head_tail",
    "x_shaped",
    "z_shaped",
    "double_double",
    "one_sided",
    "core_dominated",
    "relic",
    "halo",
    "odd_radio_circle",
    "snr_shell",
    "snr_filled",
    "hii_bubble",
    "planetary_nebula",
    "spiral_arcs",
    "filament",
]
SIZE = 100.0
SEEDS = range(12)


def drawn(name, seed, size=SIZE):
    return MORPHOLOGIES[name].draw(size, np.random.default_rng(seed))


def with_options(name, seed, *assignments):
    return generators([name], {name: assignments})[name].draw(SIZE, np.random.default_rng(seed))


def brightest_at(image):
    row, column = np.unravel_index(np.argmax(image), image.shape)
    return EAST[row, column], NORTH[row, column]


def test_all_are_there():
    assert set(WANTED) <= set(SPECS)


def test_the_page_has_every_morphology_with_its_classes_and_options(repository):
    page = (repository / "docs" / "how-to" / "morphologies.md").read_text()
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]
    said = [tuple(cell.strip(" `") for cell in row[:4]) for row in rows]
    assert sorted(said) == sorted(
        (spec.name, spec.summary, spec.fr_class or "", spec.structure or "")
        for spec in SPECS.values()
    )
    for row in rows:
        options = describe_options(SPECS[row[0].strip(" `")].options)
        assert all(f"`{each.name}={each.default}`" in row[-1] for each in options)


def test_every_structure_but_an_artifact_can_be_drawn():
    drawn_ones = {spec.structure for spec in SPECS.values()} - {None}
    assert drawn_ones == set(STRUCTURE_CLASSES) - {"artifact"}


@pytest.mark.parametrize("name", EXTENDED)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), size=st.floats(0.5, 2000))
def test_the_extent_is_the_size_asked_for(name, seed, size):
    shape = drawn(name, seed, size)
    assert shape.extent == pytest.approx(size)
    assert len(shape) <= 60
    assert shape.share.sum() == pytest.approx(1)
    assert (shape.share > 0).all()


@pytest.mark.parametrize("name", EXTENDED)
def test_a_picture_shows_the_size(name):
    """Nine tenths of the flux lie within the size, to 20 % (a Gaussian's size is its FWHM)."""
    for seed in SEEDS[:6]:
        seen = longest(holding(picture(drawn(name, seed, 60.0), 1.5), 0.9)) / 60
        assert 1.4 < seen < 1.85 if name == "gaussian" else 0.8 < seen < 1.25


@pytest.mark.parametrize("name", EXTENDED)
def test_shapes_scale_with_their_size(name):
    small, large = drawn(name, 7, 10.0), drawn(name, 7, 30.0)
    np.testing.assert_allclose(large.east, 3 * small.east, atol=1e-9)
    np.testing.assert_allclose(large.major, 3 * small.major)
    np.testing.assert_allclose(large.share, small.share)


@pytest.mark.parametrize("name", EXTENDED)
def test_orientations_are_random(name):
    """The directions in which sources are brightest cover the circle."""
    shapes = [drawn(name, seed) for seed in range(40)]
    pa = np.array([shape.pa[np.argmax(shape.share)] for shape in shapes])
    assert np.abs(np.exp(2j * np.radians(pa)).mean()) < 0.4


def test_the_fanaroff_riley_ratio_tells_the_classes_apart():
    ratios = {
        name: [fanaroff_riley(drawn(name, seed), beam=3.0)[0] for seed in SEEDS]
        for name, spec in SPECS.items()
        if spec.fr_class == "FRII"
    }
    assert set(ratios) == {"fr2", "symmetric_double", "x_shaped", "z_shaped", "double_double"}
    for name, values in ratios.items():
        assert min(values) > 0.5, name
    for seed in SEEDS:
        assert fanaroff_riley(drawn("fr1", seed), beam=3.0)[0] < 0.5


def test_a_hybrid_is_of_one_class_on_one_side_and_of_the_other_on_the_other():
    for seed in SEEDS:
        _, (near, far) = fanaroff_riley(drawn("hybrid", seed), beam=3.0)
        assert near < 0.4
        assert far > 0.6


@pytest.mark.parametrize("name", ["wide_angle_tail", "narrow_angle_tail", "head_tail"])
def test_tails_fade_away_from_the_core(name):
    for seed in SEEDS:
        shape = drawn(name, seed)
        image = picture(shape, 4.0)
        distance = np.hypot(EAST - shape.east[0], NORTH - shape.north[0])
        lit = holding(image, 0.98)
        reach = distance[lit].max()
        inner = image[lit & (distance > 0.1 * reach) & (distance < 0.45 * reach)].max()
        outer = image[lit & (distance > 0.7 * reach)].max()
        assert inner > 1.3 * outer


@pytest.mark.parametrize(
    ("name", "low", "high"), [("wide_angle_tail", 90, 165), ("narrow_angle_tail", 5, 90)]
)
def test_the_angle_between_the_tails(name, low, high):
    for seed in SEEDS:
        shape = drawn(name, seed)
        east, north = shape.east - shape.east[0], shape.north - shape.north[0]
        distance = np.hypot(east, north)
        # A far Gaussian of each tail, weighted evenly: cluster the directions of the ends.
        angle = np.arctan2(east, north)
        first = np.argmax(distance)
        apart = np.abs((angle - angle[first] + np.pi) % (2 * np.pi) - np.pi)
        second = np.argmax(np.where(apart > np.radians(low), distance, 0))
        assert distance[second] > 0.75 * distance[first] - 1
        assert np.degrees(apart[second]) < high


def test_a_head_tail_has_its_brightest_spot_at_one_end():
    for seed in SEEDS:
        image = picture(drawn("head_tail", seed), 3.0)
        east, north = brightest_at(image)
        far = np.hypot(EAST - east, NORTH - north)[holding(image, 0.95)].max()
        assert far > 0.85 * SIZE


@pytest.mark.parametrize("name", ["one_sided", "core_dominated"])
def test_the_core_is_where_the_point_is(name):
    for seed in SEEDS:
        shape = drawn(name, seed)
        assert shape.major[0] == 0
        image = picture(shape, 2.0)
        distance = np.hypot(EAST - shape.east[0], NORTH - shape.north[0])
        if name == "core_dominated":
            assert image[distance < 2].max() > 5 * image[distance > 5].max()
        else:
            assert distance[holding(image, 0.95)].max() > 0.95 * SIZE


def test_an_x_has_two_pairs_of_arms_of_which_one_is_fainter():
    for seed in SEEDS:
        shape = drawn("x_shaped", seed)
        east, north = EAST - shape.east[0], NORTH - shape.north[0]
        far = np.hypot(east, north) > 0.12 * SIZE
        flux, _ = np.histogram(
            np.arctan2(east, north)[far],
            bins=24,
            range=(-np.pi, np.pi),
            weights=picture(shape, 3.0)[far],
        )
        arms = (flux > np.roll(flux, 1)) & (flux >= np.roll(flux, -1)) & (flux > 0.05 * flux.max())
        assert arms.sum() == 4
        # Every second arm belongs to one pair.
        pairs = [flux[arms][i::2].sum() for i in (0, 1)]
        assert min(pairs) < 0.8 * max(pairs)


def test_a_double_double_has_two_pairs():
    for seed in SEEDS:
        shape = drawn("double_double", seed)
        image = picture(shape, 2.5)
        distance = np.hypot(EAST - shape.east[0], NORTH - shape.north[0])
        outer = distance[holding(image, 0.95)].max()
        bins = np.arange(4, outer, 2.0)
        profile = [image[(distance >= r) & (distance < r + 2)].max() for r in bins]
        dips = [
            i for i in range(1, len(bins) - 1) if profile[i] < min(profile[i - 1], profile[i + 1])
        ]
        gap = [i for i in dips if profile[i] < 0.8 * min(max(profile[:i]), max(profile[i:]))]
        assert gap, "no gap between the pairs"


def test_a_disc_is_exponential():
    scale = SIZE / 6.4
    radius = np.array([0.3, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0, 3.4]) * scale
    shape = with_options("star_forming_disc", 1, "inclination=0,0")
    profile = around(picture(shape, 0.01), radius).mean(axis=1)
    wanted = np.exp(-radius / scale) / (2 * np.pi * scale**2)
    np.testing.assert_allclose(profile, wanted, rtol=0.05)


@pytest.mark.parametrize(("inclination", "ratio"), [(0, 1.0), (60, 0.517), (90, 0.15)])
def test_an_inclined_disc_is_as_flat_as_its_inclination_says(inclination, ratio):
    shape = with_options("star_forming_disc", 1, f"inclination={inclination},{inclination}")
    np.testing.assert_allclose(shape.minor / shape.major, ratio, rtol=0.01)


@pytest.mark.parametrize(
    ("name", "most"), [("odd_radio_circle", 0.5), ("snr_shell", 0.75), ("hii_bubble", 0.95)]
)
def test_rings_are_fainter_inside(name, most):
    for seed in SEEDS:
        if name == "odd_radio_circle":
            shape = with_options(name, seed, "host=0")
        else:
            shape = drawn(name, seed)
        image = picture(shape, 2.0)
        radial = around(image, np.arange(0, 0.55 * SIZE, 1.0))
        rim = radial.max(axis=0).mean()
        inside = radial[: int(0.25 * SIZE)].mean()
        assert inside < most * rim


def test_a_circle_is_thin_and_round():
    for seed in SEEDS:
        image = picture(with_options("odd_radio_circle", seed, "host=0"), 2.0)
        radius = np.argmax(around(image, np.arange(0, 0.55 * SIZE)), axis=0)
        assert radius.std() < 0.1 * radius.mean()
        assert 0.35 * SIZE < radius.mean() < 0.48 * SIZE


def test_a_circle_may_have_a_host():
    shape = with_options("odd_radio_circle", 1, "host=1")
    assert (shape.major == 0).sum() == 1
    assert (with_options("odd_radio_circle", 1, "host=0").major > 0).all()


@pytest.mark.parametrize("name", ["snr_filled", "halo", "gaussian", "star_forming_disc"])
def test_filled_sources_are_brightest_inside(name):
    for seed in SEEDS:
        image = picture(drawn(name, seed, 60.0), 3.0)
        radial = around(image, np.arange(0, 45.0)).mean(axis=1)
        assert radial[:10].mean() > 1.5 * radial[25:35].mean()


def test_a_spiral_has_two_arms():
    """Going round a spiral, its brightness rises and falls twice."""
    for seed in SEEDS:
        image = picture(drawn("spiral_arcs", seed), 2.0)
        profiles = around(image, np.arange(0.2, 0.34, 0.02) * SIZE)
        power = np.abs(np.fft.rfft(profiles - profiles.mean(axis=1, keepdims=True), axis=1)) ** 2
        share = power[:, 2] / power[:, 1:].sum(axis=1)
        assert np.median(share) > 0.35
        assert np.median(profiles.max(axis=1) / profiles.min(axis=1)) > 2


def test_arms_wind_outwards():
    """The direction of the brightest arm turns steadily with radius."""
    for seed in SEEDS:
        image = picture(drawn("spiral_arcs", seed), 2.0)
        profiles = around(image, np.arange(0.16, 0.36, 0.01) * SIZE)
        phase = np.unwrap(np.angle(np.fft.rfft(profiles, axis=1)[:, 2]))
        assert np.abs(phase[-1] - phase[0]) > 1.0


def test_a_relic_is_an_arc_sharper_outside_than_inside():
    for seed in SEEDS:
        shape = drawn("relic", seed)
        image = picture(shape, 1.0)
        assert longest(holding(image, 0.9)) > 2.5 * narrowest(holding(image, 0.9))
        middle, profile = across_the_middle(shape, image)
        peak = np.argmax(profile)
        assert middle, "the arc is not curved"
        inner, outer = width_at(profile[: peak + 1][::-1], 0.3), width_at(profile[peak:], 0.3)
        assert inner > 1.3 * outer


def narrowest(mask):
    angle = np.linspace(0, np.pi, 90, endpoint=False)
    reach = EAST[mask][:, None] * np.sin(angle) + NORTH[mask][:, None] * np.cos(angle)
    return (reach.max(axis=0) - reach.min(axis=0)).min() + 1


def across_the_middle(shape, image):
    """Return whether an arc is curved, and its mean profile from the hollow side outwards."""
    # The centre of curvature: the circle through the outer layer's ends and middle.
    ends = shape.east[[0, 10, 21]] + 1j * shape.north[[0, 10, 21]]
    a, b, c = ends
    w = (c - a) / (b - a)
    centre = (b - a) * (w - abs(w) ** 2) / (2j * w.imag) + a
    radius, toward = abs(centre - b), np.angle(b - centre)
    angle = toward + np.linspace(-0.12, 0.12, 7)
    steps = np.arange(radius - 25, radius + 15, 0.5)
    place = centre + steps[:, None] * np.exp(1j * angle)
    rows = np.rint(HALF + place.imag).astype(int)
    columns = np.rint(HALF + place.real).astype(int)
    return radius < 5 * SIZE, image[rows, columns].mean(axis=1)


def width_at(profile, part):
    """Return how many steps a falling profile takes to fall to a part of its start."""
    return int(np.argmax(profile < part * profile[0]))


def test_filaments_are_thin():
    for seed in SEEDS:
        shape = drawn("filament", seed)
        assert shape.minor.max() < 0.06 * SIZE
        image = picture(shape, 1.0)
        assert holding(image, 0.9).sum() < 0.25 * SIZE**2


@pytest.mark.parametrize("form", ["ring", "bipolar", "filled"])
def test_the_form_of_a_planetary_nebula_can_be_chosen(form):
    for seed in SEEDS:
        shape = with_options("planetary_nebula", seed, f"form={form}")
        image = picture(shape, 2.0)
        middle = image[np.hypot(EAST, NORTH) < 4].mean()
        ring = around(image, np.array([0.3, 0.35, 0.4]) * SIZE)
        if form == "ring":
            assert middle < 0.9 * ring.max()
        elif form == "bipolar":
            assert middle > ring.max()
            opposite = np.corrcoef(ring.mean(axis=0), np.roll(ring.mean(axis=0), 36))[0, 1]
            assert opposite > 0.5
        else:
            assert middle > ring.mean()


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("fr1", 0.4),
        ("fr2", 0.2),
        ("x_shaped", 0.1),
        ("double_double", 0.1),
        ("z_shaped", 0.1),
        ("core_dominated", 0.9),
    ],
)
def test_the_core_has_the_share_asked_for(name, share):
    assert with_options(name, 3, f"core={share},{share}").share[0] == pytest.approx(share)


def test_a_source_without_a_core():
    shape = with_options("fr2", 3, "core=0,0")
    assert (shape.major > 0).all()

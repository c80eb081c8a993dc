import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import Cutout2D
from astropy.table import Table
from astropy.wcs import WCS
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import COLUMNS, CutoutSet
from sciarada.errors import CutoutError
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window


def make_image(
    shape=(90, 120), scale=2.0, centre=(150.0, -30.0), turn=0.0, name="field", mirror=False, **cards
) -> SkyImage:
    """An image of noise, its north ``turn`` degrees clockwise from up."""
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    header = {
        "CTYPE1": "RA---SIN",
        "CTYPE2": "DEC--SIN",
        "CRVAL1": centre[0],
        "CRVAL2": centre[1],
        "CRPIX1": shape[1] / 2 + 0.5,
        "CRPIX2": shape[0] / 2 + 0.5,
        "CDELT1": (1 if mirror else -1) * scale / 3600,
        "CDELT2": scale / 3600,
        "PC1_1": c,
        "PC1_2": -s,
        "PC2_1": s,
        "PC2_2": c,
    }
    data = np.random.default_rng(len(name)).normal(size=shape).astype(np.float32)
    wcs = WCS(header | cards, naxis=2)
    return SkyImage.from_array(data, wcs, name=name, beam=Beam(6 * scale, 5 * scale, 20.0))


def with_gaussian(image: SkyImage, ra: float, dec: float, fwhm: float) -> SkyImage:
    """The image with nothing but a round source of unit peak, ``fwhm`` arcsec wide."""
    (y, x), sky = np.indices(image.shape), SkyCoord(ra, dec, unit="deg")
    separation = sky.separation(SkyCoord(*image.pixel_to_sky(x, y), unit="deg")).arcsec
    data = np.exp(-4 * np.log(2) * (separation / fwhm) ** 2)
    return SkyImage.from_array(data, image.wcs, name=image.name, beam=image.beam)


def centroid(data: np.ndarray) -> tuple[float, float]:
    y, x = np.indices(data.shape)
    return float((data * x).sum() / data.sum()), float((data * y).sum() / data.sum())


IMAGE = make_image()


# As astropy's Cutout2D


@settings(max_examples=150)
@given(x=st.floats(-70, 190), y=st.floats(-70, 160), size=st.integers(1, 130))
def test_same_pixels_as_cutout2d(x, y, size):
    ra, dec = IMAGE.pixel_to_sky(x, y)
    back = IMAGE.sky_to_pixel(ra, dec)
    # On a tie between two windows the last digit of the coordinates decides in Cutout2D.
    assume(all(abs(v - size / 2 - round(v - size / 2)) > 1e-5 for v in back))
    cutouts = CutoutSet.from_positions(IMAGE, ra, dec, size, outside="blank")
    assume(cutouts.inside[0])
    expected = Cutout2D(
        IMAGE.read(),
        SkyCoord(ra, dec, unit="deg"),
        size,
        wcs=IMAGE.wcs,
        mode="partial",
        fill_value=np.nan,
    )
    ours = cutouts[0]
    assert ours.data.dtype == np.float32
    assert ours.data.flags.c_contiguous
    np.testing.assert_array_equal(ours.data, expected.data)
    (y0, y1), (x0, x1) = expected.bbox_original
    assert ours.window.clip(IMAGE.shape) == Window(y0, y1 + 1, x0, x1 + 1)
    corners = np.array([0.0, size - 1.0]), np.array([size - 1.0, 0.0])
    np.testing.assert_allclose(
        ours.wcs.all_pix2world(*corners, 0), expected.wcs.all_pix2world(*corners, 0), atol=1e-9
    )


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("nudge", [-1e-9, 0.0, 1e-9])
def test_rounding_does_not_move_a_window(size, nudge):
    x = y = 30.0 if size == 4 else 30.5
    ra, dec = IMAGE.pixel_to_sky(x + nudge, y - nudge)
    expected = Cutout2D(IMAGE.read(), (x, y), size).data
    np.testing.assert_array_equal(
        CutoutSet.from_positions(IMAGE, ra, dec, size).pixels()[0], expected
    )


def test_angular_size_is_that_of_cutout2d():
    ra, dec = IMAGE.pixel_to_sky(51.3, 40.2)
    size = 61.7 * u.arcsec
    expected = Cutout2D(IMAGE.read(), SkyCoord(ra, dec, unit="deg"), size, wcs=IMAGE.wcs)
    np.testing.assert_array_equal(
        CutoutSet.from_positions(IMAGE, ra, dec, size).pixels()[0], expected.data
    )


# On the sky


@pytest.mark.parametrize(
    "image",
    [
        make_image(turn=35.0),
        make_image(centre=(0.001, 89.99)),
        make_image(CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR", CRVAL1=210.0, CRVAL2=0.0),
        make_image(EQUINOX=1950.0),
    ],
    ids=["turned", "pole", "galactic", "B1950"],
)
@pytest.mark.parametrize(("npix", "north_up"), [(None, False), (20, False), (48, True)])
def test_wcs_finds_the_position_in_the_middle(image, npix, north_up):
    ra, dec = image.pixel_to_sky(np.array([40.2, 80.7]), np.array([30.4, 50.1]))
    cutouts = CutoutSet.from_positions(image, ra, dec, 24)
    for number in range(2):
        cutout = cutouts.cutout(number, npix, north_up=north_up)
        x, y = SkyImage.from_array(cutout.data, cutout.wcs).sky_to_pixel(ra[number], dec[number])
        middle = (cutout.shape[0] - 1) / 2
        allowed = 0.501 if npix is None else 1e-6
        assert abs(x - middle) <= allowed
        assert abs(y - middle) <= allowed
        scale = SkyImage.from_array(cutout.data, cutout.wcs).pixel_scale
        assert cutout.pixel_scale == pytest.approx(scale, rel=1e-4)
        assert cutout.shape[0] * scale == pytest.approx(24 * image.pixel_scale, rel=1e-4)


@pytest.mark.parametrize("mirror", [False, True])
def test_north_up_shows_north_up_and_east_left(mirror):
    image = make_image((200, 200), turn=70.0, mirror=mirror)
    ra, dec = image.pixel_to_sky(100.3, 99.6)
    north = SkyCoord(ra, dec, unit="deg").directional_offset_by(30 * u.deg, 40 * u.arcsec)
    image = with_gaussian(image, north.ra.deg, north.dec.deg, 12.0)
    cutout = CutoutSet.from_positions(image, ra, dec, 160 * u.arcsec).cutout(0, 80, north_up=True)
    x, y = centroid(cutout.data)
    assert x == pytest.approx(39.5 - 20 * np.sin(np.radians(30)), abs=0.02)  # east is left
    assert y == pytest.approx(39.5 + 20 * np.cos(np.radians(30)), abs=0.02)
    turned = SkyImage.from_array(cutout.data, cutout.wcs)
    assert turned.north_angle(39.5, 39.5) == pytest.approx(np.pi / 2, abs=1e-6)
    assert turned.handedness(39.5, 39.5) == 1


def test_north_up_makes_pixels_square():
    image = make_image((200, 100), CDELT1=-4 / 3600, CDELT2=2 / 3600)
    ra, dec = image.pixel_to_sky(50.2, 99.7)
    image = with_gaussian(image, float(ra), float(dec), 20.0)
    data = CutoutSet.from_positions(image, ra, dec, 100 * u.arcsec).pixels(npix=50, north_up=True)
    y, x = np.indices(data[0].shape) - 24.5
    widths = [np.sqrt((data[0] * v**2).sum() / data[0].sum()) * 2 * 2.3548 for v in (x, y)]
    assert widths == pytest.approx([20.0, 20.0], rel=0.03)


@pytest.mark.parametrize("npix", [16, 32, 48, 96])
def test_images_of_different_pixels_give_the_same_picture(npix):
    ra, dec = 150.001, -30.002
    images = [
        with_gaussian(make_image((200, 220), 1.0, name="fine"), ra, dec, 12.0),
        with_gaussian(make_image((100, 90), 2.0, name="plain"), ra, dec, 12.0),
        with_gaussian(make_image((70, 70), 3.0, turn=180.0, name="coarse"), ra, dec, 12.0),
    ]
    names = [image.name for image in images]
    cutouts = CutoutSet.from_positions(images, [ra] * 3, [dec] * 3, 96 * u.arcsec, image=names)
    assert cutouts.npix.tolist() == [96, 48, 32]
    stack = cutouts.pixels(npix=npix, north_up=True)
    for data in stack:
        x, y = centroid(data)
        assert (x, y) == pytest.approx(((npix - 1) / 2, (npix - 1) / 2), abs=0.03)
        flux = data.sum() * (96 / npix) ** 2
        assert flux == pytest.approx(np.pi * 12.0**2 / (4 * np.log(2)), rel=0.02)
    np.testing.assert_allclose(stack[1:], stack[:1].repeat(2, axis=0), atol=0.04)


# Many at once


def random_set(n=60, seed=3, **options) -> CutoutSet:
    rng = np.random.default_rng(seed)
    images = [
        make_image((80, 90), name="a"),
        make_image((60, 70), name="b", centre=(150.1, -30.0)),
    ]
    names = np.array(["a", "b"])[rng.integers(0, 2, n)]
    ra, dec = np.empty(n), np.empty(n)
    for image in images:
        mine = names == image.name
        x, y = rng.uniform(-6, 95, mine.sum()), rng.uniform(-6, 85, mine.sum())
        ra[mine], dec[mine] = image.pixel_to_sky(x, y)
    options = {"size": 16, "image": names, "outside": "blank"} | options
    return CutoutSet.from_positions(images, ra, dec, **options)


@pytest.mark.parametrize(("npix", "north_up"), [(None, False), (9, False), (16, True)])
def test_a_batch_is_what_its_cutouts_are(npix, north_up):
    cutouts = random_set()
    stack = cutouts.pixels(npix=npix, north_up=north_up)
    for number in range(len(cutouts)):
        one = cutouts.cutout(number, npix, north_up=north_up)
        np.testing.assert_array_equal(stack[number], one.data)
    rows = np.array([7, 3, 3, 59])
    np.testing.assert_array_equal(cutouts.pixels(rows, npix, north_up=north_up), stack[rows])
    np.testing.assert_array_equal(cutouts.pixels(slice(5, 9), npix, north_up=north_up), stack[5:9])
    assert cutouts.pixels([], npix or 16).shape == (0, npix or 16, npix or 16)


def test_a_batch_may_mix_copied_and_resampled_cutouts():
    cutouts = random_set(size=np.where(np.arange(60) % 3, 16, 24))
    with pytest.raises(CutoutError, match="16 to 24 pixels wide: give npix"):
        cutouts.pixels()
    stack = cutouts.pixels(npix=16)
    plain = np.arange(60) % 3 > 0
    np.testing.assert_array_equal(stack[plain], cutouts[plain].pixels())
    np.testing.assert_array_equal(stack[~plain], cutouts[~plain].pixels(npix=16))


def test_slices_masks_and_numbers_choose():
    cutouts = random_set()
    mask = cutouts.ra > np.median(cutouts.ra)
    assert cutouts[mask].ids.tolist() == np.flatnonzero(mask).tolist()
    assert cutouts[10:3:-1].ids.tolist() == list(range(10, 3, -1))
    assert cutouts[-1].cutout_id == 59
    assert len(cutouts[:0]) == 0
    assert [cutout.cutout_id for cutout in cutouts[4:7]] == [4, 5, 6]
    with pytest.raises(IndexError):
        cutouts[60]


def test_it_cannot_be_changed():
    cutouts = random_set()
    with pytest.raises(ValueError, match="read-only"):
        cutouts.ra[0] = 0.0
    with pytest.raises(FrozenInstanceError):
        cutouts.ra = cutouts.dec
    ra = np.array([150.0])
    made = CutoutSet.from_positions(IMAGE, ra, [-30.0], 8)
    ra[0] = 0.0
    assert made.ra[0] == 150.0


def test_workers_get_it_pickled():
    cutouts = random_set()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(cutouts)).pixels(), cutouts.pixels())


def test_cutout_knows_its_image():
    cutout = CutoutSet.from_positions(IMAGE, 150.0, -30.0, 8, ids=["SCI J1000"])[0]
    assert (cutout.cutout_id, cutout.image.name) == ("SCI J1000", "field")
    assert cutout.beam == IMAGE.beam
    assert cutout.unit == u.Jy / u.beam
    assert cutout.pixel_scale == pytest.approx(2.0, rel=1e-4)


# Which image, and beyond it


def test_each_position_goes_to_the_image_that_shows_it_best():
    images = [
        make_image((60, 60), name="west", centre=(149.99, -30.0)),
        make_image((60, 60), name="east", centre=(150.01, -30.0)),
        make_image((60, 60), name="far", centre=(330.0, 30.0)),
    ]
    ra = np.array([149.99, 150.001, 149.999, 150.03, 330.0])
    dec = np.array([-30.0, -30.0, -30.0, -30.0, 30.0])
    cutouts = CutoutSet.from_positions(images, ra, dec, 20)
    assert [images[k].name for k in cutouts.image_index] == ["west", "east", "west", "east", "far"]


@pytest.mark.parametrize("shift", [0.0, 1.0, -20.0])
def test_best_image_is_the_best_of_all(shift):
    rng = np.random.default_rng(5)
    images = [
        make_image(
            (50, 80), 3.0, centre=(150 + 0.05 * (k % 3), shift + 0.04 * (k // 3)), name=str(k)
        )
        for k in range(9)
    ]
    ra, dec = rng.uniform(149.95, 150.15, 300), shift + rng.uniform(-0.05, 0.13, 300)
    cutouts = CutoutSet.from_positions(images, ra, dec, 30, outside="blank")
    depth = []
    for image in images:
        x, y = image.sky_to_pixel(ra, dec)
        ny, nx = image.shape
        depth.append(np.min([x + 0.5, nx - 0.5 - x, y + 0.5, ny - 0.5 - y], axis=0))
    depth = np.array(depth)
    chosen = depth[cutouts.image_index, np.arange(300)]
    near = depth.max(axis=0) > -15
    assert near.sum() > 200
    np.testing.assert_allclose(chosen[near], depth.max(axis=0)[near], atol=0.01)


def test_positions_outside():
    ra, dec = np.array([150.0, 151.0, 330.0]), np.array([-30.0, -30.0, 30.0])
    with pytest.raises(CutoutError, match=r"151\.000000 -30\.000000 .cutout 1. and 1 more .*field"):
        CutoutSet.from_positions(IMAGE, ra, dec, 16)
    assert CutoutSet.from_positions(IMAGE, ra, dec, 16, outside="drop").ids.tolist() == [0]
    blank = CutoutSet.from_positions(IMAGE, ra, dec, 16, outside="blank")
    assert blank.inside.tolist() == [True, False, False]
    for options in ({}, {"npix": 9}, {"npix": 9, "north_up": True}):
        empty = np.isnan(blank.pixels(**options)).all(axis=(1, 2))
        assert empty.tolist() == [False, True, True]
    assert np.isnan(blank.x[2])  # the back of the sphere is nowhere in this projection
    assert np.isnan(blank[2].data).all()
    with pytest.raises(CutoutError, match="does not reach"):
        _ = blank[2].wcs
    with pytest.raises(CutoutError, match="does not reach"):
        _ = blank.cutout(2, 9, north_up=True).window
    with pytest.raises(CutoutError, match="raise, blank or drop"):
        CutoutSet.from_positions(IMAGE, ra, dec, 16, outside="ignore")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dec": [1.0, 2.0]}, "as many ra as dec"),
        ({"size": 10.5}, "whole pixels or an angle"),
        ({"size": 3 * u.Jy}, "is an angle, not in Jy"),
        ({"size": 0}, "more than zero"),
        ({"size": np.nan * u.arcsec}, "more than zero"),
        ({"size": [3, 4]}, "one per position"),
        ({"image": ["no"]}, "image no is not among those given: field"),
        ({"image": ["field"] * 2}, "one name per position"),
        ({"ids": [1.5]}, "whole numbers or text"),
        ({"images": []}, "at least one image"),
        ({"images": [IMAGE, IMAGE]}, "two images are named field"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    given = {"images": IMAGE, "ra": [150.0], "dec": [-30.0], "size": 8} | arguments
    with pytest.raises(CutoutError, match=message):
        CutoutSet.from_positions(**given)


def test_a_million_positions_are_light():
    rng = np.random.default_rng(0)
    ra, dec = IMAGE.pixel_to_sky(rng.uniform(0, 119, 10**5), rng.uniform(0, 89, 10**5))
    cutouts = CutoutSet.from_positions(IMAGE, ra, dec, 32)
    arrays = (cutouts.ids, cutouts.image_index, cutouts.ra, cutouts.dec, cutouts.size)
    assert sum(a.nbytes for a in (*arrays, cutouts.x, cutouts.y)) <= 60 * len(cutouts)


# From catalogues and tables


def make_catalogue(las) -> SourceCatalogue:
    ra, dec = IMAGE.pixel_to_sky(np.array([30.0, 60.0, 90.0]), np.array([40.0, 50.0, 20.0]))
    return SourceCatalogue.from_columns(
        {
            "source_id": [1, 2, 3],
            "ra": ra,
            "dec": dec,
            "las": las,
        }
    )


def test_cutouts_of_a_catalogue_fit_their_sources():
    catalogue = make_catalogue([10.0, 60.0, 45.0])
    cutouts = CutoutSet.from_catalogue(catalogue, IMAGE, zoom=1.5)
    assert cutouts.ids.tolist() == catalogue.sources["source_name"].tolist()
    assert cutouts.size == pytest.approx([64.0, 90.0, 67.5], rel=1e-4)
    cutouts = CutoutSet.from_catalogue(catalogue, IMAGE, zoom=2.0, smallest=0.5 * u.arcmin)
    assert cutouts.size == pytest.approx([30.0, 120.0, 90.0], rel=1e-6)
    assert CutoutSet.from_catalogue(catalogue, IMAGE, 12).npix.tolist() == [12, 12, 12]
    assert cutouts.pixels(npix=24).shape == (3, 24, 24)
    with pytest.raises(CutoutError, match=r"1 source.s. have no las"):
        CutoutSet.from_catalogue(make_catalogue([10.0, np.nan, 45.0]), IMAGE)


def assert_same(one: CutoutSet, other: CutoutSet) -> None:
    for name in ("ids", "image_index", "ra", "dec", "size", "x", "y"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_round_trip_through_a_table():
    cutouts = random_set(ids=np.array([f"cut {k:02d}" for k in range(60)]))
    table = cutouts.to_table()
    assert table.colnames == [spec.name for spec in COLUMNS]
    assert [str(table[name].unit) for name in ("ra", "dec", "size")] == ["deg", "deg", "arcsec"]
    assert table.meta["images"] == [{"name": "a", "path": None}, {"name": "b", "path": None}]
    assert_same(CutoutSet.from_table(table, cutouts.images, outside="blank"), cutouts)


def test_a_table_by_hand_needs_little():
    table = Table({"ra": [150.0], "dec": [-30.0], "size": [0.5]}, units={"size": "arcmin"})
    cutouts = CutoutSet.from_table(table, IMAGE)
    assert cutouts.size.tolist() == [30.0]
    assert cutouts.ids.tolist() == [0]
    with pytest.raises(CutoutError, match="needs a column size"):
        CutoutSet.from_table(table[["ra", "dec"]], IMAGE)
    with pytest.raises(CutoutError, match=r"column dec .* holds no angles"):
        CutoutSet.from_table(Table({"ra": [1.0], "dec": ["south"], "size": [3.0]}), IMAGE)
    masked = Table(table, masked=True)
    masked["ra"].mask = True
    with pytest.raises(CutoutError, match=r"column ra .* value in every row"):
        CutoutSet.from_table(masked, IMAGE)


def test_join():
    first, second = random_set(n=5), random_set(n=7, seed=4)
    first = replace(first, images=second.images)
    other = CutoutSet.from_positions(IMAGE, 150.0, -30.0, 16)
    joined = CutoutSet.join([first, other, second])
    assert [image.name for image in joined.images] == ["a", "b", "field"]
    np.testing.assert_array_equal(
        joined.pixels(), np.concatenate([first.pixels(), other.pixels(), second.pixels()])
    )
    with pytest.raises(CutoutError, match="two images are named a"):
        CutoutSet.join([random_set(), random_set()])

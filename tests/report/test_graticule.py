import numpy as np
import pytest
from astropy.coordinates import Angle
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.report.graticule import make_graticule

PLAIN = str.maketrans({"ʰ": "h", "ᵐ": "m", "ˢ": "s", "°": "d", "′": "m", "″": "s", "−": "-"})


def blank_image(shape, crval, scale, projection="TAN", axes=("RA---", "DEC--")) -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = axes[0] + projection, axes[1] + projection
    wcs.wcs.crval = crval
    wcs.wcs.crpix = shape[1] / 2 + 0.5, shape[0] / 2 + 0.5
    wcs.wcs.cdelt = -scale, scale
    wcs.wcs.set()
    return SkyImage.from_array(np.zeros(shape, np.float32), wcs)


FIELDS = {
    "usual": ((200, 300), (332.5, -52.3), 2 / 3600),
    "wrap": ((100, 100), (0.001, 5.0), 1e-3),
    "pole": ((200, 200), (123.0, 89.5), 0.01),
    "south pole": ((200, 200), (200.0, -90.0), 0.5, "ZEA"),
    "hemisphere": ((300, 300), (40.0, 20.0), 0.45, "SIN"),
    "all sky": ((180, 360), (0.0, 0.0), 1.0, "AIT"),
    "galactic": ((200, 300), (0.0, 0.0), 0.02, "CAR", ("GLON-", "GLAT-")),
    "tiny": ((1, 1), (10.0, 10.0), 1e-3),
}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())
def test_lines_keep_one_coordinate(field):
    image = blank_image(*field)
    graticule = make_graticule(image)
    assert graticule.lines
    for line in graticule.lines:
        ra, dec = image.pixel_to_sky(line[:, 0], line[:, 1])
        turn = np.abs((ra - ra[len(ra) // 2] + 180.0) % 360.0 - 180.0) * np.cos(np.radians(dec))
        assert turn.max() < 1e-2 or np.ptp(dec) < 1e-2


@pytest.mark.parametrize("name", ["usual", "wrap", "pole", "galactic"])
def test_labels_say_what_is_there(name):
    image = blank_image(*FIELDS[name])
    graticule = make_graticule(image)
    labels = [
        *((label, label.position, -0.5, graticule.bottom_title) for label in graticule.bottom),
        *((label, -0.5, label.position, graticule.left_title) for label in graticule.left),
    ]
    assert len(labels) >= 3
    for label, x, y, title in labels:
        ra, dec = (float(value) for value in image.pixel_to_sky(x, y))
        there = ra if title == "Right ascension" else dec
        written = Angle(label.text.translate(PLAIN)).degree
        tolerance = 0.02 * image.pixel_scale / 3600 * max(image.shape)
        off = abs((there - written + 180) % 360 - 180) * np.cos(np.radians(dec))
        assert off < tolerance


def test_galactic_images_are_labelled_the_other_way_round():
    assert make_graticule(blank_image(*FIELDS["galactic"])).left_title == "Right ascension"


def test_the_far_side_of_the_sphere_does_not_show():
    image = blank_image(*FIELDS["hemisphere"])
    lines = np.concatenate(make_graticule(image).lines)
    radius = np.degrees(1.0) / 0.45
    assert np.hypot(*(lines - 149.5).T).max() <= radius + 0.5


def test_lines_do_not_jump_across_the_map():
    image = blank_image(*FIELDS["all sky"])
    for line in make_graticule(image).lines:
        assert np.hypot(*np.diff(line, axis=0).T).max() < 180

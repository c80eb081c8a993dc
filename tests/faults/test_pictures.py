"""What a person sees first: titles with a meaning, and nothing cut off or drawn over."""

from pathlib import Path

import numpy as np
import pytest
from skies import sky_image

from sciarada.report import histogram
from sciarada.report.annotations import beam_size
from sciarada.report.canvas import Canvas
from sciarada.report.preview import image_title


class Named:
    """What a title is made of."""

    def __init__(self, name, path):
        self.name, self.path = name, path and Path(path)


@pytest.mark.parametrize(
    ("name", "path", "title"),
    [
        ("image", "/data/abell85/image.fits", "abell85/image"),
        ("Mosaic", "/data/scorpio/Mosaic.fits", "scorpio/Mosaic"),
        ("NGC1316", "/data/fornax/NGC1316.fits", "NGC1316"),
        ("image", None, "image"),
        ("image", "/image.fits", "image"),
    ],
)
def test_a_title_says_which_image_it_is(name, path, title):
    assert image_title(Named(name, path)) == title


def test_the_widest_label_of_an_axis_lies_in_the_drawing():
    half = 0.5 * 0.6 * 14.5 * len("100000")  # of the width of text in this size
    assert half <= histogram.RIGHT
    ticks = histogram._x_ticks(np.linspace(0.0, 5.0, 11))
    assert ticks[-1].label == "100000"
    assert ticks[-1].place + half <= histogram.WIDTH


def test_the_beam_is_named_with_its_axes():
    image = sky_image(np.zeros((40, 40)))
    major, minor = (f"{axis:.3g}″" for axis in (image.beam.major, image.beam.minor))
    assert beam_size(image.beam) == f"{major} × {minor}"


def test_what_is_drawn_later_lies_above():
    sheet = Canvas(40, 40)
    line = np.array([[0.0, 20.0], [40.0, 20.0]])
    sheet.lines([line], "#ff0000", 6.0)
    sheet.box(0, 0, 40, 40)
    sheet.text(5, 5, "x", 8.0)
    orders = [artist.get_zorder() for artist in sheet._figure.get_children()[1:]]
    assert sorted(orders) == [1, 2, 3]
    line, box, text = sorted(sheet._figure.get_children()[1:], key=lambda a: a.get_zorder())
    assert [type(each).__name__ for each in (line, box, text)] == [
        "LineCollection",
        "Rectangle",
        "Text",
    ]

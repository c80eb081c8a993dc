import re

from sciarada.core.class_colours import COLOURS, class_colours


def test_each_class_has_one_colour_whatever_the_order_and_number_of_its_sources():
    first = class_colours(["b", "a", "b", "c"])
    assert first == class_colours(["c", "b", "a"])
    assert list(first.values()) == list(COLOURS[:3])


def test_more_classes_than_colours_start_over():
    names = [f"{n:02d}" for n in range(len(COLOURS) + 1)]
    assert class_colours(names)[names[-1]] == COLOURS[0]


def test_colours_are_what_ds9_and_html_understand():
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in COLOURS)
    assert len(set(COLOURS)) == len(COLOURS)

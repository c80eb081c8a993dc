"""The plugin keeps the contract and finds what is there."""

import pytest
from sciarada_snr_cut import SnrCutOptions
from sciarada_snr_cut.detector import SnrCutDetector

from sciarada.testing import assert_plugin_conforms, small_sky, tile_view


def test_it_keeps_the_contract():
    """What is installed under this name passes the conformance kit."""
    assert_plugin_conforms("snr-cut")


def test_it_finds_the_brightest_pixel_and_no_noise():
    """The brightest pixel of the small sky is in an object; noise alone has none."""
    view = tile_view(small_sky())
    brightest = view.pixels.max()
    detector = SnrCutDetector(SnrCutOptions())
    found = [view.pixels[detection.window.slices] for detection in detector.detect(view)]
    assert max(pixels.max() for pixels in found) == brightest
    assert detector.detect(tile_view(small_sky(sources=0))) == []


@pytest.mark.parametrize(("level", "fewer"), [(5, 20), (20, 50)])
def test_a_higher_level_keeps_fewer_pixels(level, fewer):
    """The level is in units of the noise."""
    view = tile_view(small_sky())
    kept = [
        sum(detection.mask.sum() for detection in SnrCutDetector(options).detect(view))
        for options in (SnrCutOptions(level), SnrCutOptions(fewer))
    ]
    assert kept[0] > kept[1]

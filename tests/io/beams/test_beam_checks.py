"""Sizes of beams that make no sense, or in another unit."""

import pytest

from sciarada.geometry.beam import Beam
from sciarada.io.beams.checks import check_beam


def test_a_beam_in_arcsec_is_recognised():
    beam, notes = check_beam(Beam(6.0 * 3600, 5.0 * 3600, 10.0), 1.5, (1000, 1000))
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((6.0, 5.0, 10.0))
    assert "taken as arcsec" in notes[0]


@pytest.mark.parametrize(
    ("beam", "scale", "shape"),
    [(Beam(60.0, 50.0), 1.5, (20, 20)), (Beam(7200.0, 7200.0), 60.0, (9, 9))],
)
def test_a_beam_wider_than_a_cutout_is_left_alone_and_noted(beam, scale, shape):
    checked, (note,) = check_beam(beam, scale, shape)
    assert checked is beam
    assert note.endswith("wider than the image; --beam replaces it.")


def test_an_image_of_few_beams_is_noted():
    beam = Beam(60.0, 60.0)
    _, (note,) = check_beam(beam, 1.5, (60, 20))
    assert "fits only 1.5 times into the image" in note
    assert check_beam(beam, 1.5, (200, 20)) == (beam, [])


@pytest.mark.parametrize("beam", [Beam(7e5, 7e5), Beam(2000.0, 1.0)])
def test_an_absurd_beam_is_dropped_and_said(beam):
    checked, notes = check_beam(beam, 1e-4, (100, 100))
    assert checked is None
    assert "makes no sense" in notes[0]


def test_a_beam_below_a_pixel_is_said():
    beam = Beam(1.0, 1.0)
    assert check_beam(beam, 2.0, (100, 100)) == (
        beam,
        ["The beam in the header is narrower than a pixel; --beam replaces it."],
    )

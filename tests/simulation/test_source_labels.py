"""The rules of the classes, row by row."""

import numpy as np
import pytest
from true_fields import BEAM, RMS, SCALE, FlatLevel, Look, make_field, point, with_look

from sciarada.core.taxonomy import DETECTION_CLASSES, FR_CLASSES, STRUCTURE_CLASSES
from sciarada.simulation.labels import (
    beams_across,
    detection_classes,
    fr_classes,
    rgz_classes,
    structure_classes,
)

ONE = np.array([1])


def test_beams_across_is_the_smaller_of_what_is_there_and_what_is_seen():
    size, extent = np.array([0.0, 60.0, 60.0, 60.0]), np.array([40.0, 20.0, 90.0, 0.0])
    across = beams_across(size, extent, np.array([1, 1, 1, 0]), 10.0)
    assert across.tolist() == [0.0, 2.0, 6.0, 6.0]


@pytest.mark.parametrize(
    ("islands", "across", "spoilt", "expected"),
    [
        (1, 0.0, False, "compact"),
        (1, 1.9, False, "compact"),
        (1, 2.0, False, "extended"),
        (0, 0.0, False, "compact"),
        (0, 5.0, False, "extended"),
        (2, 1.0, False, "extended-multisland"),
        (3, 9.0, False, "extended-multisland"),
        (3, 9.0, True, "flagged"),
        (1, 0.0, True, "flagged"),
    ],
)
def test_detection_classes(islands, across, spoilt, expected):
    found = detection_classes(np.array([islands]), np.array([across]), np.array([spoilt]))
    assert found.tolist() == [expected]
    assert expected in DETECTION_CLASSES


def test_rgz_classes():
    found = rgz_classes(np.array([1, 1, 2, 3, 4, 0]), np.array([1, 3, 2, 3, 5, 0]))
    assert found.tolist() == ["1C-1P", "1C-3P", "2C-2P", "3C-3P", "4C-5P", ""]


def test_a_class_of_fanaroff_and_riley_needs_three_beams_and_an_island():
    drawn = np.array(["FRII", "FRII", "FRI", "", "FRI"])
    found = fr_classes(drawn, np.array([2, 1, 0, 1, 1]), np.array([3.0, 2.9, 9.0, 9.0, 4.0]))
    assert found.tolist() == ["FRII", "", "", "", "FRI"]
    assert set(found) - {""} <= set(FR_CLASSES)


@pytest.mark.parametrize(
    ("drawn", "islands", "peaks", "across", "expected"),
    [
        ("edge_bright", 2, 3, 5.0, "edge_bright"),
        ("edge_bright", 1, 2, 2.5, "edge_bright"),
        ("edge_bright", 1, 1, 2.9, "cp_ellipse"),
        ("edge_bright", 1, 1, 3.0, "edge_bright"),
        ("edge_bright", 1, 1, 1.0, "cp_ellipse"),
        ("edge_bright", 0, 0, 9.0, ""),
        ("", 1, 1, 0.0, "cp_ellipse"),
        ("", 1, 1, 5.0, ""),
    ],
)
def test_structure_classes(drawn, islands, peaks, across, expected):
    found = structure_classes(
        np.array([drawn], dtype="U20"),
        np.array([islands]),
        np.array([peaks]),
        np.array([across]),
    )
    assert found.tolist() == [expected]
    assert expected in (*STRUCTURE_CLASSES, "")


def double(x, y, arcsec, peak, core=0.0):
    """Two points of the same peak, and a core between them."""
    half = arcsec / SCALE / 2
    return point(x - half, y, peak) + point(x + half, y, peak) + (point(x, y, core) if core else [])


def test_sources_whose_labels_follow_from_how_they_are_made():
    beam = np.sqrt(BEAM.major * BEAM.minor)
    shapes = [
        point(50, 50, 100),
        point(150, 50, 3.9),
        double(250, 50, 60, 30),
        double(350, 50, 60, 30, core=9),
        double(50, 150, 20, 30),
        double(150, 150, 60, 3.5),
        double(250, 150, 60, 3.5, core=50),
        [(350, 150, 400, 50.0, 40.0, 10.0)],
    ]
    field = make_field(
        (200, 400),
        shapes,
        [0, 0, 60, 60, 20, 60, 60, 50],
        fr=["", "", *["FRII"] * 5, ""],
        structure=["", "", *["symmetric_double"] * 5, "amorphous"],
    )
    assert 60 / beam > 3 > 20 / beam
    expected = [
        ("compact", "1C-1P", "", "cp_ellipse"),
        ("compact", "", "", ""),
        ("extended-multisland", "2C-2P", "FRII", "symmetric_double"),
        ("extended-multisland", "3C-3P", "FRII", "symmetric_double"),
        ("compact", "1C-2P", "", "cp_ellipse"),
        ("extended", "", "", ""),
        # Only the core is seen, as large as a point of its brightness.
        ("compact", "1C-1P", "", "cp_ellipse"),
        ("extended", "1C-1P", "", "amorphous"),
    ]
    columns = ("det_class", "rgz_class", "fr_class", "structure_class")
    found = [tuple(row) for row in zip(*(field.table[c].filled("") for c in columns), strict=True)]
    assert found == expected


def test_artefacts_on_a_source_flag_it_and_beside_it_are_spurious():
    clean = make_field((300, 300), [point(80, 80, 50), point(220, 220, 20)], [0, 0])

    def stripe(x, y):
        return 8 * RMS * ((np.abs(y - 80) < 4) & (x > 30) & (x < 200)) * np.ones_like(x)

    table = with_look(clean, Look(artefact=stripe)).table
    assert table["det_class"].tolist() == ["flagged", "compact", "spurious", "spurious"]
    assert (table["flags"] & 128 > 0).tolist() == [False, False, True, True]
    artefacts = table[2:]
    assert artefacts["morphology"].tolist() == ["artefact"] * 2
    assert artefacts["structure_class"].tolist() == ["artifact"] * 2
    for name in ("total_flux", "maj_axis", "dc_maj_axis", "las", "n_components", "rgz_class"):
        assert artefacts[name].mask.all()
    np.testing.assert_allclose(artefacts["peak_flux"], 8 * RMS, rtol=1e-5)
    np.testing.assert_allclose(artefacts["snr"], 8, rtol=1e-5)
    np.testing.assert_allclose(artefacts["y"], 80, atol=0.1)


@pytest.mark.parametrize(("snr", "count"), [(4.9, 0), (5.1, 1)])
def test_an_artefact_needs_a_peak_of_five_and_grows_to_three(snr, count):
    def bump(x, y):
        return snr * RMS * np.exp(-0.5 * ((x - 50) ** 2 + (y - 40) ** 2) / 5.0**2)

    table = make_field((100, 100), [point(80, 80, 9)], [0], Look(artefact=bump)).table
    assert len(table) == 1 + count
    if count:
        assert table["n_pix"][1] == pytest.approx(np.pi * 25 * 2 * np.log(snr / 3), rel=0.1)
        assert (table["x"][1], table["y"][1]) == pytest.approx((50, 40), abs=0.05)


def test_negative_artefacts_flag_sources_but_are_not_spurious():
    def hole(x, y):
        return -20 * RMS * np.exp(-0.5 * ((x - 50) ** 2 + (y - 40) ** 2) / 5.0**2)

    table = make_field((100, 100), [point(50, 40, 30)], [0], Look(artefact=hole)).table
    assert table["det_class"].tolist() == ["flagged"]


def test_artefacts_count_in_units_of_the_noise_where_they_are():
    class Falling(FlatLevel):
        """Twice the rms on the left of half of it."""

        def at(self, x, y):
            return np.where(np.asarray(x) + 0 * np.asarray(y) < 600, 2 * RMS, RMS / 2)

        def over(self, window):
            x, y = np.arange(window.x0, window.x1), np.arange(window.y0, window.y1)
            return self.at(x, y[:, None]).astype(np.float32)

    def stripe(x, y):
        return 4 * RMS * (np.abs(y - 40) < 5) * np.ones_like(x)

    table = make_field(
        (100, 1200), [point(80, 80, 30)], [0], Look(level=Falling(), artefact=stripe)
    ).table
    assert table["det_class"].tolist() == ["compact", "spurious"]
    assert (table["x_min"][1], table["x_max"][1]) == (600, 1199)
    assert table["snr"][1] == pytest.approx(8)


def test_an_artefact_smaller_than_half_a_beam_is_not_taken_for_a_source():
    def pixel(x, y):
        return 9.0 * RMS * ((x == 50) & (y == 40))

    assert len(make_field((100, 100), [point(80, 80, 9)], [0], Look(artefact=pixel)).table) == 1

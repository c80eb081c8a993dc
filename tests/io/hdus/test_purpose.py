"""What an image is for, by its names and its unit."""

import pytest
from astropy.io import fits

from sciarada.io.hdus.purpose import purpose


def of(**cards):
    return purpose(fits.Header({"BITPIX": -32, **cards}))


@pytest.mark.parametrize(
    "name",
    ["SCI", "IMAGE", "I", "STOKES_I", "DATA", "PRIMARY", "SIGNAL", "SCI_PB_CORRECTED",
     "IMAGE.PBCOR", "PB-COR", "MASKED", "WEIGHTED", "NOISELESS", "CONTINUUM",
     "BACKGROUND SUBTRACTED", "SCI-MODELSUB", "RESOLUTION", "EXPERT",
     "COVENTRY", "SEGUE", "INTENSITY", "TOTAL"],
)  # fmt: skip
def test_names_of_skies(name):
    assert of(EXTNAME=name) == ""
    assert of(BTYPE=name) == ""


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("a weight map", ["WEIGHT", "weights", "WHT", "SCI_WEIGHT", "WEIGHT-MAP", "IVAR"]),
        ("a mask", ["MASK", "DQ", "CLEAN_MASK", "FLAGS", "MASK1", "BPM"]),
        ("a noise map", ["ERR", "ERROR", "RMS", "RMSMAP", "NOISE MAP", "I_RMS", "VARIANCE"]),
        ("a coverage map", ["COVERAGE", "COV", "EXPOSURE", "EXPTIME", "NHITS"]),
        ("a primary beam map", ["PB", "PRIMARY BEAM", "primary_beam", "SENSITIVITY"]),
        ("a dirty or synthesized beam", ["PSF", "BEAM", "DIRTY BEAM"]),
        ("a map of labels", ["SEGMENTATION", "SEGM", "LABELS"]),
        ("a background map", ["BKG", "BACKGROUND"]),
        ("a model", ["MODEL", "MODEL_IMAGE"]),
        ("a residual map", ["RESIDUAL"]),
    ],
)  # fmt: skip
def test_names_of_other_maps(what, names):
    for name in names:
        for key in ("EXTNAME", "EXTTYPE", "BTYPE"):
            assert of(**{key: name}) == what, name


@pytest.mark.parametrize(
    ("cards", "what"),
    [
        ({"HDUCLASS": "ESO", "HDUCLAS1": "IMAGE", "HDUCLAS2": "DATA"}, ""),
        ({"HDUCLASS": "ESO", "HDUCLAS1": "IMAGE", "HDUCLAS2": "ERROR"}, "a noise map"),
        ({"HDUCLAS2": "QUALITY", "HDUCLAS3": "FLAG32BIT"}, "a mask"),
        ({"BUNIT": "Jy/beam"}, ""),
        ({"BUNIT": "K"}, ""),
        ({"BUNIT": "MJy/sr"}, ""),
        ({"BUNIT": "counts"}, ""),
        ({"BUNIT": "beam2 Jy-2"}, "a weight map"),
        ({"BUNIT": "1/Jy**2"}, "a weight map"),
        ({"BUNIT": "Jy2 beam-2"}, "a noise map"),
        ({"BUNIT": "(Jy/beam)**2"}, "a noise map"),
        ({"BUNIT": "1/(Jy/bm)^2"}, "a weight map"),
        ({"BUNIT": "s"}, "a coverage map"),
        ({"BUNIT": "%"}, "a map without a unit"),
        ({"BITPIX": 16}, "a map of whole numbers without a unit"),
        ({"BITPIX": 16, "BSCALE": 1e-5}, ""),
        ({"BITPIX": 16, "BUNIT": "Jy/beam"}, ""),
    ],
)
def test_other_signs(cards, what):
    assert of(**cards) == what

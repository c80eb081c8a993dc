"""SAOImage DS9 itself, on a screen that nobody sees."""

import csv

import numpy as np
import pytest
from astropy.io import fits
from catalogue_samples import CENTRE, CLASSES, SHAPE, field_wcs, realistic_catalogue
from outside import need, run
from regions import EllipsePixelRegion, PolygonSkyRegion, Regions

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.class_colours import class_colours
from sciarada.io.regions import write_component_regions, write_source_regions
from sciarada.io.tables import write_catalogue


@pytest.fixture
def ds9(screen):
    need("ds9")
    return lambda *arguments: run("ds9", *arguments, "-exit", env=screen)


IN_ICRS = ("-regions", "system", "wcs", "-regions", "sky", "icrs", "-regions", "skyformat")


def test_source_regions_come_back_from_ds9(ds9, sample, products, tmp_path):
    saved = tmp_path / "out.reg"
    ds9(
        *("-fits", products / "image.fits", "-regions", "load", products / "sources.reg"),
        *(*IN_ICRS, "degrees", "-regions", "save", saved),
    )
    drawn = Regions.read(saved, format="ds9")
    ours = Regions.read(products / "sources.reg", format="ds9")
    colours = class_colours(CLASSES)
    assert len(drawn) == len(sample)
    for region, expected, source in zip(drawn, ours, sample.sources, strict=True):
        assert isinstance(region, PolygonSkyRegion)
        separation = region.vertices.separation(expected.vertices).arcsec
        assert separation.max() < 0.01
        assert region.meta["text"] == source["source_name"]
        assert region.meta["tag"] == [source["class_name"]]
        assert region.visual["facecolor"] == colours[source["class_name"]]


@pytest.mark.parametrize("parity", [1, -1], ids=["sky", "mirrored"])
@pytest.mark.parametrize("rotation", [0.0, 65.0])
def test_ds9_draws_components_at_half_maximum_along_their_position_angle(
    parity, rotation, ds9, tmp_path
):
    """DS9's pixels against the WCS: the ends of the major axis, half the FWHM from the centre."""
    wcs = field_wcs(rotation, parity)
    fits.writeto(tmp_path / "image.fits", np.zeros(SHAPE, np.float32), wcs.to_header())
    ra, dec = CENTRE
    pos_ang = np.array([0.0, 35.0, 90.0, 160.0])
    count = len(pos_ang)
    catalogue = SourceCatalogue.from_columns(
        {"source_id": [1], "ra": [ra], "dec": [dec]},
        {
            "component_id": np.arange(1, count + 1),
            "source_id": np.ones(count, int),
            "ra": np.full(count, ra),
            "dec": np.full(count, dec),
            "maj_axis": np.full(count, 60.0),
            "min_axis": np.full(count, 20.0),
            "pos_ang": pos_ang,
        },
    )
    write_component_regions(catalogue, tmp_path / "components.reg")
    ds9(
        *("-fits", tmp_path / "image.fits", "-regions", "load", tmp_path / "components.reg"),
        *("-regions", "system", "image", "-regions", "save", tmp_path / "out.reg"),
    )
    drawn = Regions.read(tmp_path / "out.reg", format="ds9")
    assert len(drawn) == count
    x0, y0 = wcs.world_to_pixel_values(ra, dec)
    for region, angle in zip(drawn, np.radians(pos_ang), strict=True):
        assert isinstance(region, EllipsePixelRegion)
        assert region.center.x == pytest.approx(x0, abs=0.01)
        assert region.center.y == pytest.approx(y0, abs=0.01)
        # In pixels of 2", full axes of 60" and 20".
        assert region.width == pytest.approx(30.0, abs=0.05)
        assert region.height == pytest.approx(10.0, abs=0.05)
        north, east = 30.0 * np.cos(angle) / 3600, 30.0 * np.sin(angle) / 3600
        end = wcs.world_to_pixel_values(ra + east / np.cos(np.radians(dec)), dec + north)
        turn = np.degrees(np.arctan2(end[1] - y0, end[0] - x0))
        assert (region.angle.to_value("deg") - turn + 90) % 180 == pytest.approx(90, abs=0.2)


def test_region_files_without_sources_are_read(ds9, products, tmp_path):
    write_source_regions(SourceCatalogue.empty(), tmp_path / "empty.reg")
    ds9(
        *("-fits", products / "image.fits", "-regions", "load", tmp_path / "empty.reg"),
        *("-regions", "save", tmp_path / "out.reg"),
    )
    assert (tmp_path / "out.reg").exists()


def test_crosses_and_odd_names_are_read(ds9, products, tmp_path):
    catalogue = realistic_catalogue(3).with_columns(
        s_region=[None] * 3, class_name=["a {b}", "c#d;e", None]
    )
    write_source_regions(catalogue, tmp_path / "odd.reg")
    ds9(
        *("-fits", products / "image.fits", "-regions", "load", tmp_path / "odd.reg"),
        *(*IN_ICRS, "degrees", "-regions", "save", tmp_path / "out.reg"),
    )
    drawn = Regions.read(tmp_path / "out.reg", format="ds9")
    assert [region.meta["tag"] for region in drawn] == [["a (b)"], ["c#d,e"], ["unclassified"]]
    assert [region.meta["text"] for region in drawn] == catalogue.sources["source_name"].tolist()


def test_the_catalogue_tool_reads_fits(ds9, sample, products, tmp_path):
    exported = tmp_path / "out.tsv"
    ds9(
        *("-fits", products / "image.fits", "-catalog", "import", "fits"),
        *(products / "catalogue.fits", "-catalog", "export", "tsv", exported),
    )
    with exported.open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert [row["source_name"] for row in rows] == sample.sources["source_name"].tolist()
    for name in ("ra", "dec"):
        values = [float(row[name]) for row in rows]
        np.testing.assert_allclose(values, sample.sources[name], atol=1e-6)


def test_the_catalogue_tool_survives_the_longest_outlines(ds9, products, tmp_path):
    """DS9 8.4 dies of text wider than 128 characters in the table it imports."""
    numbers = " ".join(f"{187.5 + i / 1e4:.7f} {-45 - i / 1e4:.7f}" for i in range(48))
    outlines = [f"POLYGON ICRS {numbers}"] * 3
    catalogue = realistic_catalogue(3).with_columns(s_region=outlines, image_id=["i" * 128] * 3)
    write_catalogue(catalogue, tmp_path / "c.fits")
    ds9(
        *("-fits", products / "image.fits", "-catalog", "import", "fits", tmp_path / "c.fits"),
        *("-catalog", "export", "tsv", tmp_path / "out.tsv"),
    )
    assert len((tmp_path / "out.tsv").read_text().splitlines()) == 4

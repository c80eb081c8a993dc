import time

import astropy.units as u
import numpy as np
import pytest
from catalogue_samples import CLASSES, field_wcs, realistic_catalogue
from regions import EllipseSkyRegion, PointSkyRegion, PolygonSkyRegion, Regions

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.class_colours import COLOURS, class_colours
from sciarada.errors import CatalogueError, OutputError
from sciarada.io.regions import write_component_regions, write_source_regions

SQUARE = "POLYGON ICRS 10 -1 10.1 -1 10.1 1e-3 10 1E-3"


def one_source(**columns):
    position = {"source_id": [1], "ra": [10.0], "dec": [-1.0], "s_region": [SQUARE]}
    component = {"component_id": [1], "source_id": [1], "ra": [10.0], "dec": [-1.0]}
    return SourceCatalogue.from_columns({**position, **columns}, component)


def lines_of(path):
    return path.read_text().splitlines()[3:]


def test_sources_are_polygons_with_name_class_and_colour(tmp_path):
    catalogue = realistic_catalogue()
    write_source_regions(catalogue, tmp_path / "s.reg")
    drawn = Regions.read(tmp_path / "s.reg", format="ds9")
    outlined = ~catalogue.sources["s_region"].mask
    assert outlined.all()
    colours = class_colours(CLASSES)
    for region, source in zip(drawn, catalogue.sources, strict=True):
        assert isinstance(region, PolygonSkyRegion)
        assert region.vertices.frame.name == "icrs"
        numbers = np.array(source["s_region"].split()[2:], float)
        np.testing.assert_allclose(region.vertices.ra.deg, numbers[::2], atol=1e-9)
        np.testing.assert_allclose(region.vertices.dec.deg, numbers[1::2], atol=1e-9)
        assert region.meta["text"] == source["source_name"]
        assert region.meta["tag"] == [source["class_name"]]
        assert region.visual["facecolor"] == colours[source["class_name"]]


def test_component_radii_are_half_the_fwhm(tmp_path):
    """Peers draw ellipses at twice the FWHM by putting the FWHM where the radius goes."""
    catalogue = realistic_catalogue()
    write_component_regions(catalogue, tmp_path / "c.reg")
    drawn = Regions.read(tmp_path / "c.reg", format="ds9")
    for region, component in zip(drawn, catalogue.components, strict=True):
        assert isinstance(region, EllipseSkyRegion)
        # The package's width and height are full axes.
        assert region.width.to_value(u.arcsec) == pytest.approx(component["maj_axis"], abs=1e-3)
        assert region.height.to_value(u.arcsec) == pytest.approx(component["min_axis"], abs=1e-3)
        turn = (region.angle.to_value(u.deg) - component["pos_ang"]) % 180
        assert turn == pytest.approx(90, abs=1e-2)
        owner = catalogue.sources["source_name"][component["source_id"] - 1]
        assert region.meta["tag"] == [owner]


def test_the_drawn_ellipse_is_the_half_maximum_contour(tmp_path):
    """Against the Gaussian itself: the contour's farthest point lies along the position angle."""
    wcs = field_wcs(rotation=25.0)
    ra, dec = (float(value) for value in wcs.wcs.crval)
    columns = {"component_id": [1], "source_id": [1], "ra": [ra], "dec": [dec]}
    columns |= {"maj_axis": [40.0], "min_axis": [16.0], "pos_ang": [35.0]}
    catalogue = SourceCatalogue.from_columns({"source_id": [1], "ra": [ra], "dec": [dec]}, columns)
    write_component_regions(catalogue, tmp_path / "c.reg")
    (region,) = Regions.read(tmp_path / "c.reg", format="ds9")
    mask = region.to_pixel(wcs).to_mask(mode="center").to_image((600, 640)).astype(bool)
    y, x = np.nonzero(mask)
    far_ra, far_dec = wcs.pixel_to_world_values(x, y)
    east = (far_ra - ra) * np.cos(np.radians(dec)) * 3600
    north = (far_dec - dec) * 3600
    farthest = np.argmax(np.hypot(east, north))
    assert np.hypot(east, north)[farthest] == pytest.approx(20.0, abs=2.0)
    angle = np.degrees(np.arctan2(east[farthest], north[farthest])) % 180
    assert angle == pytest.approx(35.0, abs=6.0)


@pytest.mark.parametrize("write", [write_source_regions, write_component_regions])
def test_a_file_without_sources_still_has_its_header(write, tmp_path):
    write(SourceCatalogue.empty(), tmp_path / "x.reg")
    lines = (tmp_path / "x.reg").read_text().splitlines()
    assert lines[0].startswith("# Region file format: DS9")
    assert lines[1].startswith("global ")
    assert lines[2:] == ["icrs"]
    assert len(Regions.read(tmp_path / "x.reg", format="ds9")) == 0


def test_braces_do_not_end_the_text_early(tmp_path):
    catalogue = one_source(source_name=["A{1}"], class_name=["odd}{"])
    write_source_regions(catalogue, tmp_path / "s.reg")
    (region,) = Regions.read(tmp_path / "s.reg", format="ds9")
    assert region.meta["text"] == "A(1)"
    assert region.meta["tag"] == ["odd)("]


@pytest.mark.parametrize("classes", [{}, {"class_name": [None]}])
def test_without_a_class_sources_are_tagged_unclassified(classes, tmp_path):
    write_source_regions(one_source(**classes), tmp_path / "s.reg")
    (line,) = lines_of(tmp_path / "s.reg")
    assert line.endswith(f"color={COLOURS[0]} text={{SCI J004000.0-010000}} tag={{unclassified}}")


def test_what_has_no_shape_is_drawn_as_a_cross(tmp_path):
    catalogue = one_source(s_region=[None])
    for write in (write_source_regions, write_component_regions):
        write(catalogue, tmp_path / "x.reg", overwrite=True)
        (line,) = lines_of(tmp_path / "x.reg")
        assert line.startswith("point(10.00000000,-1.00000000) # point=x ")
        (region,) = Regions.read(tmp_path / "x.reg", format="ds9")
        assert isinstance(region, PointSkyRegion)


@pytest.mark.parametrize(
    "outline",
    [
        "CIRCLE ICRS 10 -1 0.1",
        "POLYGON FK5 10 -1 10.1 -1 10.1 0",
        "POLYGON ICRS 10 -1 10.1 -1",
        "POLYGON ICRS 10 -1 10.1 -1 10.1",
        "POLYGON ICRS 10 -1 10.1 -1 10.1 nan",
        "POLYGON ICRS 10 -1 10.1 -1 10.1 0) # color=red",
    ],
)
def test_an_outline_that_ds9_would_hang_on_is_refused(outline, tmp_path):
    with pytest.raises(CatalogueError, match=r"s_region of SCI J004000\.0-010000 is not 'POLYGON"):
        write_source_regions(one_source(s_region=[outline]), tmp_path / "s.reg")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_refused(tmp_path):
    (tmp_path / "s.reg").write_text("precious")
    with pytest.raises(OutputError, match="exists already"):
        write_source_regions(one_source(), tmp_path / "s.reg")
    assert (tmp_path / "s.reg").read_text() == "precious"


def test_two_thousand_polygons_take_a_fraction_of_a_second(tmp_path):
    catalogue = realistic_catalogue(2_000)
    start = time.process_time()
    write_source_regions(catalogue, tmp_path / "s.reg")
    assert time.process_time() - start < 0.5

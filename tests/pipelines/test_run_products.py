"""Every file of the contract after a run: there, openable, and in agreement with the others."""

import hashlib
import json
import re

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from astropy.wcs import WCS
from fields import FREQUENCY, PRODUCTS, SIGMA
from matplotlib.image import imread
from skies import BEAM, gaussian

from sciarada.core.schema import Flag
from sciarada.io.tables import read_catalogue

MAPS = ("segmentation", "rms", "background", "residual")


@pytest.fixture(scope="module")
def maps(finished) -> dict[str, np.ndarray]:
    return {name: fits.getdata(finished.out / f"{name}.fits") for name in MAPS}


@pytest.fixture(scope="module")
def sources(finished) -> Table:
    return finished.catalogue.sources


def test_every_file_of_the_contract_is_there_and_no_other(finished):
    parquet = {"catalogue.parquet", "catalogue.components.parquet"}
    assert {path.name for path in finished.out.iterdir()} == PRODUCTS | parquet
    assert [path.name for path in finished.out.parent.iterdir()] == ["field_sciarada"]


def test_what_was_put_in_is_found(field, sources):
    bright = field.truth[field.truth[:, 2] > 8]
    truth = SkyCoord(field.wcs.pixel_to_world(bright[:, 0], bright[:, 1]))
    found = SkyCoord(sources["ra"].filled(0), sources["dec"].filled(0), unit="deg")
    place, apart, _ = truth.match_to_catalog_sky(found)
    matched = apart.arcsec < 4
    assert matched.mean() > 0.9
    assert len(sources) < 1.15 * len(field.truth)
    area = bright[:, 3] * bright[:, 4] / (BEAM.major * BEAM.minor)
    ratio = np.asarray(sources["total_flux"])[place] / (bright[:, 2] * SIGMA * area)
    assert np.median(ratio[matched]) == pytest.approx(1, abs=0.05)
    assert (np.abs(ratio[matched] - 1) < 0.5).mean() > 0.9


@pytest.mark.parametrize("suffix", ["fits", "vot", "ecsv", "parquet"])
def test_catalogues_hold_what_the_run_returned(finished, suffix):
    read = read_catalogue(finished.out / f"catalogue.{suffix}")
    for ours, theirs in (
        (finished.catalogue.sources, read.sources),
        (finished.catalogue.components, read.components),
    ):
        assert ours.colnames == theirs.colnames
        for name in ours.colnames:
            np.testing.assert_array_equal(np.ma.getmaskarray(ours[name]), theirs[name].mask)
            keep = ~np.ma.getmaskarray(ours[name])
            np.testing.assert_array_equal(ours[name][keep], theirs[name][keep], err_msg=name)


def test_the_fits_catalogue_is_sound(finished):
    with fits.open(finished.out / "catalogue.fits", checksum=True) as hdus:
        hdus.verify("exception")
        assert [hdu.name for hdu in hdus[1:3]] == ["SOURCES", "COMPONENTS"]
        assert all("CHECKSUM" in hdu.header and "DATASUM" in hdu.header for hdu in hdus[1:])
    parse(finished.out / "catalogue.vot", verify="exception")


@pytest.mark.parametrize("name", MAPS)
def test_maps_lie_on_the_image_and_keep_its_beam(finished, field, name):
    with fits.open(finished.out / f"{name}.fits") as hdus:
        hdus.verify("exception")
        (hdu,) = hdus
        assert hdu.shape == field.data.shape
        assert hdu.header["BITPIX"] == (32 if name == "segmentation" else -32)
        assert hdu.header["BUNIT"].strip() == ("" if name == "segmentation" else "Jy/beam")
        assert hdu.header["BMAJ"] * 3600 == pytest.approx(BEAM.major)
        assert hdu.header["BMIN"] * 3600 == pytest.approx(BEAM.minor)
        assert hdu.header["BPA"] == pytest.approx(BEAM.pa)
        assert hdu.header["RESTFRQ"] == FREQUENCY
        wcs = WCS(hdu.header)
    y, x = np.mgrid[: field.data.shape[0] : 100, : field.data.shape[1] : 100]
    theirs, ours = wcs.pixel_to_world(x, y), field.wcs.pixel_to_world(x, y)
    assert ours.separation(theirs).arcsec.max() < 1e-4


def test_labels_are_the_numbers_of_the_sources(maps, sources):
    labels, counts = np.unique(maps["segmentation"], return_counts=True)
    assert labels[0] == 0
    np.testing.assert_array_equal(labels[1:], sources["source_id"])
    np.testing.assert_array_equal(counts[1:], sources["n_pix"])
    for row in sources:
        y, x = np.nonzero(maps["segmentation"] == row["source_id"])
        assert (y.min(), y.max(), x.min(), x.max()) == (
            row["y_min"],
            row["y_max"],
            row["x_min"],
            row["x_max"],
        )


def test_the_residual_is_the_image_without_background_and_components(finished, field, maps):
    left = field.data - maps["background"]
    reach = 45
    for row in finished.catalogue.components:
        box = tuple(
            slice(max(0, round(v) - reach), min(side, round(v) + reach))
            for v, side in zip((row["y"], row["x"]), left.shape, strict=True)
        )
        left[box] -= gaussian(
            field.wcs.slice(box),
            left[box].shape,
            *(row[name] for name in ("ra", "dec", "peak_flux", "maj_axis", "min_axis", "pos_ang")),
        )
    np.testing.assert_allclose(maps["residual"], left, atol=0.02 * SIGMA)
    assert np.std(maps["residual"]) == pytest.approx(SIGMA, rel=0.05)


def test_the_noise_maps_are_those_of_the_catalogue(maps, sources, field):
    assert np.median(maps["rms"]) == pytest.approx(SIGMA, rel=0.06)
    assert np.abs(maps["background"]).max() < SIGMA
    peaks = field.wcs.world_to_pixel(
        SkyCoord(sources["ra_peak"].filled(0), sources["dec_peak"].filled(0), unit="deg")
    )
    x, y = (np.rint(v).astype(int) for v in peaks)
    np.testing.assert_allclose(maps["rms"][y, x], sources["local_rms"], rtol=0.02)


def test_names_and_numbers_are_in_order(finished):
    sources, components = finished.catalogue.sources, finished.catalogue.components
    np.testing.assert_array_equal(sources["source_id"], np.arange(1, len(sources) + 1))
    np.testing.assert_array_equal(components["component_id"], np.arange(1, len(components) + 1))
    assert (np.diff(sources["island_id"]) >= 0).all()
    assert (np.diff(components["source_id"]) >= 0).all()
    assert set(components["source_id"]) <= set(sources["source_id"])
    counts = np.bincount(components["source_id"], minlength=len(sources) + 1)[1:]
    np.testing.assert_array_equal(counts, sources["n_components"])
    islands = dict(zip(sources["source_id"], sources["island_id"], strict=True))
    assert all(islands[row["source_id"]] == row["island_id"] for row in components)
    names = list(sources["source_name"])
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"SCI J\d{6}\.\d[+-]\d{6}[a-z]*", name) for name in names)


def test_the_run_is_on_record(finished, field_path):
    run = json.loads((finished.out / "run.json").read_text())
    returned = json.loads(json.dumps(finished.run))
    manifest = {name: run.pop(name) for name in ("files", "record_sha256")}
    assert run == returned
    assert {entry["name"] for entry in manifest["files"]} | {"run.json"} >= PRODUCTS
    stages = ["background", "islands", "scales", "measure", "artefacts", "products"]
    assert list(run["timings"]) == stages
    assert run["inputs"] == [
        {
            "image": str(field_path),
            "sha256": hashlib.sha256(field_path.read_bytes()).hexdigest(),
        }
    ]
    counts = run["counts"]
    assert counts["sources"] == len(finished.catalogue)
    assert counts["components"] == len(finished.catalogue.components)
    assert counts["islands"] == len(set(finished.catalogue.sources["island_id"]))
    assert counts["valid_pixels"] == 420 * 560
    flags = np.asarray(finished.catalogue.sources["flags"])
    assert counts["flags"]["BLENDED"] == (flags & Flag.BLENDED > 0).sum()
    assert run["thresholds"] == {"peak_sigma": 5.0, "grow_sigma": 3.0}
    assert run["image"]["shape"] == [420, 560]
    assert run["image"]["beam"]["maj_arcsec"] == pytest.approx(BEAM.major)
    assert run["rms"]["median"] == pytest.approx(SIGMA, rel=0.06)
    assert run["detector"]["name"] == "islands"
    assert {"sciarada", "numpy", "astropy", "plugins"} <= set(run["versions"])
    assert all(seconds >= 0 for seconds in run["timings"].values())
    assert not run["resumed"]


def test_the_catalogue_says_where_it_comes_from(finished, field_path):
    for suffix in ("fits", "vot", "ecsv"):
        meta = read_catalogue(finished.out / f"catalogue.{suffix}").meta
        assert meta["configuration"]["detector"] == "islands"
        assert meta["configuration_hash"] == finished.run["configuration_hash"]
        assert meta["inputs"][0]["sha256"] == finished.run["inputs"][0]["sha256"]


def test_regions_picture_and_report_are_there_to_be_opened(finished):
    out = finished.out
    polygons = [
        line for line in (out / "sources.reg").read_text().splitlines() if "polygon" in line
    ]
    assert len(polygons) == len(finished.catalogue)
    ellipses = [
        line for line in (out / "components.reg").read_text().splitlines() if "ellipse" in line
    ]
    assert len(ellipses) == len(finished.catalogue.components)
    picture = imread(out / "preview.png")
    assert min(picture.shape[:2]) > 300
    assert picture[..., :3].std() > 0.02
    page = (out / "report.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html")
    assert str(len(finished.catalogue)) in page
    assert not re.search(r"""(src|href)=["']https?://[^"']+\.(js|css|png)""", page)

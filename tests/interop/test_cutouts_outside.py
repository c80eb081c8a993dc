"""Cutouts and embeddings in STILTS and DS9 themselves."""

import csv
import io

import numpy as np
import pytest
from astropy.io import fits
from outside import need, run
from regions import RectanglePixelRegion, Regions

import sciarada as sc
from sciarada.core.embeddings import Embeddings
from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import COLUMNS, CutoutSet
from sciarada.cutouts.table_files import write_cutout_regions, write_cutouts
from sciarada.io.embeddings import write_embeddings
from sciarada.io.fits_image import read_image


def make_image(folder, turn: float, mirror: int) -> SkyImage:
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    header = fits.Header(
        {
            "CTYPE1": "RA---SIN",
            "CTYPE2": "DEC--SIN",
            "CRVAL1": 187.5,
            "CRVAL2": -45.25,
            "CRPIX1": 100.0,
            "CRPIX2": 80.0,
            "CDELT1": -mirror * 2.0 / 3600,
            "CDELT2": 2.0 / 3600,
            "PC1_1": c,
            "PC1_2": -s,
            "PC2_1": s,
            "PC2_2": c,
            "BUNIT": "Jy/beam",
        }
    )
    path = folder / "image.fits"
    fits.writeto(path, np.ones((150, 200), np.float32), header)
    return read_image(path)


@pytest.fixture
def cutouts(tmp_path) -> CutoutSet:
    image = make_image(tmp_path, 0.0, 1)
    ra, dec = image.pixel_to_sky([30.0, 90.0, 140.0], [40.0, 80.0, 100.0])
    return CutoutSet.from_positions(image, ra, dec, 21, ids=["one", "two", "three"])


def stilts(*arguments):
    need("stilts")
    return list(csv.DictReader(io.StringIO(run("stilts", *arguments))))


@pytest.mark.parametrize("name", ["fits", "vot"])
def test_stilts_shows_cutouts(name, cutouts, tmp_path):
    path = tmp_path / f"cutouts.{name}"
    write_cutouts(cutouts, path)
    shown = stilts(
        *("tpipe", f"in={path}", "cmd=meta name units ucd description", "omode=out", "ofmt=csv")
    )
    assert shown == [
        {"Name": c.name, "Units": c.unit or "", "UCD": c.ucd, "Description": c.description}
        for c in COLUMNS
    ]
    rows = stilts("tpipe", f"in={path}", "ofmt=csv")
    assert [row["cutout_id"] for row in rows] == ["one", "two", "three"]
    assert [float(row["ra"]) for row in rows] == cutouts.ra.tolist()


@pytest.mark.parametrize("name", ["fits", "vot"])
def test_stilts_works_with_the_vectors_of_embeddings(name, tmp_path):
    vectors = np.arange(12, dtype=np.float32).reshape(3, 4) / 8
    write_embeddings(Embeddings(["a", "b", "c"], vectors), tmp_path / f"embeddings.{name}")
    rows = stilts(
        *("tpipe", f"in={tmp_path / f'embeddings.{name}'}", "ofmt=csv"),
        "cmd=addcol total sum(embedding); addcol width size(embedding); delcols embedding",
    )
    assert rows == [
        {"cutout_id": key, "total": str(total), "width": "4"}
        for key, total in zip("abc", vectors.sum(axis=1).tolist(), strict=True)
    ]


@pytest.mark.parametrize("name", ["fits", "vot"])
def test_stilts_plots_the_map_of_features_and_matches_their_positions(name, cutouts, tmp_path):
    path, picture = tmp_path / f"features.{name}", tmp_path / "map.png"
    sc.embed(cutouts, weights="shape", out=path)
    how = ("plot2plane", "layer1=mark", f"in1={path}", "x1=map_x", "y1=map_y", f"out={picture}")
    need("stilts")
    run("stilts", *how, "omode=out")
    assert picture.read_bytes().startswith(b"\x89PNG")
    columns = ["cutout_id", "embedding_id", "ra", "dec", "image", "map_x", "map_y", "embedding"]
    shown = stilts(*("tpipe", f"in={path}", "cmd=meta name units ucd", "omode=out", "ofmt=csv"))
    assert [row["Name"] for row in shown] == columns
    assert all(row["UCD"] for row in shown)
    rows = stilts("tpipe", f"in={path}", "cmd=delcols embedding", "ofmt=csv")
    assert [float(row["ra"]) for row in rows] == cutouts.ra.tolist()
    assert [row["embedding_id"] for row in rows] == ["0", "1", "2"]


def test_votlint_finds_nothing_wrong(cutouts, tmp_path):
    need("stilts")
    write_cutouts(cutouts, tmp_path / "cutouts.vot")
    write_embeddings(Embeddings([1, 2], np.ones((2, 3))), tmp_path / "embeddings.vot")
    for path in ("cutouts.vot", "embeddings.vot"):
        assert run("stilts", "votlint", tmp_path / path) == ""


@pytest.mark.parametrize("mirror", [1, -1], ids=["sky", "mirrored"])
@pytest.mark.parametrize("turn", [0.0, 65.0])
def test_ds9_draws_the_boxes_on_the_pixels(turn, mirror, screen, tmp_path):
    need("ds9")
    image = make_image(tmp_path, turn, mirror)
    ra, dec = image.pixel_to_sky([60.0, 120.0], [50.0, 90.0])
    write_cutout_regions(CutoutSet.from_positions(image, ra, dec, 21), tmp_path / "cutouts.reg")
    run(
        *("ds9", "-fits", image.path, "-regions", "load", tmp_path / "cutouts.reg"),
        *("-regions", "system", "image", "-regions", "save", tmp_path / "out.reg", "-exit"),
        env=screen,
    )
    drawn = Regions.read(tmp_path / "out.reg", format="ds9")
    assert len(drawn) == 2
    for box, x, y in zip(drawn, [60.0, 120.0], [50.0, 90.0], strict=True):
        assert isinstance(box, RectanglePixelRegion)
        assert (box.center.x, box.center.y) == pytest.approx((x, y), abs=0.01)
        assert (box.width, box.height) == pytest.approx((21, 21), rel=1e-3)
        turned = (box.angle.to_value("deg") + 45) % 90 - 45
        assert turned == pytest.approx(0, abs=0.05)

"""Images with nothing in them, or little more than nothing, give valid products."""

import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse
from fields import PRODUCTS, SIGMA, Field, make_field
from matplotlib.image import imread
from skies import BEAM, PIXEL, gaussian, place, tan_wcs

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.pipelines.detect import DetectResult, run_detect

SHAPE = (120, 150)


def assert_valid(result: DetectResult, shape: tuple[int, int]) -> None:
    """Assert that every file is there, can be opened and agrees with the catalogue."""
    out, count = result.out, len(result.catalogue)
    assert {path.name for path in out.iterdir()} == PRODUCTS
    for suffix in ("fits", "vot", "ecsv"):
        read = read_catalogue(out / f"catalogue.{suffix}")
        assert len(read) == count
        assert read.sources.colnames == result.catalogue.sources.colnames
        assert len(read.components) == len(result.catalogue.components)
    parse(out / "catalogue.vot", verify="exception")
    for name in ("segmentation", "rms", "background", "residual"):
        with fits.open(out / f"{name}.fits") as hdus:
            hdus.verify("exception")
            assert hdus[0].shape == shape
            if name == "segmentation":
                labels = np.unique(hdus[0].data)
    assert sorted(set(labels) - {0}) == list(result.catalogue.sources["source_id"])
    for name in ("sources.reg", "components.reg"):
        assert (out / name).read_text().startswith("# Region file format: DS9")
    assert imread(out / "preview.png").size
    assert (out / "report.html").stat().st_size > 500
    assert json.loads((out / "run.json").read_text())["counts"]["sources"] == count


def run(data: np.ndarray, folder, settings: DetectSettings | None = None, **cards) -> DetectResult:
    path = Field(data, tan_wcs(data.shape), np.empty((0, 6))).write(folder / "image.fits", **cards)
    return run_detect(read_image(path), folder / "out", settings or DetectSettings(workers=1))


def test_noise_alone_gives_no_sources(tmp_path):
    field = make_field(SHAPE, sources=False, seed=91)
    result = run(field.data, tmp_path, DetectSettings(workers=1, options=("peak_sigma=7",)))
    assert len(result.catalogue) == 0
    assert_valid(result, SHAPE)
    np.testing.assert_allclose(
        fits.getdata(result.out / "residual.fits"),
        field.data - fits.getdata(result.out / "background.fits"),
        atol=1e-3 * SIGMA,
    )


@pytest.mark.parametrize(
    "data",
    [
        np.full(SHAPE, np.nan),
        np.zeros(SHAPE),
        np.full(SHAPE, 3e-3),
        np.arange(40.0).reshape(1, 40),
    ],
    ids=["all nan", "zeros", "constant", "one row"],
)
def test_images_that_show_nothing_give_valid_products(tmp_path, data):
    result = run(data, tmp_path)
    assert len(result.catalogue) == 0
    assert_valid(result, data.shape)


def test_the_catalogue_without_rows_has_all_columns_of_one_with_rows(tmp_path, finished):
    empty = run(np.full(SHAPE, np.nan), tmp_path).catalogue
    core = {name for name in finished.catalogue.sources.colnames if name in empty.sources.colnames}
    assert {"source_name", "ra", "total_flux", "flags", "s_region"} <= core
    for name in core:
        assert empty.sources[name].unit == finished.catalogue.sources[name].unit


@pytest.mark.parametrize("level", [1e-9, -0.5])
def test_an_image_without_noise_shows_its_sources(tmp_path, level):
    """A model image: sources on a constant have to be found without a warning."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    data = np.exp(-((y - 60) ** 2 + (x - 70) ** 2) / 2 / 3.0**2) + level
    result = run(data, tmp_path)
    assert_valid(result, SHAPE)
    assert len(result.catalogue) >= 1
    brightest = result.catalogue.sources[np.argmax(result.catalogue.sources["peak_flux"])]
    assert brightest["x"] == pytest.approx(70, abs=1)
    assert brightest["y"] == pytest.approx(60, abs=1)


def test_a_frame_of_missing_pixels_is_left_out(tmp_path):
    field = make_field((260, 300), seed=92)
    data = field.data.copy()
    data[:40] = data[-40:] = data[:, :40] = data[:, -40:] = np.nan
    result = run(data, tmp_path)
    assert_valid(result, data.shape)
    sources = result.catalogue.sources
    assert len(sources) > 3
    assert sources["x_min"].min() >= 40
    assert sources["y_max"].max() < 220
    assert np.isnan(fits.getdata(result.out / "residual.fits"))[:40].all()
    assert result.run["counts"]["valid_pixels"] == 180 * 220
    labels = fits.getdata(result.out / "segmentation.fits")
    assert (labels[~np.isfinite(data)] == 0).all()


def test_without_a_beam_there_are_sources_without_flux(tmp_path):
    field = make_field((260, 300), seed=92)
    header = field.wcs.to_header()
    header["BUNIT"] = "Jy/beam"
    fits.writeto(tmp_path / "nobeam.fits", field.data.astype(np.float32), header)
    result = run_detect(
        read_image(tmp_path / "nobeam.fits"), tmp_path / "out", DetectSettings(workers=1)
    )
    assert_valid(result, field.data.shape)
    sources, components = result.catalogue.sources, result.catalogue.components
    assert len(sources) > 5
    assert (np.asarray(sources["flags"]) & Flag.NO_BEAM).all()
    for name in ("total_flux", "mask_flux", "dc_maj_axis", "beam_maj", "freq"):
        assert sources[name].mask.all(), name
    assert components["total_flux"].mask.all()
    assert not sources["peak_flux"].mask.any()
    assert result.run["image"]["beam"] is None
    with fits.open(tmp_path / "out" / "rms.fits") as hdus:
        assert "BMAJ" not in hdus[0].header


@pytest.mark.parametrize("scales", [(), (4.0,), (3.0, 6.0)])
def test_masks_never_overlap_however_many_scales(tmp_path, scales):
    """A shell with points and a diffuse patch on it, each pixel with one owner."""
    field = make_field((300, 320), step=60, seed=93)
    y, x = np.mgrid[:300, :320]
    radius = np.hypot(y - 150, x - 160)
    shell = 5 * np.exp(-(((radius - 70) / 12) ** 2) / 2)
    patch = 4 * np.exp(-((y - 230) ** 2 + (x - 250) ** 2) / 2 / 20**2)
    result = run(
        field.data + SIGMA * (shell + patch), tmp_path, DetectSettings(workers=1, scales=scales)
    )
    assert_valid(result, field.data.shape)
    labels = fits.getdata(result.out / "segmentation.fits")
    counts = np.bincount(labels.ravel(), minlength=len(result.catalogue) + 1)[1:]
    np.testing.assert_array_equal(counts, result.catalogue.sources["n_pix"])


def diffuse_sky(height: float, x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a wide patch with noise, its height in sigma, and a point of 40 sigma at (x, y)."""
    shape = (400, 420)
    noise = make_field(shape, sources=False, seed=94).data
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    patch = np.exp(-((rows - 200) ** 2 + (columns - 210) ** 2) / 2 / 45.0**2)
    wcs = tan_wcs(shape)
    point = gaussian(wcs, shape, *place(wcs, x, y), 40.0, BEAM.major, BEAM.minor, BEAM.pa)
    return noise + SIGMA * (height * patch + point), height * SIGMA * patch


def test_diffuse_emission_is_one_source_and_a_point_on_it_stays(tmp_path):
    data, patch = diffuse_sky(3.0, 270, 200)
    result = run(data, tmp_path)
    diffuse, point = sorted(result.catalogue.sources, key=lambda row: -row["n_pix"])
    assert np.hypot(diffuse["x"] - 210, diffuse["y"] - 200) < 15
    assert diffuse["n_pix"] > 2000
    beam_pixels = np.pi * BEAM.major * BEAM.minor / 4 / np.log(2) / PIXEL**2
    labels = fits.getdata(result.out / "segmentation.fits")
    inside = labels == diffuse["source_id"]
    assert diffuse["mask_flux"] == pytest.approx(patch[inside].sum() / beam_pixels, rel=0.25)
    assert (point["x"], point["y"]) == pytest.approx((270, 200), abs=0.2)
    assert point["peak_flux"] == pytest.approx(40 * SIGMA, rel=0.1)


def test_a_point_on_bright_diffuse_emission_stays(tmp_path):
    data, _ = diffuse_sky(5.0, 222, 208)
    sources = run(data, tmp_path).catalogue.sources
    near = np.hypot(sources["x"] - 222, sources["y"] - 208) < 2
    assert near.sum() == 1
    assert sources["peak_flux"][near][0] == pytest.approx(40 * SIGMA, rel=0.15)

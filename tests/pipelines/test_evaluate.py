"""Catalogues whose scores are known by construction, through files and back."""

import itertools
import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from comparing import score_rows
from evaluation_samples import BEAM, COUNT, as_aegean, as_ours, as_pybdsf, found, truth
from PIL import Image
from skies import tan_wcs

from sciarada.errors import CatalogueError, OptionError, OutputError
from sciarada.evaluation.match_table import Outcome
from sciarada.evaluation.score_table import bin_name, chosen, finders_of, first_of
from sciarada.io.single_table import read_table
from sciarada.io.tables import write_catalogue
from sciarada.pipelines.evaluate import EvaluateSettings, run_evaluate
from sciarada.report.evaluation_pages import DETECTION_FILES


@pytest.fixture(scope="module")
def true():
    return truth()


@pytest.fixture(scope="module")
def files(true, tmp_path_factory):
    """A truth, two lists of others, and one of ours, better from one to the next."""
    folder = tmp_path_factory.mktemp("catalogues")
    write_catalogue(true, folder / "truth.fits")
    as_pybdsf(found(true, share=0.8, false=20)).write(folder / "pybdsf.fits")
    as_aegean(found(true, share=0.7, false=0)).write(folder / "aegean.vot", format="votable")
    write_catalogue(as_ours(found(true), true), folder / "ours.fits")
    return folder


@pytest.fixture(scope="module")
def result(files, tmp_path_factory):
    return run_evaluate(
        files / "ours.fits",
        files / "truth.fits",
        tmp_path_factory.mktemp("out") / "evaluation",
        compare={"PyBDSF": files / "pybdsf.fits", "Aegean": files / "aegean.vot"},
    )


def test_shares_are_those_that_were_put_in(result, true):
    bright = int((true.sources["snr"] >= 5).sum())
    assert finders_of(result.rows) == ["SCIARADA", "PyBDSF", "Aegean"]
    for finder, share, false in (("SCIARADA", 0.9, 9), ("PyBDSF", 0.8, 20), ("Aegean", 0.7, 0)):
        number = round(share * bright)
        completeness = first_of(result.rows, finder, "completeness")
        assert (completeness.value, completeness.count) == (number / bright, bright)
        assert completeness.low < completeness.value < completeness.high
        assert first_of(result.rows, finder, "reliability").value == number / (number + false)


def test_bins_add_up_to_the_whole(result):
    for finder in finders_of(result.rows):
        whole = first_of(result.rows, finder, "completeness")
        for quantity in ("snr", "flux", "size", "class"):
            bins = chosen(result.rows, finder, "completeness", quantity)
            assert sum(row.count for row in bins) == whole.count
            hits = sum(row.value * row.count for row in bins if row.count)
            assert hits == pytest.approx(whole.value * whole.count)


@pytest.mark.parametrize("quantity", ["snr", "flux", "size"])
def test_bins_join_at_their_edges(result, quantity):
    for finder in finders_of(result.rows):
        bins = chosen(result.rows, finder, "completeness", quantity)
        assert len(bins) > 3
        for below, above in itertools.pairwise(bins):
            assert below.bin_low < below.bin_high == above.bin_low
        for row in bins:
            high = row.bin_high if np.isfinite(row.bin_high) else np.inf
            assert row.bin_name.startswith(bin_name(row.bin_low, high))


def test_bins_count_the_true_sources_between_their_edges(result, true):
    snr = np.asarray(true.sources["snr"])
    for row in chosen(result.rows, "SCIARADA", "completeness", "snr"):
        high = row.bin_high if np.isfinite(row.bin_high) else np.inf
        assert row.count == np.sum((snr >= max(row.bin_low, 5)) & (snr < high))


def test_errors_are_as_honest_as_they_were_made(result):
    for finder in finders_of(result.rows):
        for name in ("total_flux", "ra", "dec"):
            scatter = first_of(result.rows, finder, f"{name}_pull_scatter")
            assert scatter.low < 1.05
            assert scatter.high > 0.95
        assert abs(first_of(result.rows, finder, "total_flux_bias").value) < 0.02


def test_differences_are_of_the_first_finder(result):
    rows = chosen(result.rows, "SCIARADA", "completeness_difference", "finder")
    assert [row.bin_name for row in rows] == ["SCIARADA - PyBDSF", "SCIARADA - Aegean"]
    of = {name: first_of(result.rows, name, "completeness").value for name in ("PyBDSF", "Aegean")}
    ours = first_of(result.rows, "SCIARADA", "completeness").value
    assert [row.value for row in rows] == pytest.approx([ours - of["PyBDSF"], ours - of["Aegean"]])
    assert rows[1].low > 0


def test_classes_of_found_sources_are_scored(result, true):
    # Ours calls everything compact.
    accuracy = first_of(result.rows, "SCIARADA", "class_accuracy")
    ours = result.matches[result.matches["finder"] == "SCIARADA"]
    pairs = ours[ours["outcome"] == Outcome.FOUND]
    assert accuracy.value == pytest.approx(np.mean(pairs["true_class_name"] == "compact"))
    assert first_of(result.rows, "PyBDSF", "class_accuracy") is None


def test_classes_are_ranked_one_by_one(result):
    """All were called compact, so the extended ones are right in none."""
    rows = chosen(result.rows, "SCIARADA", "class_average_precision", "class")
    areas = {row.bin_name: row.value for row in rows}
    assert areas["extended"] == 0
    recall = {
        row.bin_name: row.value for row in chosen(result.rows, "SCIARADA", "completeness", "class")
    }
    assert 0 < areas["compact"] < recall["compact"]
    mean = first_of(result.rows, "SCIARADA", "class_mean_average_precision")
    assert mean.value == pytest.approx(areas["compact"] / 2)
    assert not chosen(result.rows, "PyBDSF", "class_average_precision", "class")


def test_each_source_has_one_outcome(result, true):
    for finder, false in (("SCIARADA", 9), ("PyBDSF", 20), ("Aegean", 0)):
        table = result.matches[result.matches["finder"] == finder]
        assert sorted(table["true_row"].compressed()) == list(range(1, COUNT + 1))
        outcomes = list(table["outcome"])
        assert outcomes.count(Outcome.FALSE) == false
        missed = table[table["outcome"] == Outcome.MISSED]
        assert missed["found_row"].mask.all()
        assert (missed["counted"] == 1).all()
        pairs = table[table["outcome"] == Outcome.FOUND]
        offset = np.hypot(pairs["offset_ra"], pairs["offset_dec"])
        np.testing.assert_allclose(offset, pairs["separation"], rtol=1e-4)
        np.testing.assert_allclose(
            pairs["flux_ratio"], pairs["total_flux"] / pairs["true_total_flux"], rtol=1e-5
        )


def test_files_are_there_and_the_same_in_every_format(result):
    assert {path.name for path in result.out.iterdir()} == {*DETECTION_FILES, "report.html"}
    for name in ("scores", "matches"):
        tables = [read_table(result.out / f"{name}.{e}", name.upper()) for e in ("fits", "ecsv")]
        assert tables[0].colnames == tables[1].colnames
        assert len(tables[0]) == len(tables[1])
    assert repr(score_rows(read_table(result.out / "scores.vot", "SCORES"))) == repr(
        list(result.rows)
    )
    run = json.loads((result.out / "run.json").read_text())
    assert run["matching"]["radius_arcsec"] == BEAM / 2
    assert run["scores"]["PyBDSF"].keys() == {"completeness", "reliability", "f1"}
    with Image.open(result.out / "scores.png") as picture:
        assert min(picture.size) > 800
    page = (result.out / "report.html").read_text()
    assert page.count("data:image/png") == 1
    assert 'src="http' not in page


def test_same_input_same_tables(files, result, tmp_path):
    again = run_evaluate(
        files / "ours.fits",
        files / "truth.fits",
        tmp_path / "again",
        compare={"PyBDSF": files / "pybdsf.fits", "Aegean": files / "aegean.vot"},
    )
    for name in ("scores.fits", "scores.vot", "scores.ecsv", "matches.fits", "scores.png"):
        assert (again.out / name).read_bytes() == (result.out / name).read_bytes()


def test_a_flux_limit_asks_for_the_bright_only(files, true, tmp_path):
    settings = EvaluateSettings(flux_limit=5e-3)
    result = run_evaluate(files / "ours.fits", files / "truth.fits", tmp_path / "o", settings)
    bright = int((true.sources["total_flux"] >= 5e-3).sum())
    assert first_of(result.rows, "SCIARADA", "completeness").count == bright


def test_a_catalogue_without_rows_finds_nothing(files, tmp_path):
    as_pybdsf(found(truth()))[:0].write(tmp_path / "empty.fits")
    result = run_evaluate(tmp_path / "empty.fits", files / "truth.fits", tmp_path / "o")
    assert first_of(result.rows, "PyBDSF", "completeness").value == 0
    assert first_of(result.rows, "PyBDSF", "reliability").count == 0
    assert (result.out / "scores.png").is_file()


def test_a_bare_truth_takes_its_noise_from_the_catalogue_s_map(true, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    write_catalogue(as_ours(found(true), true), folder / "catalogue.fits")
    (folder / "run.json").write_text("{}")
    wcs = tan_wcs((256, 256), centre=(0.05, 0.15), pixel=5.0)
    noise = np.full((256, 256), 1e-4, np.float32)
    noise[:, 160:] = np.nan  # to the west of ra 359.95 or so
    header = wcs.to_header()
    header["BUNIT"] = "Jy/beam"
    fits.writeto(folder / "rms.fits", noise, header)
    sources = true.sources
    Table({"RA": sources["ra"], "DE": sources["dec"], "S": sources["peak_flux"] * 1e3}).write(
        tmp_path / "bare.csv"
    )
    columns = {"dec": "DE", "peak_flux": "S:mJy"}
    settings = EvaluateSettings(radius=5.0, truth_columns=columns)
    result = run_evaluate(folder, tmp_path / "bare.csv", tmp_path / "o", settings)
    x, y = wcs.world_to_pixel_values(sources["ra"], sources["dec"])
    seen = (np.rint(x) >= 0) & (np.rint(x) < 160) & (np.rint(y) >= 0) & (np.rint(y) < 256)
    expected = int((seen & np.asarray(sources["snr"] >= 5)).sum())
    assert 0 < expected < COUNT - 20
    assert result.run["counts"]["asked_for"] == expected
    assert "no S/N" in result.run["warnings"][0]


def test_masks_decide_where_both_have_them(tmp_path):
    """Two touching sources whose detections are nearer to the other's centre."""
    header = tan_wcs((64, 64), centre=(10.0, 10.0), pixel=2.0).to_header()
    labels = np.zeros((64, 64), np.int32)
    labels[20:40, 10:30], labels[20:40, 34:54] = 1, 2
    wcs = tan_wcs((64, 64), centre=(10.0, 10.0), pixel=2.0)
    ra, dec = wcs.pixel_to_world_values([20.0, 44.0], [30.0, 30.0])
    columns = {
        "source_id": [1, 2], "ra": ra, "dec": dec, "snr": [50.0, 50.0],
        "total_flux": [1.0, 1.0], "beam_maj": [6.0, 6.0], "las": [40.0, 40.0],
    }  # fmt: skip
    swapped = {**columns, "source_id": [2, 1]}
    for name, stem, table in (("sim", "truth", columns), ("run", "catalogue", swapped)):
        folder = tmp_path / name
        folder.mkdir()
        catalogue = truth().from_columns(table)
        write_catalogue(catalogue, folder / f"{stem}.fits")
        (folder / "run.json").write_text("{}")
        fits.writeto(folder / "segmentation.fits", labels, header)
    result = run_evaluate(tmp_path / "run", tmp_path / "sim", tmp_path / "o")
    pairs = result.matches
    assert list(pairs["found_row"]) == [2, 1]  # by position it would be the other way round
    assert list(pairs["iou"]) == [1.0, 1.0]
    assert result.run["matching"]["by_masks"] is True
    bare = tmp_path / "run" / "catalogue.fits"  # a table by itself has no masks
    (tmp_path / "bare.fits").write_bytes(bare.read_bytes())
    with_other = run_evaluate(
        tmp_path / "run", tmp_path / "sim", tmp_path / "p", compare={"bare": tmp_path / "bare.fits"}
    )
    assert with_other.run["matching"]["by_masks"] is False  # so the same rule holds for both
    assert "only SCIARADA has any" in with_other.run["warnings"][0]
    values = [first_of(with_other.rows, name, "f1").value for name in ("SCIARADA", "bare")]
    assert values[0] == values[1]


def test_the_section_goes_into_the_report_of_a_run_once(files, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "catalogue.fits").write_bytes((files / "ours.fits").read_bytes())
    (folder / "run.json").write_text("{}")
    page = folder / "report.html"
    page.write_text('<p>before</p><section aria-labelledby="files"></section>')
    for _ in range(2):
        run_evaluate(folder, files / "truth.fits", tmp_path / "o", into_report=True, overwrite=True)
        text = page.read_text()
        assert text.count("Score against the truth") == 1
        assert text.index("before") < text.index("Score against") < text.index('"files"')
    page.write_text("<p>something else</p>")
    with pytest.raises(OutputError, match="not the report of a run"):
        run_evaluate(folder, files / "truth.fits", tmp_path / "p", into_report=True)
    assert page.read_text() == "<p>something else</p>"
    assert not (tmp_path / "p").exists()


def test_refusals(files, true, tmp_path):
    def refused(error, words, catalogue="ours.fits", of="truth.fits", **settings):
        options = {
            name: settings.pop(name)
            for name in ("compare", "into_report", "segmentation", "truth_segmentation")
            if name in settings
        }
        with pytest.raises(error, match=words) as caught:
            run_evaluate(
                files / catalogue, files / of, tmp_path / "o", EvaluateSettings(**settings),
                **options,
            )  # fmt: skip
        assert "\n" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    write_catalogue(true.select(np.zeros(COUNT, bool)), files / "none.fits", overwrite=True)
    moved = true.with_columns(ra=np.asarray(true.sources["ra"]) * 0 + 120.0)
    write_catalogue(moved, files / "elsewhere.fits", overwrite=True)
    Table({"ra": [1.0], "dec": [1.0]}).write(files / "bare.csv", overwrite=True)
    refused(CatalogueError, "holds no source", of="none.fits")
    refused(CatalogueError, "not of the same field", of="elsewhere.fits")
    refused(CatalogueError, "No such file", of="nothing.fits")
    refused(OptionError, "needs the column total_flux", of="bare.csv", flux_limit=1.0)
    refused(OptionError, "--radius", catalogue="pybdsf.fits", of="bare.csv")
    refused(OptionError, "above 0 and below 3600", radius=0.0)
    refused(OptionError, "--compare needs another name", compare={"SCIARADA": files / "ours.fits"})
    refused(OptionError, "--into-report needs", into_report=True)
    refused(
        OptionError,
        "--truth-column names 'flux', but SCIARADA has no such",
        truth_columns={"flux": "f"},
    )
    image = files / "labels.fits"
    if not image.exists():
        header = tan_wcs((8, 8), centre=(0.0, 0.0), pixel=5.0).to_header()
        fits.writeto(image, np.zeros((8, 8), np.int32), header)
    refused(OptionError, "needs --truth-segmentation", segmentation=image)
    refused(OptionError, "needs --segmentation", truth_segmentation=image)

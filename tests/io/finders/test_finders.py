"""The catalogues of PyBDSF, Aegean, Selavy and others, read as they are."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from catalogue_samples import realistic_catalogue
from finder_samples import (
    ANGLE,
    DEC,
    MAJOR,
    PEAK,
    RA,
    RMS,
    TOTAL,
    aegean,
    pybdsf,
    pybdsf_text,
    selavy,
    selavy_text,
)

from sciarada.errors import CatalogueError, OptionError
from sciarada.io.finders.reading import read_finder
from sciarada.io.tables import write_catalogue

PYBDSF_UNITS = {"RA": "deg", "E_RA": "deg", "Maj": "deg", "Total_flux": "Jy", "DC_Maj": "deg"}


def pybdsf_fits() -> Table:
    table = Table(pybdsf())
    for name, unit in PYBDSF_UNITS.items():
        table[name].unit = unit
    return table


WRITERS = {
    "pybdsf.fits": lambda path: pybdsf_fits().write(path),
    "pybdsf.csv": lambda path: path.write_text(pybdsf_text(", ")),
    "pybdsf.txt": lambda path: path.write_text(pybdsf_text(" ")),
    "aegean.fits": lambda path: Table(aegean()).write(path),
    "aegean.vot": lambda path: Table(aegean()).write(path, format="votable"),
    "aegean.csv": lambda path: Table(aegean()).write(path, format="ascii.csv"),
    "aegean.tab": lambda path: Table(aegean()).write(path, format="ascii.tab"),
    "selavy.xml": lambda path: selavy().write(path, format="votable"),
    "selavy.txt": lambda path: path.write_text(selavy_text()),
    "selavy.csv": lambda path: selavy().write(path, format="ascii.csv"),
}
FINDERS = {"pybdsf": "PyBDSF", "aegean": "Aegean", "selavy": "Selavy"}


@pytest.mark.parametrize("name", WRITERS)
def test_every_form_gives_the_same_sources(tmp_path, name):
    # By content: the ending says nothing.
    path = tmp_path / "list.dat"
    WRITERS[name](tmp_path / name)
    (tmp_path / name).rename(path)
    read = read_finder(path)
    table = read.sources
    assert read.finder == FINDERS[name.partition(".")[0]]
    np.testing.assert_allclose(table["ra"], RA, rtol=1e-12)
    np.testing.assert_allclose(table["dec"], DEC, rtol=1e-12)
    for column, truth in (
        ("peak_flux", PEAK),
        ("total_flux", TOTAL),
        ("local_rms", RMS),
        ("snr", PEAK / RMS),
        ("maj_axis", MAJOR),
        ("pos_ang", np.mod(ANGLE, 180)),
    ):
        np.testing.assert_allclose(table[column], truth, rtol=1e-6, err_msg=column)
    assert table["total_flux"].unit == "Jy"
    assert table["maj_axis"].unit == "arcsec"
    np.testing.assert_allclose(table["e_ra"][:2], [1.0, 2.0], rtol=1e-6)


def test_what_is_unknown_is_null(tmp_path):
    Table(aegean()).write(tmp_path / "a.fits")
    errors = read_finder(tmp_path / "a.fits").sources
    for name in ("e_ra", "e_dec", "e_peak_flux", "e_total_flux"):
        assert errors[name].mask.tolist() == [False, False, True]
    pybdsf_fits().write(tmp_path / "p.fits")
    sizes = read_finder(tmp_path / "p.fits").sources
    assert sizes["dc_maj_axis"].mask.tolist() == [False, True, False]
    assert sizes["dc_maj_axis"][0] == pytest.approx(6.0)


def test_the_unit_of_the_file_goes_before_the_usual_one(tmp_path):
    table = selavy()
    table["flux_int"] = table["flux_int"].to("uJy")
    table.write(tmp_path / "s.xml", format="votable")
    np.testing.assert_allclose(
        read_finder(tmp_path / "s.xml").sources["total_flux"], TOTAL, rtol=1e-6
    )


def test_peaks_may_come_in_jansky(tmp_path):
    (tmp_path / "t.csv").write_text("ra,dec,S\n1,2,3\n")
    table = read_finder(tmp_path / "t.csv", {"peak_flux": "S:mJy"}).sources
    assert table["peak_flux"].tolist() == [pytest.approx(3e-3)]
    assert table["peak_flux"].unit == "Jy/beam"


@pytest.mark.parametrize("ending", ["fits", "vot", "ecsv", "parquet"])
def test_our_own_comes_whole(tmp_path, ending):
    sample = realistic_catalogue()
    write_catalogue(sample, tmp_path / f"c.{ending}")
    read = read_finder(tmp_path / f"c.{ending}")
    assert read.finder == "SCIARADA"
    assert read.meta == sample.meta
    assert read.sources.colnames == sample.sources.colnames
    assert len(read) == len(sample)


def test_a_table_without_rows_is_a_catalogue(tmp_path):
    pybdsf_fits()[:0].write(tmp_path / "p.fits")
    assert len(read_finder(tmp_path / "p.fits")) == 0
    text = pybdsf_text(" ").splitlines()
    (tmp_path / "p.txt").write_text("\n".join(text[:6]) + "\n")
    assert len(read_finder(tmp_path / "p.txt")) == 0


def test_columns_of_any_table_are_named_by_hand(tmp_path):
    (tmp_path / "t.txt").write_text(
        "# format:name ra_d dec_d i\nA -0.5 -19.6 2.0\nB 12.6 -19.7 3\n"
    )
    columns = {"ra": "ra_d", "dec": "dec_d", "total_flux": "I:mJy", "class_name": "name"}
    table = read_finder(tmp_path / "t.txt", columns).sources
    np.testing.assert_allclose(table["ra"], [359.5, 12.6])
    np.testing.assert_allclose(table["total_flux"], [2e-3, 3e-3])
    assert table["class_name"].tolist() == ["A", "B"]


def test_columns_with_our_names_need_no_hand(tmp_path):
    (tmp_path / "t.csv").write_text("RA,Dec,total_flux,quality,p_fri\n1,2,3e-3,good,0.25\n")
    read = read_finder(tmp_path / "t.csv")
    assert read.finder == "table"
    assert read.sources.colnames == ["ra", "dec", "total_flux", "p_fri"]


ISLANDS = "island,components,ra,dec,x_width,y_width,eta,peak_flux,int_flux\n1,1,1,2,3,4,5,6,7\n"


@pytest.mark.parametrize(
    ("text", "columns", "error", "words"),
    [
        (ISLANDS, {}, CatalogueError, "Aegean, but it lists islands"),
        ("a,b\n1,2\n", {}, CatalogueError, "no column ra or dec; its columns are a, b"),
        ("ra,dec\n1,95\n", {}, CatalogueError, "dec off the sky"),
        ("ra,dec\n1,x\n", {}, CatalogueError, "column dec takes numbers"),
        ("ra,dec\n1,\n", {}, CatalogueError, "column dec must have a value in every row"),
        ("ra,dec\n1,2,3\n", {}, CatalogueError, "3 cells where there are 2"),
        ("ra,ra\n1,2\n", {}, CatalogueError, "same name"),
        ("", {}, CatalogueError, "no text"),
        ("<html></html>", {}, CatalogueError, "not FITS, VOTable"),
        ("a\0b", {}, CatalogueError, "not FITS, VOTable"),
        ("ra,dec\n1,2\n", {"flux": "s"}, OptionError, "names 'flux', but"),
        ("ra,dec\n1,2\n", {"totl_flux": "s"}, OptionError, "did you mean 'total_flux'?"),
        ("ra,dec\n1,2\n", {"total_flux": "s"}, OptionError, "has no column 's'"),
        ("ra,dec,s\n1,2,3\n", {"total_flux": "s:jansk"}, OptionError, "not a unit"),
        ("ra,dec,s\n1,2,3\n", {"total_flux": "s:deg"}, CatalogueError, "not a unit of total_flux"),
    ],
)
def test_refusals_are_one_sentence(tmp_path, text, columns, error, words):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(error, match=words.replace("?", r"\?")) as caught:
        read_finder(tmp_path / "t.csv", columns)
    assert len(str(caught.value).splitlines()) == 1


def test_files_that_are_no_tables_are_refused(tmp_path):
    fits.writeto(tmp_path / "i.fits", np.zeros((4, 4)))
    with pytest.raises(CatalogueError, match="holds no table"):
        read_finder(tmp_path / "i.fits")
    with pytest.raises(CatalogueError, match="No such file"):
        read_finder(tmp_path / "none.fits")
    with pytest.raises(CatalogueError, match="is a folder"):
        read_finder(tmp_path)


def test_real_catalogues(shared_data):
    fields = shared_data / "fields_misc"
    counts = {
        "pybdsf_test/tbdsf_process_image.in_fits.pybdsf.srl.FITS": ("PyBDSF", 43),
        "pybdsf_test/tbdsf_process_image.in_fits.pybdsf.gaul.FITS": ("PyBDSF", 48),
        "aegean_1904-66/1904_comp.fits": ("Aegean", 51),
        **{f"vast_sim/epoch01.selavy.components.{e}": ("Selavy", 4) for e in ("xml", "txt")},
        "vast_sim/epoch01.selavy.components.csv": ("Selavy", 5),
        "../catalogues/SB38959.RACS_1357-18.noselfcal.linmos_comp.fits": ("Aegean", 7225),
    }
    for name, expected in counts.items():
        read = read_finder(fields / name)
        assert (read.finder, len(read)) == expected
        ratio = np.ma.median(read.sources["total_flux"] / read.sources["peak_flux"])
        assert 0.9 < ratio < 2.5
        assert not np.ma.is_masked(read.sources["snr"])

"""Formats that only a plugin knows are read and written by every command, end to end."""

import json
from contextlib import nullcontext

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.catalogue import SourceCatalogue
from sciarada.errors import OutputError, PluginError
from sciarada.io.tables import write_catalogue
from sciarada.testing import small_sky

FORMATS = """
    import json
    from pathlib import Path

    from sciarada.hooks import ReaderSpec, WriterSpec, hookimpl

    class Lazy:
        "Pixels that are read window by window."

        def __init__(self, path):
            import numpy as np

            self.path, self.shape = path, np.load(path, mmap_mode="r").shape

        def read(self, window):
            import numpy as np

            if self.path.name.startswith("failing"):
                raise LookupError("the disk is gone")
            return np.load(self.path, mmap_mode="r")[window.slices]

    class Images:
        "A .sky file holds an array, and a .head file beside it a FITS header."

        def read(self, path):
            from astropy.io import fits
            from astropy.wcs import WCS

            from sciarada.geometry.beam import Beam
            from sciarada.core.image import SkyImage

            header = fits.Header.fromstring(path.with_suffix(".head").read_text(), sep="\\n")
            beam = Beam(header["BMAJ"] * 3600, header["BMIN"] * 3600, header["BPA"])
            return SkyImage(path.stem, Lazy(path), WCS(header), beam=beam)

    class Folders(Images):
        "A folder .dirsky holds the two files."

        def read(self, path):
            return super().read(path / "data.sky")

    class Tables:
        def read(self, path):
            from astropy.table import Table

            return Table(json.loads(path.read_text()))

    class Writer:
        def write(self, catalogue, path):
            catalogue.sources.keep_columns(["ra", "dec", "total_flux"])
            columns = {name: values.tolist() for name, values in catalogue.sources.items()}
            path.write_text(json.dumps(columns))

    def odd(result):
        class Odd:
            def read(self, path):
                if isinstance(result, BaseException):
                    raise result
                return result

        return Odd

    def reader(name, factory, content="image"):
        return ReaderSpec(
            name=name, summary="x", factory=factory, suffixes=("." + name,), content=content
        )

    @hookimpl
    def sciarada_readers():
        from sciarada.errors import CatalogueError, ImageError

        return [
            reader("sky", Images),
            reader("dirsky", Folders),
            reader("jtab", Tables, "table"),
            reader("fits", odd(SystemExit("FITS files are not its business"))),
            reader("refused", odd(ImageError("it is too dark"))),
            reader("leaving", odd(SystemExit(0))),
            reader("garbage", odd([1, 2])),
            reader("tgarbage", odd("a table"), "table"),
            reader("trefused", odd(CatalogueError("it is too long")), "table"),
        ]

    @hookimpl
    def sciarada_writers():
        return [
            WriterSpec(name="jtab", summary="x", factory=Writer, suffixes=(".jtab",)),
            WriterSpec(name="thief", summary="x", factory=Writer, suffixes=(".fits",)),
            WriterSpec(name="idle", summary="x", factory=odd(None), suffixes=(".idle",)),
        ]
"""


def sciarada(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def done(*arguments):
    run = sciarada(*arguments)
    assert run.exit_code == 0, run.output
    return run


@pytest.fixture
def field(install_plugin, tmp_path, monkeypatch):
    """A folder with one field as FITS and in two formats of a plugin."""
    install_plugin("formats", FORMATS)
    monkeypatch.chdir(tmp_path)
    sky = small_sky()
    fits.writeto("field.fits", sky.read(), sky.map_header())
    (tmp_path / "dir.dirsky").mkdir()
    for stem in ("field", "failing", "dir.dirsky/data"):
        with (tmp_path / f"{stem}.sky").open("wb") as stream:
            np.save(stream, sky.read())
        (tmp_path / f"{stem}.head").write_text(sky.map_header().tostring(sep="\n"))
    return tmp_path


def columns(path):
    table = Table.read(path)
    return [np.ma.filled(table[name], np.nan) for name in ("ra", "dec", "total_flux", "maj_axis")]


def test_images(field):
    facts = json.loads(done("info", "field.sky", "--json").stdout)
    known = json.loads(done("info", "field.fits", "--json").stdout)
    assert facts["beam"].pop("found_in") == "reader sky of dist-formats/formats"
    assert known["beam"].pop("found_in") == "BMAJ, BMIN, BPA"
    for fact in ("shape", "beam", "pixels"):
        assert facts[fact] == known[fact]
    for image, out in (("field.fits", "a"), ("field.sky", "b")):
        done("detect", image, "--out", out, "--workers", 2, "--writer", "jtab")
        assert np.array_equal(columns("a/catalogue.ecsv"), columns(f"{out}/catalogue.ecsv"), True)
    written = json.loads((field / "b" / "catalogue.jtab").read_text())
    assert np.array_equal(written["ra"], columns("a/catalogue.ecsv")[0])
    assert json.loads((field / "b" / "run.json").read_text())["inputs"][0]["image"] == "field.sky"
    done(
        "simulate",
        "--out",
        "into",
        "--into",
        "field.sky",
        "--number",
        3,
        "--seed",
        1,
        "--workers",
        1,
    )
    assert len(Table.read("into/truth.ecsv")) == 3
    run = done("evaluate", "b/catalogue.jtab", "--truth", "a/catalogue.fits", "--out", "scored")
    assert "10 of 10 had to be found" in run.output


@pytest.fixture
def sent(monkeypatch):
    """What a program connected by SAMP is sent: the kind of message, and the file it reads."""
    seen = []

    def send(session, message, name):
        path = message.path
        read = Table.read if message.mtype.startswith("table") else fits.getdata
        seen.append((message.mtype, read(path)))

    monkeypatch.setattr("sciarada.cli.send._send_to_all", send)
    monkeypatch.setattr("sciarada.io.samp.samp_session", nullcontext)
    return seen


def test_products_sent_to_other_programs(field, sent):
    (field / "places.jtab").write_text(json.dumps({"ra": [1.0, 2.0], "name": ["a", "b"]}))
    for name in ("places.jtab", "field.sky", "dir.dirsky"):
        done("send", name)
    (of_table, table), *images = sent
    assert of_table == "table.load.votable"
    assert table["ra"].tolist() == [1.0, 2.0]
    assert table["name"].tolist() == ["a", "b"]
    for kind, pixels in images:
        assert kind == "image.load.fits"
        np.testing.assert_array_equal(pixels, small_sky().read())


def test_tables_of_labels(field):
    labels = {"source_id": [1, 2, 3, 4], "class_name": ["a", "b", "a", "b"]}
    (field / "labels.jtab").write_text(json.dumps(labels))
    Table(labels).write("labels.csv")
    for number, name in enumerate(("labels.jtab", "labels.csv")):
        out = f"scored{number}"
        done("evaluate", name, "--truth", "labels.jtab", "--score", "classes", "--out", out)
    done(
        "cutouts",
        "field.sky",
        "--sampler",
        "random",
        "--number",
        20,
        "--size",
        "32px",
        "--seed",
        1,
        "--out",
        "set.ecsv",
    )
    known = {"cutout_id": Table.read("set.ecsv")["cutout_id"].tolist(), "label": ["a", "b"] * 10}
    (field / "known.jtab").write_text(json.dumps(known))
    how = ("--kind", "knn", "--folds", 2, "--seeds", 1)
    run = done("probe", "set.ecsv", "--labels", "known.jtab", *how, "--out", "probed")
    assert "knn" in run.output


def test_sets(field):
    how = ("--sampler", "random", "--number", 6, "--size", "32px", "--seed", 1)
    for image, out in (("field.fits", "a"), ("field.sky", "b"), ("dir.dirsky", "c")):
        done("cutouts", image, *how, "--out", f"{out}.ecsv")
        done("embed", f"{out}.ecsv", "--out", f"{out}.fits")
    first, second, third = (Table.read(f"{out}.fits")["embedding"] for out in "abc")
    assert len(first) == 6
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)


def test_folders_and_catalogues_as_sets(field):
    pictures = field / "pictures"
    pictures.mkdir()
    sky = small_sky()
    for name in ("one", "two"):
        with (pictures / f"{name}.sky").open("wb") as stream:
            np.save(stream, sky.read()[:64, :64])
        (pictures / f"{name}.head").write_text(sky.map_header().tostring(sep="\n"))
    done("embed", "pictures", "--out", "pictures.fits")
    assert len(Table.read("pictures.fits")) == 2
    done("detect", "field.sky", "--out", "found", "--workers", 1)
    done("embed", "found", "--out", "found.fits")
    assert len(Table.read("found.fits")) == len(Table.read("found/catalogue.fits", hdu=1))
    (field / "places.jtab").write_text(json.dumps({"ra": [0.0], "dec": [89.0]}))
    run = done("cutouts", "pictures", "--exclude", "places.jtab", "--out", "rest.ecsv")
    assert "left out 0 of 2 that show positions of places.jtab" in run.output


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("x.refused", "x.refused cannot be read by the reader 'refused' of plugin dist-formats/"),
        ("x.leaving", "reader 'leaving' of plugin dist-formats/formats cannot read x.leaving: Sys"),
        ("x.garbage", "'garbage' of plugin dist-formats/formats cannot read x.garbage: TypeError"),
        ("failing.sky", "the pixels of failing.sky cannot be read by the reader 'sky' of plugin"),
        ("no.sky", "no.sky cannot be read: there is no such file"),
    ],
)
@pytest.mark.parametrize("command", [("info",), ("detect", "--out", "out", "--workers", "1")])
def test_a_reader_that_fails_is_named(field, name, sentence, command):
    if not name.startswith(("no", "failing")):
        (field / name).write_text("x")
    run = sciarada(*command, name)
    assert run.exit_code == 2
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1
    assert not (field / "out").exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "x.trefused",
            "cannot be read by the reader 'trefused' of plugin dist-formats/formats: it",
        ),
        ("x.tgarbage", "the reader 'tgarbage' of plugin dist-formats/formats gave 'a table' in"),
    ],
)
def test_a_reader_of_tables_that_fails_is_named(field, name, sentence):
    (field / name).write_text("x")
    for command in (
        ("evaluate", name, "--truth", name, "--out", "scored"),
        ("embed", name, "--out", "features.fits"),
    ):
        run = sciarada(*command)
        assert run.exit_code == 2
        assert sentence in run.stderr


def test_options_of_images(field):
    beam = json.loads(done("info", "field.sky", "--json", "--beam", "20,10,0").stdout)["beam"]
    assert beam["maj_arcsec"] == pytest.approx(20)
    run = sciarada("info", "field.sky", "--plane", "0")
    assert run.exit_code == 2
    assert "field.sky is not a FITS file: its reader chooses the image in it" in run.stderr
    one, thousand = (
        json.loads(done("info", "field.sky", "--json", "--unit", unit).stdout)["pixels"]
        for unit in ("Jy/beam", "mJy/beam")
    )
    assert one != thousand


@pytest.mark.parametrize(
    ("writer", "sentence"),
    [
        ("nobody", "no writer is called 'nobody': there are idle, jtab, thief"),
        ("thief", "writes catalogue.fits, which SCIARADA itself does, too"),
        ("idle", "has no method write, which every writer needs"),
    ],
)
def test_a_writer_that_cannot_be_used(field, writer, sentence):
    run = sciarada("detect", "field.fits", "--out", "out", "--writer", writer)
    assert run.exit_code == 2
    assert sentence in run.stderr
    assert not (field / "out").exists()


def test_two_readers_of_one_ending(field, install_plugin):
    install_plugin("rival", FORMATS)
    run = sciarada("info", "field.sky")
    assert run.exit_code == 2
    assert "field.sky is a file for each of the readers dist-formats:sky and dist-rival:sky" in (
        run.stderr
    )
    assert "choose one with sciarada --reader dist-formats:sky" in run.stderr
    done("info", "field.fits")
    for owner in ("dist-formats", "rival"):
        facts = json.loads(done("--reader", f"{owner}:sky", "info", "field.sky", "--json").stdout)
        assert owner in facts["beam"]["found_in"]
    assert sciarada("info", "field.sky").exit_code == 2  # the choice ends with the command
    assert sciarada("--reader", "nobody:sky", "info", "field.sky").exit_code == 2
    how = ("--out", "found", "--workers", 2)
    done("--reader", "dist-rival/rival:sky", "detect", "field.sky", *how)


def test_two_writers_of_one_ending(field, install_plugin):
    install_plugin("rival", FORMATS)
    catalogue = SourceCatalogue.empty()
    sentence = r"x.jtab is a file for each of the writers dist-formats:jtab and dist-rival:jtab"
    with pytest.raises(PluginError, match=f"{sentence}: choose one with format='dist-formats:jt"):
        write_catalogue(catalogue, "x.jtab")
    for owner in ("dist-formats", "dist-rival", "rival"):
        write_catalogue(catalogue, f"{owner}.jtab", f"{owner}:jtab")
        assert json.loads((field / f"{owner}.jtab").read_text())["ra"] == []
    with pytest.raises(PluginError, match="no writer is called 'nobody:jtab'"):
        write_catalogue(catalogue, "x.jtab", "nobody:jtab")
    with pytest.raises(OutputError, match=r"jtab' of .* does not write files such as x\.odd"):
        write_catalogue(catalogue, "x.odd", "rival:jtab")
    done("detect", "field.fits", "--out", "two", "--writer", "dist-rival:jtab")
    assert (field / "two" / "catalogue.jtab").is_file()
    refused = sciarada("detect", "field.fits", "--out", "no", "--writer", "jtab")
    assert refused.exit_code == 2
    assert "dist-formats:jtab" in refused.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("info",),
        ("send",),
        ("detect", "--out", "o"),
        ("simulate", "--number", "3", "--out", "o", "--into"),
        ("cutouts", "--sampler", "random", "--number", "4", "--size", "32px", "--out", "o.ecsv"),
    ],
)
def test_every_command_names_the_option_that_chooses(field, install_plugin, command):
    install_plugin("rival", FORMATS)
    run = sciarada(*command, "field.sky")
    assert run.exit_code == 2
    assert "--reader dist-formats:sky" in run.stderr


def test_every_command_with_tables_names_the_option_that_chooses(field, install_plugin):
    install_plugin("rival", FORMATS)
    (field / "x.jtab").write_text(json.dumps({"ra": [0.0], "dec": [89.0]}))
    done(
        "cutouts",
        "field.fits",
        "--sampler",
        "random",
        "--number",
        4,
        "--size",
        "32px",
        "--out",
        "set.ecsv",
    )
    for command in (
        ("evaluate", "x.jtab", "--truth", "x.jtab", "--out", "o"),
        ("probe", "set.ecsv", "--labels", "x.jtab", "--out", "o"),
        ("send", "x.jtab"),
        ("embed", "x.jtab", "--out", "o.fits"),
    ):
        run = sciarada(*command)
        assert run.exit_code == 2, command
        assert "--reader dist-formats:jtab" in run.stderr, command


def test_files_of_our_own_formats_are_never_given_away(field, monkeypatch):
    monkeypatch.setattr("sciarada.pipelines.plugin_formats._plugins", lambda: 1 / 0)
    (field / "field.odd").write_bytes((field / "field.fits").read_bytes())
    for name in ("field.fits", "field.odd"):
        done("info", name)

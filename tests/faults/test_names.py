"""Names of files in any script, or none at all, go through every command."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.columns import make_column
from sciarada.core.schema import ColumnSpec
from sciarada.io.embeddings import read_embeddings
from sciarada.io.single_table import read_table, write_table
from sciarada.io.tables import read_catalogue
from sciarada.io.user_tables.reading import read_user_table

NAMES = (
    "σOct 星系\N{GRINNING FACE}",
    os.fsdecode(b"raw\xff\xe9") + "\n\t'\"\\",
    "-dash [SCI] #1 100%d <b>&amp;$HOME{x};*? ",
    "é" * 122,
    "ftp:field",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder and expect that it ends well."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return run


def write_image(path):
    """Write a small image with three round sources."""
    header = fits.Header()
    header["CTYPE1"], header["CTYPE2"] = "RA---SIN", "DEC--SIN"
    header["CRVAL1"], header["CRVAL2"], header["CRPIX1"], header["CRPIX2"] = 150, -30, 48.5, 48.5
    header["CDELT1"], header["CDELT2"], header["BUNIT"] = -2 / 3600, 2 / 3600, "Jy/beam"
    header["BMAJ"], header["BMIN"], header["BPA"] = 10 / 3600, 10 / 3600, 0.0
    y, x = np.mgrid[:96, :96]
    data = np.random.default_rng(1).normal(0, 1e-4, (96, 96))
    for x0, y0 in ((30, 30), (70, 40), (45, 72)):
        data += 0.1 * np.exp(-4 * np.log(2) * ((x - x0) ** 2 + (y - y0) ** 2) / 25)
    with path.open("wb") as stream:
        fits.PrimaryHDU(data.astype("f4"), header).writeto(stream)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[1:12])
def test_an_image_of_any_name_goes_from_detect_to_embed(run, tmp_path, name):
    image = f"{name}.fits"
    write_image(Path(image))
    run("info", "--", image)
    run("detect", "--workers", 1, "--", image)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir() and path.name[-4:] == "rada")
    for form in ("fits", "vot", "ecsv"):
        read = read_catalogue(folder / f"catalogue.{form}")
        assert set(read.sources["image_id"].tolist()) == {name}
        assert read.meta["inputs"][0]["image"].endswith(image)
    made = ["--sampler", "centred", "--catalogue", folder, "--size", 32]
    run("cutouts", *made, "-o", "set.fits", "--materialise", 32, "--", image)
    # The image is found again by the name in the catalogue, and by that in the set.
    run("embed", "-o", "e.fits", "--", folder.name if name[0] != "-" else folder)
    run("embed", "-o", "s.parquet", "--", "set.fits", "set.zarr")
    assert len(read_embeddings("e.fits")) == len(read.sources)
    for page in ("report.html", "run.json"):
        (folder / page).read_text(encoding="utf-8")
    json.loads((folder / "run.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", ["fits", "vot", "ecsv", "parquet"])
@pytest.mark.parametrize("name", ["ftp:x", "http:x", "s3:x", "raw\udcff", "a\nb", "~root"])
def test_no_name_of_a_table_is_an_address(tmp_path, monkeypatch, name, form):
    monkeypatch.chdir(tmp_path)
    specs = {"word": "str", "number": "int64"}
    columns = [
        make_column(ColumnSpec(column, dtype, None, "meta.id", column), values)
        for (column, dtype), values in zip(specs.items(), (["a"], [1]), strict=True)
    ]
    path = Path(f"{name}.{form}")
    write_table(Table(columns), "WORDS", path)
    assert read_table(path, "WORDS")["word"].tolist() == ["a"]
    assert read_user_table(path)["word"].tolist() == ["a"]

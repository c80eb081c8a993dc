import resource
import string
import time
from contextlib import contextmanager

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import MaskedColumn, Table
from catalogue_samples import META, assert_same, realistic_catalogue
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ucds import in_known_words

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import COMPONENT_COLUMNS, SOURCE_COLUMNS, class_probability_column
from sciarada.errors import CatalogueError, OutputError
from sciarada.io import records, table_ecsv
from sciarada.io.companion import components_path
from sciarada.io.tables import FORMATS, find_format, read_catalogue, write_catalogue

each_format = pytest.mark.parametrize("name", FORMATS)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def catalogue():
    return realistic_catalogue()


@each_format
@pytest.mark.parametrize("count", [60, 1, 0])
def test_round_trip(name, count, tmp_path):
    expected = realistic_catalogue(count) if count else SourceCatalogue.empty(META)
    path = tmp_path / f"catalogue.{name}"
    write_catalogue(expected, path)
    assert_same(read_catalogue(path), expected)


@pytest.mark.parametrize("name", ["fits", "vot", "ecsv"])
def test_the_file_is_the_same_in_however_many_parts_it_is_written(
    name, catalogue, tmp_path, monkeypatch
):
    write_catalogue(catalogue, tmp_path / f"whole.{name}")
    monkeypatch.setattr(records, "ROWS", 9)
    write_catalogue(catalogue, tmp_path / f"parts.{name}")
    assert (tmp_path / f"parts.{name}").read_bytes() == (tmp_path / f"whole.{name}").read_bytes()


TEXT = st.text(string.printable[:95], max_size=8)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=120),
)
META_VALUES = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
METAS = st.dictionaries(
    # Names in two leading underscores mark astropy's own entries in ECSV.
    st.text(max_size=12).filter(lambda key: not key.startswith("__")),
    META_VALUES,
    max_size=4,
)


@st.composite
def column_values(draw, spec, count):
    if spec.dtype == "str":
        values = TEXT
    elif spec.dtype.startswith("int"):
        limits = np.iinfo(spec.dtype)
        values = st.integers(limits.min, limits.max)
    else:
        values = st.floats(width=32 if spec.dtype == "float32" else 64)
    return draw(st.lists(st.one_of(st.none(), values), min_size=count, max_size=count))


@st.composite
def tables(draw, specs, count, fixed):
    """Draw a few columns; the others are null or left out."""
    names = draw(st.lists(st.sampled_from(list(specs)), max_size=5, unique=True))
    columns = {name: draw(column_values(specs[name], count)) for name in names}
    position = {
        "ra": draw(st.lists(st.floats(0, 360), min_size=count, max_size=count)),
        "dec": draw(st.lists(st.floats(-90, 90), min_size=count, max_size=count)),
    }
    return {**columns, **position, **fixed}


@st.composite
def catalogues(draw):
    count = draw(st.integers(0, 4))
    more = draw(st.integers(0, 3)) if count else 0
    specs = {**SOURCE_COLUMNS, "p_fri": class_probability_column("p_fri")}
    identities = list(range(1, count + 1))
    names = [f"S{i}" for i in identities]
    sources = draw(tables(specs, count, {"source_id": identities, "source_name": names}))
    owners = draw(st.lists(st.sampled_from(identities or [1]), min_size=more, max_size=more))
    joined = {"component_id": list(range(1, more + 1)), "source_id": owners}
    components = draw(tables(COMPONENT_COLUMNS, more, joined))
    return SourceCatalogue.from_columns(sources, components, draw(METAS))


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(expected=catalogues())
def test_any_catalogue_survives_the_round_trip(expected, tmp_path):
    for name in FORMATS:
        path = tmp_path / f"any.{name}"
        write_catalogue(expected, path, overwrite=True)
        assert_same(read_catalogue(path), expected)


@pytest.mark.parametrize("values", [[1, 2, 3], [0.5, 1.5, 2.5], ["a", "b", "c"]])
@pytest.mark.parametrize("mask", [[0, 1, 0], [1, 1, 1], [0, 0, 1]])
def test_ecsv_of_one_column_keeps_rows_that_are_null(values, mask, tmp_path):
    column = MaskedColumn(values, name="value", mask=mask)
    table_ecsv.write({"sources": Table([column])}, {}, tmp_path / "one.ecsv")
    (table,), _ = table_ecsv.read(tmp_path / "one.ecsv", ["sources"])
    assert table["value"].mask.tolist() == list(map(bool, mask))
    assert (table["value"] == column).filled(True).all()


def test_fits_columns_carry_unit_comment_ucd_and_null(catalogue, tmp_path):
    path = tmp_path / "c.fits"
    write_catalogue(catalogue, path)
    with fits.open(path) as hdus:
        assert [hdu.name for hdu in hdus] == ["PRIMARY", "SOURCES", "COMPONENTS", "OUTLINES"]
        all_specs = (SOURCE_COLUMNS, COMPONENT_COLUMNS, SOURCE_COLUMNS)
        for hdu, specs in zip(hdus[1:], all_specs, strict=True):
            for number in range(1, hdu.header["TFIELDS"] + 1):
                name = hdu.header[f"TTYPE{number}"]
                spec = specs.get(name) or class_probability_column(name)
                assert hdu.header[f"TCOMM{number}"] == spec.description
                assert hdu.header[f"TUCD{number}"] == spec.ucd
                assert hdu.header.get(f"TUNIT{number}") == spec.unit
                null = hdu.header.get(f"TNULL{number}")
                expected = np.iinfo(spec.dtype).min if spec.dtype.startswith("int") else None
                assert null == expected


def test_fits_sets_text_aside_that_ds9_dies_of(catalogue, tmp_path):
    path = tmp_path / "c.fits"
    texts = ["x" * 129] + ["y"] * (len(catalogue) - 1)
    wide = catalogue.with_columns(image_id=texts, tile_id=["z" * 128] * len(catalogue))
    write_catalogue(wide, path)
    with fits.open(path) as hdus:
        assert hdus["OUTLINES"].columns.names == ["source_id", "s_region", "image_id"]
        assert "tile_id" in hdus["SOURCES"].columns.names
        texts = [c.format for c in hdus["SOURCES"].columns if c.format.endswith("A")]
        widths = [int(form.removesuffix("A")) for form in texts]
        assert max(widths) == 128
    assert_same(read_catalogue(path), wide)


def test_fits_outlines_of_other_sources_are_refused(catalogue, tmp_path):
    path = tmp_path / "c.fits"
    write_catalogue(catalogue, path)
    with fits.open(path, mode="update") as hdus:
        hdus["OUTLINES"].data["source_id"][0] = 999
        for keyword in ("CHECKSUM", "DATASUM"):
            del hdus["OUTLINES"].header[keyword]
    with pytest.raises(CatalogueError, match="source_id of OUTLINES are not those of"):
        read_catalogue(path)


def test_fits_checksums_hold_and_a_flipped_bit_is_noticed(catalogue, tmp_path):
    path = tmp_path / "c.fits"
    write_catalogue(catalogue, path)
    with fits.open(path, checksum=True) as hdus:
        assert all({"CHECKSUM", "DATASUM"} <= set(hdu.header) for hdu in hdus)
        last = hdus["SOURCES"]._data_offset + 100
    content = bytearray(path.read_bytes())
    content[last] ^= 1
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match="checksum does not hold"):
        read_catalogue(path)


def test_fits_header_shows_metadata_to_people_too(catalogue, tmp_path):
    path = tmp_path / "c.fits"
    write_catalogue(catalogue, path)
    header = fits.getheader(path, "SOURCES")
    assert header["CONFIGURATION.DETECT.PEAK"] == 5.0
    assert header["IMAGE_ID"] == "field 7"
    assert header["RESUMED"] is False


def test_astropy_reads_each_format_on_its_own(catalogue, tmp_path):
    for name, how in (("fits", "fits"), ("vot", "votable"), ("ecsv", "ascii.ecsv")):
        path = tmp_path / f"c.{name}"
        write_catalogue(catalogue, path)
        options = {"table_id": 0} if name == "vot" else {"hdu": 1} if name == "fits" else {}
        table = Table.read(path, format=how, **options)
        if name == "fits":
            table["s_region"] = Table.read(path, hdu="OUTLINES")["s_region"]
        assert sorted(table.colnames) == sorted(catalogue.sources.colnames)
        for column in catalogue.sources.itercols():
            found = table[column.name]
            assert found.unit == column.unit, (name, column.name)
            mask = np.ma.getmaskarray(found) | (np.asarray(found) == "")
            np.testing.assert_array_equal(mask, column.mask, err_msg=f"{name} {column.name}")
            kept = np.asarray(found)[~mask].astype(column.dtype)
            np.testing.assert_array_equal(kept, column.data.data[~column.mask])


def test_pandas_style_readers_see_nulls_in_parquet(catalogue, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "c.parquet"
    write_catalogue(catalogue, path)
    table = parquet.read_table(path)
    for column in catalogue.sources.itercols():
        assert table.column(column.name).null_count == column.mask.sum()
        assert table.field(column.name).metadata[b"ucd"].decode() == column.meta["ucd"]


def test_votable_is_strictly_valid_and_ties_positions_to_icrs(catalogue, tmp_path):
    path = tmp_path / "c.vot"
    write_catalogue(catalogue, path)
    text = path.read_text()
    assert text.count("<BINARY2>") == 2
    path.write_text(in_known_words(text))
    votable = parse(path, verify="exception")
    assert votable.version == "1.4"
    resource = votable.resources[0]
    assert [(system.ID, system.system) for system in resource.coordinate_systems] == [
        ("icrs", "ICRS")
    ]
    assert [table.name for table in resource.tables] == ["SOURCES", "COMPONENTS"]
    for table in resource.tables:
        tied = {field.name for field in table.fields if field.ref == "icrs"}
        assert {"ra", "dec"} <= tied <= {"ra", "dec", "ra_peak", "dec_peak"}
        assert all(field.ucd and field.description for field in table.fields)
    assert {param.name for param in resource.params} >= {
        "metadata",
        "sha256",
        "configuration.detect.peak",
        "beam.major",
    }


def test_ecsv_is_text_with_shortest_decimals(tmp_path):
    columns = {"source_id": [1], "ra": [0.1], "dec": [0.3], "snr": [0.1]}
    write_catalogue(SourceCatalogue.from_columns(columns), tmp_path / "c.ecsv")
    row = (tmp_path / "c.ecsv").read_text().splitlines()[-1]
    assert row.startswith("SCI J000024.0+001800,1,,,0.1,0.3,")
    assert ",0.1," in row.removeprefix("SCI J000024.0+001800,1,,,0.1,0.3,")


@pytest.mark.parametrize("name", ["ecsv", "parquet"])
def test_components_lie_beside_where_a_file_holds_one_table(name, catalogue, tmp_path):
    path = tmp_path / f"c.{name}"
    write_catalogue(catalogue, path)
    assert names_in(tmp_path) == [f"c.components.{name}", f"c.{name}"]
    components_path(path).unlink()
    with pytest.raises(CatalogueError, match=rf"there is no file .*c\.components\.{name}"):
        read_catalogue(path)


def test_an_unknown_format_lists_those_there_are(catalogue, tmp_path):
    with pytest.raises(
        CatalogueError, match=r"in '\.csv'; choose one of fits \(FITS\), vot .*ecsv"
    ):
        write_catalogue(catalogue, tmp_path / "c.csv")
    with pytest.raises(CatalogueError, match=r"no format 'csv'; choose one of .*parquet"):
        write_catalogue(catalogue, tmp_path / "c.fits", format="csv")
    assert names_in(tmp_path) == []


def test_the_format_may_be_named(catalogue, tmp_path):
    path = tmp_path / "table.dat"
    write_catalogue(catalogue, path, format="vot")
    assert path.read_bytes().startswith(b"<?xml")
    assert_same(read_catalogue(path, format="vot"), catalogue)


@pytest.mark.parametrize(
    ("ending", "name"), [("fit", "fits"), ("FITS", "fits"), ("xml", "vot"), ("votable", "vot")]
)
def test_other_endings_are_known(ending, name):
    assert find_format(f"c.{ending}").name == name


@each_format
def test_an_existing_file_is_refused_and_kept(name, catalogue, tmp_path):
    path = tmp_path / f"c.{name}"
    path.write_text("precious")
    with pytest.raises(OutputError, match="exists already"):
        write_catalogue(catalogue, path)
    with pytest.raises(OutputError, match="that SCIARADA wrote"):
        write_catalogue(catalogue, path, overwrite=True)
    assert path.read_text() == "precious"


@each_format
def test_a_catalogue_may_be_replaced_by_another(name, catalogue, tmp_path):
    path = tmp_path / f"c.{name}"
    write_catalogue(SourceCatalogue.empty({}), path)
    with pytest.raises(OutputError, match="exists already"):
        write_catalogue(catalogue, path)
    write_catalogue(catalogue, path, overwrite=True)
    assert_same(read_catalogue(path), catalogue)


@each_format
def test_a_missing_folder_is_one_sentence(name, catalogue, tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        write_catalogue(catalogue, tmp_path / "missing" / f"c.{name}")


@contextmanager
def file_size_limit(size):
    """Let writing fail half way, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@each_format
def test_a_write_that_fails_half_way_leaves_nothing_behind(name, catalogue, tmp_path):
    path = tmp_path / f"c.{name}"
    write_catalogue(catalogue, tmp_path / f"whole.{name}")
    whole = names_in(tmp_path)
    with pytest.raises(OutputError, match="File too large"), file_size_limit(4096):
        write_catalogue(catalogue, path)
    assert names_in(tmp_path) == whole


@each_format
@pytest.mark.parametrize("content", [b"", b"not a table\n", b"SIMPLE  =   T", b"<VOTABLE/>"])
def test_files_that_are_no_catalogues_are_refused(name, content, tmp_path):
    path = tmp_path / f"c.{name}"
    path.write_bytes(content)
    components_path(path).write_bytes(content)
    with pytest.raises(CatalogueError, match=rf"c\.{name} "):
        read_catalogue(path)


@each_format
def test_truncated_files_are_refused(name, catalogue, tmp_path):
    path = tmp_path / f"c.{name}"
    write_catalogue(catalogue, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(CatalogueError, match=rf"c\.{name} "):
        read_catalogue(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="there is no such file; `sciarada detect`"):
        read_catalogue(tmp_path / "c.fits")


def test_a_foreign_table_is_refused_by_the_columns_it_lacks(tmp_path):
    path = tmp_path / "c.fits"
    hdus = [
        fits.BinTableHDU(Table({"ra": [1.0], "dec": [2.0]}), name=name)
        for name in ("SOURCES", "COMPONENTS")
    ]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    with pytest.raises(CatalogueError, match=r"is not a SCIARADA catalogue: .*lacks the column"):
        read_catalogue(path)


@each_format
def test_time_to_write_grows_with_the_rows_only(name, tmp_path):
    seconds = {}
    for count in (1_000, 8_000):
        big = realistic_catalogue(count)
        path = tmp_path / f"{count}.{name}"
        write_catalogue(big, path)
        start = time.process_time()
        write_catalogue(big, path, overwrite=True)
        seconds[count] = time.process_time() - start
    assert seconds[8_000] < 3 * 8 * max(seconds[1_000], 0.01)

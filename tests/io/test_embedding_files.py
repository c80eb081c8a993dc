from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from sciarada.core.embeddings import Embeddings
from sciarada.errors import CatalogueError, OutputError
from sciarada.io.embeddings import read_embeddings, write_embedding_parts, write_embeddings
from sciarada.io.table_fits import DataSum, write_parts
from sciarada.io.tables import FORMATS

META = {
    "encoder": {"name": "simclr", "version": "0.1"},
    "weights": "ab12" * 16,
    "note": "it's & \N{MICRO SIGN}",
}


def sample(count=20, dimension=7, ids="text") -> Embeddings:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(count, dimension)) * 10.0 ** rng.integers(-30, 30, (count, 1))
    names = (
        [f"SCI J{k:03d}, a" for k in range(count)] if ids == "text" else np.arange(count) - 2**62
    )
    return Embeddings(np.array(names, dtype=None if count else "U1"), vectors, META)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("ids", ["text", "numbers"])
@pytest.mark.parametrize(("count", "dimension"), [(20, 7), (1, 1), (3, 512), (0, 4)])
def test_round_trip(name, ids, count, dimension, tmp_path):
    expected = sample(count, dimension, ids)
    path = tmp_path / f"embeddings.{name}"
    write_embeddings(expected, path)
    found = read_embeddings(path)
    np.testing.assert_array_equal(found.ids, expected.ids)
    np.testing.assert_array_equal(found.vectors, expected.vectors)
    assert found.vectors.dtype == np.float32
    assert found.dimension == dimension
    assert found.meta == META


@pytest.mark.parametrize(
    ("name", "format"), [("fits", "fits"), ("vot", "votable"), ("ecsv", "ascii.ecsv")]
)
def test_astropy_finds_the_vector_column(name, format, tmp_path):
    path = tmp_path / f"embeddings.{name}"
    write_embeddings(sample(), path)
    table = Table.read(path, format=format)
    assert table["embedding"].shape == (20, 7)
    np.testing.assert_array_equal(table["embedding"], sample().vectors)


def test_what_cannot_be_held_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="cutout_id must have a value in every row"):
        write_embeddings(Embeddings(["", "b"], np.ones((2, 3))), tmp_path / "embeddings.fits")
    assert not list(tmp_path.iterdir())


def test_other_tables_are_refused(tmp_path):
    path = tmp_path / "embeddings.ecsv"
    Table({"cutout_id": [1]}).write(path, format="ascii.ecsv")
    with pytest.raises(CatalogueError, match=r"ecsv holds no embeddings: .* column.s. embedding"):
        read_embeddings(path)
    path.write_text("nothing")
    with pytest.raises(CatalogueError, match="cannot be read as ECSV"):
        read_embeddings(path)


LENGTHS = {
    "growing": [1, 1, 1, 2, 2, 2, 9, 9, 30, 30],
    "shrinking": [30, 30, 9, 9, 2, 2, 2, 1, 1, 1],
    "mixed": [5, 1, 2, 8, 1, 1, 1, 12, 3, 3],
}


def named(kind: str) -> Embeddings:
    """Return embeddings of ten or twenty cutouts, whose names are not of one length."""
    if kind not in LENGTHS:
        return sample(20, 5, kind)
    names = [chr(97 + row) * length for row, length in enumerate(LENGTHS[kind])]
    return Embeddings(np.array(names), sample(10, 5).vectors, META)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("step", [1, 3, 7, 20])
@pytest.mark.parametrize("ids", ["text", "numbers", *LENGTHS])
def test_parts_make_the_table_of_the_whole(name, step, ids, tmp_path):
    whole = named(ids)
    parts = (whole[first : first + step] for first in range(0, len(whole), step))
    path = tmp_path / f"parts.{name}"
    write_embedding_parts(whole.ids, parts, path)
    found = read_embeddings(path)
    np.testing.assert_array_equal(found.ids, whole.ids)
    np.testing.assert_array_equal(found.vectors, whole.vectors)
    assert found.meta == META


def test_a_table_of_parts_that_was_damaged_is_refused(tmp_path):
    path = tmp_path / "parts.fits"
    whole = sample(20, 5)
    write_embedding_parts(whole.ids, iter([whole[:11], whole[11:]]), path)
    with fits.open(path, checksum=True) as hdus:
        assert len(hdus["EMBEDDINGS"].data) == 20
    data = bytearray(path.read_bytes())
    data[-2880 + 9] ^= 1
    path.write_bytes(data)
    with pytest.raises(CatalogueError, match="checksum does not hold"):
        read_embeddings(path)


def test_nothing_is_left_of_parts_that_failed(tmp_path):
    def failing():
        yield sample(4, 5)
        raise CatalogueError("no more")

    with pytest.raises(CatalogueError, match="no more"):
        write_embedding_parts(sample(8, 5).ids, failing(), tmp_path / "parts.fits")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rows", [slice(1, 8), slice(0, 7), slice(0, 9)])
def test_parts_of_other_cutouts_are_refused(rows, tmp_path):
    whole = sample(9, 5)
    with pytest.raises(CatalogueError, match=r"other ids|7 rows, but 8 were declared"):
        write_embedding_parts(whole.ids[:8], iter([whole[rows]]), tmp_path / "parts.fits")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("fault", ["there", "no folder", "no name"])
def test_no_part_is_made_for_a_table_that_cannot_be_written(name, fault, tmp_path):
    path = tmp_path / f"parts.{name}"
    if fault == "there":
        path.write_text("mine")
    elif fault == "no folder":
        path = tmp_path / "absent" / path.name
    ids = np.array(["a", "" if fault == "no name" else "b"])
    made = []
    with pytest.raises(
        (OutputError, CatalogueError), match=r"exists|no folder .*absent|must have a value"
    ):
        write_embedding_parts(ids, iter(made.append, None), path)
    assert not made
    assert path.is_file() == (fault == "there")


def test_parts_of_other_columns_are_refused(tmp_path):
    parts = [Embeddings([row], np.ones((1, 3 + row))).to_table() for row in range(2)]
    with pytest.raises(CatalogueError, match="a part of SOME has other columns than the first"):
        write_parts("SOME", parts, 2, tmp_path / "parts.fits")


@pytest.mark.parametrize("cuts", [(0,), (3, 10), (1, 2, 5, 1001)])
def test_the_sum_of_parts_is_that_of_astropy(cuts):
    data = np.random.default_rng(4).integers(0, 256, 4003, np.uint8)
    total = DataSum()
    for part in np.split(data, cuts):
        total.add(part.tobytes())
    padded = np.concatenate([data, np.zeros(-len(data) % 2880, np.uint8)])
    assert total.value == fits.ImageHDU(padded).add_datasum()


FACTS = {
    "ra": np.arange(20) * 10.0,
    "dec": np.where(np.arange(20) % 3, np.linspace(-80, 80, 20), np.nan),
    "label": np.array(
        ["", "FR I", "d\N{LATIN SMALL LETTER E WITH ACUTE}j\N{MICRO SIGN}"] * 6 + ["a", "b"]
    ),
    "file": np.array([f"{'x' * (k % 7)}/{k}.png" for k in range(20)]),
    "map_x": np.linspace(0, 1, 20, dtype=np.float32),
}


def with_facts() -> Embeddings:
    return replace(sample(), facts=FACTS)


@pytest.mark.parametrize("name", FORMATS)
def test_facts_are_columns_and_are_read_again(name, tmp_path):
    path = tmp_path / f"embeddings.{name}"
    write_embeddings(with_facts(), path)
    found = read_embeddings(path)
    assert list(found.facts) == ["ra", "dec", "file", "label", "map_x"]
    for column, values in FACTS.items():
        np.testing.assert_array_equal(found.facts[column], values)
    assert with_facts().to_table()["embedding_id"].tolist() == list(range(20))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("step", [1, 7, 20])
def test_parts_with_facts_make_the_table_of_the_whole(name, step, tmp_path):
    whole = with_facts()
    known = {column: values for column, values in FACTS.items() if column != "map_x"}
    parts = (whole[first : first + step] for first in range(0, len(whole), step))
    write_embedding_parts(whole.ids, parts, tmp_path / f"parts.{name}", facts=known)
    write_embeddings(whole, tmp_path / f"whole.{name}")
    one, other = (read_embeddings(tmp_path / f"{file}.{name}") for file in ("parts", "whole"))
    assert one.facts.keys() == other.facts.keys()
    for column in one.facts:
        np.testing.assert_array_equal(one.facts[column], other.facts[column])
    if name == "fits":
        rows = Table.read(tmp_path / "parts.fits", unit_parse_strict="silent")["embedding_id"]
        assert rows.tolist() == list(range(20))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"flux": np.ones(20)}, "embeddings have no column 'flux'"),
        ({"ra": np.ones(3)}, r"ra needs one value per vector \(20\), not \(3,\)"),
    ],
)
def test_other_facts_are_refused(facts, message):
    with pytest.raises(CatalogueError, match=message):
        replace(sample(), facts=facts)

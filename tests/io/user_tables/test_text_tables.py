"""Text tables as spreadsheets, finders and people save them."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import CatalogueError
from sciarada.io.user_tables.reading import read_user_table
from sciarada.io.user_tables.text import parse_table
from sciarada.tabular.cells import labels, numbers, texts

ROWS = [("id", "label"), ("007", "Spirale É"), ("1237648720693755918", "星系")]


def text(separator: str, end: str = "\n") -> str:
    return "".join(separator.join(row) + end for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_of_saving_gives_the_same_cells(tmp_path, encoding, separator, end):
    path = tmp_path / "labels.csv"
    path.write_bytes(text(separator, end).encode(encoding))
    table = read_user_table(path)
    assert table.colnames == ["id", "label"]
    assert list(zip(texts(table["id"]), labels(table["label"]), strict=True)) == ROWS[1:]


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_its_mark(tmp_path, mark):
    path = tmp_path / "labels.csv"
    path.write_bytes("\ufeff".encode(mark) + text(",").encode(mark))
    assert len(read_user_table(path)) == 2
    path.write_bytes(text(",").encode(mark))
    with pytest.raises(CatalogueError, match="not FITS, VOTable, ECSV, Parquet or text"):
        read_user_table(path)


def test_latin_1_is_read_and_said(tmp_path, caplog):
    path = tmp_path / "labels.csv"
    path.write_bytes("id,label\na,Spirale É\n".encode("latin-1"))
    assert read_user_table(path)["label"].tolist() == ["Spirale É"]
    assert "labels.csv is not UTF-8" in caplog.text


def test_a_mark_that_does_not_fit_is_said(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"\xef\xbb\xbfid,label\na,\xc9\n")
    with pytest.raises(CatalogueError, match=r"labels.csv .* mark says UTF-8.*save it again"):
        read_user_table(path)


cell = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"),
    max_size=12,
)


@given(
    st.lists(st.tuples(cell, cell), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes_is_read_back(rows, separator, quoting):
    rows = [(a.strip(), b.strip()) for a, b in rows]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, quoting=quoting)
    writer.writerows([("id", "label"), *rows])
    table = parse_table(stream.getvalue())
    wanted = [row for row in rows if any(row) and not row[0].startswith("#")]
    read = list(zip(texts(table["id"]).tolist(), texts(table["label"]).tolist(), strict=True))
    assert [row for row in read if not row[0].startswith("#")] == wanted


@pytest.mark.parametrize(
    ("lines", "names", "first"),
    [
        (["sep=;", "id;label", "a;b"], ["id", "label"], ["a", "b"]),
        (["# made by hand", "id,label", "a,b"], ["id", "label"], ["a", "b"]),
        (["# made by, hand", "id,label", "a,b"], ["id", "label"], ["a", "b"]),
        (["# id,label", "a,b"], ["id", "label"], ["a", "b"]),
        (["# made by me", "objid mag", "g1 3.5"], ["objid", "mag"], ["g1", "3.5"]),
        (["# format: ra dec", "1.5 2"], ["ra", "dec"], ["1.5", "2"]),
        (["id,label,,", "a,b,,"], ["id", "label"], ["a", "b"]),
        ([",id", "0,a"], ["column_1", "id"], ["0", "a"]),
        (["", "id,label", ",", "a,b", ""], ["id", "label"], ["a", "b"]),
        (["id,label", "# left out", "a,b"], ["id", "label"], ["a", "b"]),
        (["id,label", "#a,b"], ["id", "label"], ["#a", "b"]),
        (['id,label', '"a, ""b""","c', 'd"'], ["id", "label"], ['a, "b"', "c\nd"]),
        (["id,label,note", "a,b"], ["id", "label", "note"], ["a", "b", ""]),
    ],
)  # fmt: skip
def test_names_and_rows(lines, names, first):
    table = parse_table("\n".join(lines))
    assert table.colnames == names
    assert [texts(table[name])[0] for name in names] == first
    assert len(table) == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["id,id", "1,2"], "two of its columns have the same name, id"),
        (["id,label", "a,b", "c,d,e"], "line 3 has 3 cells where there are 2 columns"),
        (["", " "], "no text"),
        (["id,label", 'a,"b' + "x" * 200_000], "quote in line 2 has no end"),
    ],
)
def test_what_is_refused_is_said(lines, sentence):
    with pytest.raises(CatalogueError, match=sentence):
        parse_table("\n".join(lines))


def test_decimal_commas_are_read_where_semicolons_separate():
    table = parse_table("ra;dec;label\n1,5;-2,25e1;1,2\n2;3;x\n")
    np.testing.assert_array_equal(numbers(table["ra"]), [1.5, 2])
    np.testing.assert_array_equal(numbers(table["dec"]), [-22.5, 3])
    assert texts(table["label"]).tolist() == ["1,2", "x"]


def test_decimal_commas_are_refused_elsewhere():
    table = parse_table("ra\tdec\n1,5\t2\n")
    with pytest.raises(CatalogueError, match="column ra takes numbers, not '1,5': write decimal"):
        numbers(table["ra"])

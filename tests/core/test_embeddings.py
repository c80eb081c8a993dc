import numpy as np
import pytest
from astropy.table import Table

from sciarada.core.embeddings import COLUMNS, Embeddings
from sciarada.errors import CatalogueError

META = {"encoder": "simclr", "layers": [64, 128], "weights": {"sha256": "ab12"}}


def sample(n=5, d=3) -> Embeddings:
    vectors = np.random.default_rng(0).normal(size=(n, d))
    return Embeddings([f"cut {k}" for k in range(n)], vectors, META)


def test_vectors_are_float32_in_rows_that_cannot_be_changed():
    vectors = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    made = Embeddings([4, 9], vectors)
    assert made.vectors.dtype == np.float32
    assert made.vectors.flags.c_contiguous
    assert (len(made), made.dimension) == (2, 3)
    vectors[0, 0] = 7
    assert made.vectors[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        made.vectors[0, 0] = 1


def test_round_trip_through_a_table():
    made = sample()
    table = made.to_table()
    assert table.colnames == list(COLUMNS)
    assert table["embedding"].shape == (5, 3)
    again = Embeddings.from_table(table)
    np.testing.assert_array_equal(again.ids, made.ids)
    np.testing.assert_array_equal(again.vectors, made.vectors)
    assert again.meta == META


def test_choosing_rows():
    made = sample()
    np.testing.assert_array_equal(made[made.vectors[:, 0] > 0].vectors[:, 0] > 0, True)
    assert made[3:].ids.tolist() == ["cut 3", "cut 4"]
    assert made[3:].meta == META
    assert len(made[:0]) == 0


def test_rows_of_ids():
    made = sample()[np.array([3, 0, 4, 1])]
    assert made.rows_of(["cut 1", "cut 3", "cut 1"]).tolist() == [3, 0, 3]
    assert made.rows_of([]).tolist() == []
    with pytest.raises(CatalogueError, match="cut 2 has no embedding"):
        made.rows_of(["cut 1", "cut 2"])
    with pytest.raises(CatalogueError, match="cutout_id of the embeddings has 9 twice"):
        Embeddings([9, 9], np.ones((2, 2))).rows_of([9])


@pytest.mark.parametrize(
    ("ids", "vectors", "message"),
    [
        ([1, 2], np.ones((3, 4)), "one vector per id"),
        ([1, 2], np.ones(2), "one vector per id"),
        ([1, 2], np.ones((2, 0)), "one vector per id"),
        ([1.5, 2], np.ones((2, 1)), "whole numbers or of text"),
        ([[1, 2]], np.ones((1, 1)), "whole numbers or of text"),
        (["a", "b"], [[0.0], [np.nan]], r"1 embedding.s., first that of b"),
        (["a"], [[1e39]], "not finite"),
    ],
)
def test_what_does_not_fit_is_refused(ids, vectors, message):
    with np.errstate(over="ignore"), pytest.raises(CatalogueError, match=message):
        Embeddings(ids, vectors)


def test_tables_that_are_no_embeddings_are_refused():
    with pytest.raises(CatalogueError, match=r"needs the column.s. embedding"):
        Embeddings.from_table(Table({"cutout_id": [1]}))
    table = Table({"cutout_id": [1, 2], "embedding": np.ones((2, 3))}, masked=True)
    table["embedding"].mask[1, 2] = True
    with pytest.raises(CatalogueError, match="value in every row"):
        Embeddings.from_table(table)

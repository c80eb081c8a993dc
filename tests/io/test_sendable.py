"""What running programs are sent."""

import numpy as np
import pytest
from astropy.io.votable import parse_single_table
from astropy.table import Table

from sciarada.core.embeddings import Embeddings
from sciarada.errors import CatalogueError
from sciarada.io.embeddings import write_embeddings
from sciarada.io.sendable import LOAD_TABLE, sendable


@pytest.mark.parametrize("suffix", ["fits", "ecsv", "parquet"])
def test_embeddings_go_as_a_votable_with_their_vectors(suffix, tmp_path):
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)
    path = tmp_path / f"features.{suffix}"
    write_embeddings(Embeddings(np.array(["a", "b", "c"]), vectors, {"model_id": "m"}), path)
    with sendable(path) as message:
        assert message.mtype == LOAD_TABLE
        assert message.name == path.name
        table = parse_single_table(message.path).to_table()
        np.testing.assert_array_equal(table["embedding"], vectors)


def test_a_table_that_is_neither_is_refused_as_no_catalogue(tmp_path):
    Table({"x": [1, 2]}).write(tmp_path / "other.fits")
    with pytest.raises(CatalogueError, match=r"other\.fits"), sendable(tmp_path / "other.fits"):
        pass

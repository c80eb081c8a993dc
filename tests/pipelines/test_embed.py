"""Embedding whole sets, in batches."""

import numpy as np
import pytest
from PIL import Image

from sciarada.cutouts.reading import read_set
from sciarada.errors import OptionError, OutputError
from sciarada.io.embeddings import read_embeddings
from sciarada.nn.embedding import embed
from sciarada.nn.trained import load_encoder
from sciarada.pipelines.embed import EmbedSettings, run_embed


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of pictures whose names are not of one length."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(3)
    for number in range(9):
        values = rng.integers(0, 256, (40, 40), np.uint8)
        Image.fromarray(values).save(folder / f"{'long-' * (number % 4)}{number}.png")
    return folder


@pytest.mark.parametrize("ending", ["fits", "vot", "ecsv", "parquet"])
@pytest.mark.parametrize("batch", [1, 4, 100])
def test_table_has_the_names_and_vectors_of_the_set(pictures, batch, ending, tmp_path):
    path = tmp_path / f"vectors.{ending}"
    told = run_embed([pictures], path, EmbedSettings(batch=batch))
    source = read_set(pictures)
    expected = embed(source, load_encoder("default"))
    found = read_embeddings(path)
    assert found.ids.tolist() == source.ids.tolist()
    np.testing.assert_allclose(found.vectors, expected.vectors, atol=1e-5)
    assert (told.count, told.dimension) == found.vectors.shape


@pytest.mark.parametrize("device", ["nonsense", "cuda:99", "meta:x"])
def test_device_that_is_not_there_is_named(pictures, device, tmp_path):
    with pytest.raises(OptionError, match=f"device '{device}' is unavailable .*--device cpu"):
        run_embed([pictures], tmp_path / "vectors.fits", EmbedSettings(device=device))
    assert not list(tmp_path.iterdir())


def test_table_that_exists_is_kept(pictures, tmp_path):
    path = tmp_path / "vectors.ecsv"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        run_embed([pictures], path)
    assert path.read_text() == "mine"

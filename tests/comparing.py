"""When two catalogues, or two runs, are the same."""

from dataclasses import fields

import numpy as np
from astropy.io import fits
from astropy.table import Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.evaluation.score_table import ScoreRow

OF_TILES = {"tile_id"}
MAPS = ("segmentation", "rms", "background", "residual")


def assert_same(one: SourceCatalogue, other: SourceCatalogue) -> None:
    """Assert that rows and values are equal to the last bit, but for what names the tiles."""
    for ours, theirs in ((one.sources, other.sources), (one.components, other.components)):
        assert len(ours) == len(theirs)
        assert ours.colnames == theirs.colnames
        for name in set(ours.colnames) - OF_TILES:
            mask = np.ma.getmaskarray(ours[name])
            np.testing.assert_array_equal(mask, np.ma.getmaskarray(theirs[name]), err_msg=name)
            a, b = np.asarray(ours[name])[~mask], np.asarray(theirs[name])[~mask]
            np.testing.assert_array_equal(a, b, err_msg=name)
            assert a.dtype.kind != "f" or a.tobytes() == b.tobytes(), name


def assert_same_run(one, other) -> None:
    """Assert that catalogue and maps of two detection runs are equal to the last bit."""
    assert_same(one.catalogue, other.catalogue)
    for name in MAPS:
        ours, theirs = (fits.getdata(run.out / f"{name}.fits") for run in (one, other))
        assert ours.shape == theirs.shape
        assert ours.tobytes() == theirs.tobytes(), name


def score_rows(table: Table) -> list[ScoreRow]:
    """Return the rows of a table of scores; a masked number is NaN."""
    filled = [_filled(table[part.name]) for part in fields(ScoreRow)]
    return [ScoreRow(*values) for values in zip(*filled, strict=True)]


def _filled(column):
    values = np.ma.asarray(column)
    return values.filled({"f": np.nan, "i": 0}.get(values.dtype.kind, "")).tolist()

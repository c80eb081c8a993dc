"""When two catalogues are the same."""

import numpy as np

from sciarada.core.catalogue import SourceCatalogue

OF_TILES = {"tile_id"}


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

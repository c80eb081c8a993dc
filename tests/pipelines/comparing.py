"""When two catalogues are the same."""

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import Flag

OF_TILES = {"tile_id"}


def assert_same(one: SourceCatalogue, other: SourceCatalogue, *, rtol: float = 0.0) -> None:
    """Assert that rows and values agree, but for what names the tiles."""
    for ours, theirs in ((one.sources, other.sources), (one.components, other.components)):
        assert len(ours) == len(theirs)
        assert ours.colnames == theirs.colnames
        for name in set(ours.colnames) - OF_TILES:
            mask = np.ma.getmaskarray(ours[name])
            np.testing.assert_array_equal(mask, np.ma.getmaskarray(theirs[name]), err_msg=name)
            a, b = np.asarray(ours[name])[~mask], np.asarray(theirs[name])[~mask]
            if name == "flags":
                a, b = a & ~Flag.TILE_SEAM, b & ~Flag.TILE_SEAM
            if rtol and a.dtype.kind == "f":
                np.testing.assert_allclose(a, b, rtol=rtol, err_msg=name)
            else:
                np.testing.assert_array_equal(a, b, err_msg=name)

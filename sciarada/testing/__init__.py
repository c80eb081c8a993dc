"""Tools for authors of plugins: a small sky to try a plugin on, and the conformance kit.

The kit is what ``sciarada plugins check NAME`` runs::

    from sciarada.testing import assert_plugin_conforms


    def test_plugin():
        assert_plugin_conforms("snr-cut")
"""

from sciarada.testing.check import Check
from sciarada.testing.conformance import assert_plugin_conforms, conformance, loading_checks
from sciarada.testing.listing import listing_checks
from sciarada.testing.skies import small_sky, tile_view

__all__ = [
    "Check",
    "assert_plugin_conforms",
    "conformance",
    "listing_checks",
    "loading_checks",
    "small_sky",
    "tile_view",
]

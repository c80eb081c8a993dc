"""SCIARADA: find, measure, classify and explore sources in radio survey images.

The main names are one import away, and are loaded when they are first used::

    import sciarada as sc

    found = sc.detect("image.fits")
    found.sources["source_name", "total_flux", "snr"]
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, whose import would take most of the time of this one

__version__ = "0.1.dev0"

if TYPE_CHECKING:
    from sciarada.api import (
        detect,
        embed,
        evaluate,
        list_plugins,
        load_encoder,
        pretrain,
        probe,
        read_catalogue,
        read_cutouts,
        read_embeddings,
        read_image,
        simulate,
    )
    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.embeddings import Embeddings
    from sciarada.core.image import SkyImage
    from sciarada.cutouts.cutout_set import CutoutSet

__all__ = [
    "CutoutSet",
    "Embeddings",
    "SkyImage",
    "SourceCatalogue",
    "detect",
    "embed",
    "evaluate",
    "list_plugins",
    "load_encoder",
    "pretrain",
    "probe",
    "read_catalogue",
    "read_cutouts",
    "read_embeddings",
    "read_image",
    "simulate",
]

_MODULES = {
    "CutoutSet": "sciarada.cutouts.cutout_set",
    "Embeddings": "sciarada.core.embeddings",
    "SkyImage": "sciarada.core.image",
    "SourceCatalogue": "sciarada.core.catalogue",
}


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES.get(name, "sciarada.api")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*__all__, "__version__"])

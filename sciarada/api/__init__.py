"""One function per step: the names of ``import sciarada as sc``.

Each takes its input first and everything else by keyword: ``out``, a folder for the products
(without it they exist as long as the result), the fields of its settings, ``progress`` and
``executor``. Results are tables, regions, images and arrays in memory.
"""

from sciarada.api.cutouts import read_cutouts
from sciarada.api.detection import detect
from sciarada.api.embedding import embed
from sciarada.api.encoders import load_encoder
from sciarada.api.evaluation import evaluate
from sciarada.api.plugins import list_plugins
from sciarada.api.probing import probe
from sciarada.api.simulation import simulate
from sciarada.api.training import pretrain
from sciarada.io.embeddings import read_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.pipelines.plugin_formats import use_formats_of_plugins

__all__ = [
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

use_formats_of_plugins()

"""Configuration of the documentation: `sphinx-build -W docs docs/_build`."""

import sys
from pathlib import Path

from sciarada import __version__

sys.path.insert(0, str(Path(__file__).parent))

project = "SCIARADA"
author = "The SCIARADA developers"
copyright = author
release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "notebook_pages",
    "plugin_example",
    "unreleased_changes",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build", "changes"]  # the fragments become a page at each release

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"  # the docstrings say them, with shapes and units
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = f"SCIARADA {release}"
html_show_copyright = False
html_show_sphinx = False

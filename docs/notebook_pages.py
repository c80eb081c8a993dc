"""Jupyter notebooks as pages: their text, and their code as blocks of Python.

The notebooks are kept without outputs, so that the pages show code that the tests run, and no
picture can be older than the code that draws it.
"""

from __future__ import annotations

import json

from docutils import nodes
from myst_parser.parsers.sphinx_ import MystParser


class NotebookParser(MystParser):
    """Reads a notebook as a page in Markdown."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse the text of an ``.ipynb`` file."""
        super().parse(as_markdown(inputstring), document)


def as_markdown(notebook: str) -> str:
    """Return the cells of a notebook as Markdown, its code as blocks of Python."""
    return "\n\n".join(map(_block, json.loads(notebook)["cells"]))


def _block(cell: dict) -> str:
    text = "".join(cell["source"])
    return text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```"


def setup(app):
    """Let Sphinx read notebooks."""
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    return {"parallel_read_safe": True}

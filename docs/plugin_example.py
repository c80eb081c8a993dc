"""The directive ``plugin-example``: shows the files that ``sciarada plugins new`` writes."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import Directive

from sciarada.scaffold import KINDS, PluginName, render_plugin


class PluginExample(Directive):
    """Show the Python files of the template of one kind of plugin, as they are written."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a block of code for each file, with its path above it."""
        kind = self.arguments[0]
        if kind not in KINDS:
            raise self.error(f"no template for plugins of kind {kind}")
        files = render_plugin(PluginName("example"), kind)
        return [_block(path, text) for path, text in files.items() if path.endswith(".py")]


def _block(path: str, text: str) -> nodes.Node:
    """Return a block of code with a caption."""
    block = nodes.container("", literal_block=True, classes=["literal-block-wrapper"])
    block += [nodes.caption("", path), nodes.literal_block(text, text, language="python")]
    return block


def setup(app):
    """Add the directive to Sphinx."""
    app.add_directive("plugin-example", PluginExample)
    return {"parallel_read_safe": True}

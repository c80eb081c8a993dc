"""The directive ``unreleased-changes``: the fragments of docs/changes/ as one list.

At a release `towncrier build` moves them into the page; until then this shows the same.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

FOLDER = Path(__file__).parent / "changes"
KINDS = {"feature": "New", "change": "Changed", "fix": "Fixed"}
"""Heading of each kind of change; the same as in pyproject.toml."""


class UnreleasedChanges(Directive):
    """List the changes since the last release by kind."""

    def run(self) -> list[nodes.Node]:
        """Return a heading and a list for each kind that there is."""
        section = nodes.container()
        self.state.nested_parse(StringList(unreleased().splitlines()), 0, section)
        return section.children


def unreleased() -> str:
    """Return the changes as Markdown."""
    blocks = []
    for kind, title in KINDS.items():
        texts = [path.read_text().strip() for path in sorted(FOLDER.glob(f"*.{kind}.md"))]
        if texts:
            items = (f"- {' '.join(text.splitlines())}" for text in texts)
            blocks.append("\n".join([f"**{title}**", "", *items]))
    return "\n\n".join(blocks) or "Nothing."


def setup(app):
    """Add the directive to Sphinx."""
    app.add_directive("unreleased-changes", UnreleasedChanges)
    return {"parallel_read_safe": True}

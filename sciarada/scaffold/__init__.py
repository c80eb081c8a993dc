"""New plugins: working packages written from templates, one for each kind of plugin."""

from sciarada.scaffold.kinds import KINDS, Kind
from sciarada.scaffold.names import PluginName
from sciarada.scaffold.writing import render_plugin, write_plugin

__all__ = ["KINDS", "Kind", "PluginName", "render_plugin", "write_plugin"]

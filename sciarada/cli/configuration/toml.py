"""One section of plain values as TOML, which the standard library only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Table


def toml_section(title: Sequence[str], values: Mapping[str, Any], unset: Mapping[str, str]) -> str:
    """Return a section as text; unset options are comments with their descriptions.

    Parameters
    ----------
    title : sequence of str
        Names of the section and of those around it, from the outermost.
    values : mapping of str to object
        Numbers, text, lists of them, and mappings, which become sections in this one.
    unset : mapping of str to str
        Description of each option without a value.

    Examples
    --------
    >>> from sciarada.cli.configuration.toml import toml_section
    >>> print(toml_section(["detect"], {"tile": 64}, {"box": "side of the mesh"}), end="")
    [detect]
    tile = 64
    # box =  (side of the mesh)
    """
    section = _table({key: each for key, each in values.items() if not isinstance(each, Mapping)})
    for key, text in unset.items():
        section.add(tomlkit.comment(f"{key} =  ({text})"))
    for key, each in values.items():
        if isinstance(each, Mapping):
            section.add(key, _table(each))
    for name in reversed(title[1:]):
        inner, section = section, tomlkit.table(is_super_table=True)
        section.add(name, inner)
    document = tomlkit.document()
    document.add(title[0], section)
    return document.as_string()


def _table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, value)
    return table

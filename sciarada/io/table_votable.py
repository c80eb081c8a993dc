"""Tables as VOTable 1.4, in BINARY2, positions tied to ICRS.

astropy reads it back. It does not write it: its writer goes cell by cell, which takes
seconds for a few thousand sources, where packed rows take milliseconds.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from astropy.io.votable.tree import Field, Resource, TableElement
from astropy.table import MaskedColumn, Table

from sciarada.errors import CatalogueError
from sciarada.io.escaped_columns import MARK, ascii_table, restored
from sciarada.io.metadata_text import dump_metadata, load_metadata
from sciarada.io.records import parts, to_records, unit_text
from sciarada.io.votable_source import parse_votable
from sciarada.tabular.escaping import shown, shown_unicode
from sciarada.tabular.metadata import flat_items

METADATA_PARAM = "metadata"
XTYPE = "sciarada:"
"""Prefix of the ``xtype`` of a field with escaped text, as DALI requires."""
_VERSION = "1.4"
_RESOURCE = "SCIARADA"
_NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"  # the namespace of 1.3 and all that follow
_DATATYPES = {"f4": "float", "f8": "double", "i2": "short", "i4": "int", "i8": "long"}
_LONG = 2**63
_ROWS_HERE = b"\x01rows\x01"  # no text in XML may hold this character


def write(tables: Mapping[str, Table], meta: dict[str, Any], path: Path) -> None:
    """Write tables by name and their metadata to a new VOTable file."""
    tables = {name: ascii_table(table) for name, table in tables.items()}
    root = ElementTree.Element("VOTABLE", version=_VERSION, xmlns=_NAMESPACE)
    resource = ElementTree.SubElement(root, "RESOURCE", type="results", name=_RESOURCE)
    ElementTree.SubElement(resource, "COOSYS", ID="icrs", system="ICRS")
    for attributes in _params(meta):
        ElementTree.SubElement(resource, "PARAM", attributes)
    for name, table in tables.items():
        _add_table(resource, name, table)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    between = text.split(_ROWS_HERE)
    with path.open("xb") as stream:
        stream.write(between[0])
        for table, after in zip(tables.values(), between[1:], strict=True):
            stream.writelines(_encoded(part) for part in parts(table))
            stream.write(after)


def is_own(path: Path, name: str) -> bool:
    """Return whether `write` made a file with this first table."""
    ours = False
    try:
        for _, element in ElementTree.iterparse(path, events=["start"]):
            tag = element.tag.rpartition("}")[2]
            if tag == "RESOURCE":
                ours = element.get("name") == _RESOURCE
            elif tag == "TABLE":
                return ours and element.get("name") == name
    except (OSError, ValueError, ElementTree.ParseError):
        pass
    return False


def read(path: Path, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    """Return the named tables and the metadata of a VOTable file."""
    resources = parse_votable(path).resources
    if not resources:
        raise CatalogueError("it has no RESOURCE, so no table")
    resource, meta = resources[0], "{}"
    for param in resource.params:
        if param.name == METADATA_PARAM:
            meta = param.value
    return [_table(resource, name) for name in names], load_metadata(meta)


def _params(meta: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the attributes of one PARAM per leaf of the metadata, and of one with all of it."""
    yield _text_param(METADATA_PARAM, dump_metadata(meta))
    for name, value in flat_items(meta):
        name = shown(name)
        match value:
            case None:
                continue
            case bool():
                yield {"name": name, "datatype": "boolean", "value": str(value).lower()}
            case int() if -_LONG <= value < _LONG:
                yield {"name": name, "datatype": "long", "value": str(value)}
            case float():
                yield {"name": name, "datatype": "double", "value": repr(value)}
            case _:
                yield _text_param(name, shown(str(value)))


def _text_param(name: str, value: str) -> dict[str, str]:
    return {"name": name, "datatype": "char", "arraysize": "*", "value": value}


def _add_table(resource: ElementTree.Element, name: str, table: Table) -> None:
    element = ElementTree.SubElement(resource, "TABLE", name=name, nrows=str(len(table)))
    rows = to_records(table[:0])
    for column in table.itercols():
        field = ElementTree.SubElement(element, "FIELD", _field(column, rows.dtype[column.name]))
        ElementTree.SubElement(field, "DESCRIPTION").text = shown_unicode(column.description)
    data = ElementTree.SubElement(element, "DATA")
    binary = ElementTree.SubElement(data, "BINARY2")
    ElementTree.SubElement(binary, "STREAM", encoding="base64").text = _ROWS_HERE.decode()


def _field(column: MaskedColumn, packed: np.dtype) -> dict[str, str]:
    attributes = {"name": column.name, "ucd": column.meta["ucd"]}
    if packed.kind == "S":
        attributes |= {"datatype": "char", "arraysize": str(packed.itemsize)}
        if MARK in column.meta:
            attributes["xtype"] = f"{XTYPE}{column.meta[MARK]}"
    else:
        attributes["datatype"] = _DATATYPES[column.dtype.str[1:]]
    if column.ndim == 2:
        attributes["arraysize"] = str(column.shape[1])
    if column.unit is not None:
        attributes["unit"] = unit_text(column)
    if column.meta["ucd"].startswith("pos.eq."):
        attributes["ref"] = "icrs"
    return attributes


def _encoded(table: Table) -> bytes:
    """Return the rows, each after one bit per column that says whether its cell is null."""
    rows = to_records(table)
    masks = (np.asarray(column.mask) for column in table.itercols())
    nulls = np.column_stack([mask.all(axis=1) if mask.ndim == 2 else mask for mask in masks])
    flags = np.packbits(nulls, axis=1)
    values = rows.view(np.uint8).reshape(len(rows), rows.itemsize)
    return base64.b64encode(np.hstack([flags, values]).data)


def _table(resource: Resource, name: str) -> Table:
    found = [table for table in resource.tables if table.name == name]
    if not found:
        raise CatalogueError(f"it has no table {name}")
    element: TableElement = found[0]
    return Table([_column(element.array[field.ID], field) for field in element.fields], copy=False)


def _column(values: np.ma.MaskedArray, field: Field) -> MaskedColumn:
    return MaskedColumn(
        restored(values, escape_mark(field.xtype)), name=field.name, unit=field.unit
    )


def escape_mark(xtype: str | None) -> str | None:
    """Return how a field is escaped by its ``xtype``, None if it is not."""
    if xtype is None or not xtype.startswith(XTYPE):
        return None
    return xtype.removeprefix(XTYPE)

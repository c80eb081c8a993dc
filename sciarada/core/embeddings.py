"""Embeddings: the feature vectors of cutouts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.core.columns import id_column, make_column
from sciarada.core.schema import SOURCE_COLUMNS, ColumnSpec
from sciarada.errors import CatalogueError
from sciarada.tabular.cells import texts
from sciarada.tabular.joining import Identifiers, join
from sciarada.tabular.metadata import plain_metadata

COLUMNS = ("cutout_id", "embedding")
_ID = ColumnSpec(
    "cutout_id", "str", None, "meta.id;meta.main", "Name or number of the cutout", required=True
)


FACTS = {
    spec.name: spec
    for spec in (
        SOURCE_COLUMNS["source_name"],
        ColumnSpec("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension (ICRS)"),
        ColumnSpec("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination (ICRS)"),
        ColumnSpec("image", "str", None, "meta.id;obs.image", "Image of the cutout"),
        ColumnSpec("file", "str", None, "meta.id;meta.file", "File of the cutout"),
        ColumnSpec("label", "str", None, "meta.code.class", "What the cutout shows"),
        ColumnSpec("map_x", "float32", None, "stat.param", "Place on the map of the vectors, x"),
        ColumnSpec("map_y", "float32", None, "stat.param", "Place on the map of the vectors, y"),
    )
}
"""Columns of a table of embeddings beside `COLUMNS` and the row number ``embedding_id``."""


@dataclass(frozen=True, eq=False, repr=False)
class Embeddings:
    """Feature vectors of cutouts, with their origin.

    The ``embedding_id`` of a source in a catalogue is the row of its vector here.

    Parameters
    ----------
    ids : ndarray of int64 or str, shape (n,)
        Name of the cutout of each vector.
    vectors : ndarray of float32, shape (n, d)
        The vectors, all finite; kept in C order and read-only.
    meta : mapping
        Origin: encoder, weights, images, versions. Text, numbers, lists and dicts only.
    facts : mapping of str to ndarray, shape (n,)
        What is known of each cutout: any of the columns `FACTS`, NaN or empty where unknown.

    Raises
    ------
    CatalogueError
        If the arrays do not match, a value is not finite, a fact is none of `FACTS`, or the
        metadata are not plain.

    See Also
    --------
    sciarada.embed : Makes embeddings of cutouts.
    sciarada.read_embeddings : Reads them.

    Examples
    --------
    >>> import numpy as np
    >>> import sciarada as sc
    >>> vectors = sc.Embeddings(np.array(["a", "b"]), np.eye(2))
    >>> vectors.dimension, vectors.rows_of(["b"]).tolist()
    (2, [1])
    """

    ids: np.ndarray
    vectors: np.ndarray
    meta: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Embeddings: {len(self)} cutouts, {self.vectors.shape[1]} features>"

    def __post_init__(self) -> None:
        ids = np.array(self.ids)
        ids = ids.astype(np.int64) if ids.dtype.kind in "iu" else ids
        vectors = np.array(self.vectors, dtype=np.float32, order="C")
        if ids.ndim != 1 or ids.dtype.kind not in "iuU":
            raise CatalogueError("the ids of embeddings are a list of whole numbers or of text")
        if vectors.ndim != 2 or len(vectors) != len(ids) or not vectors.shape[1]:
            raise CatalogueError(
                f"embeddings need one vector per id ({len(ids)}), not an array of {vectors.shape}"
            )
        finite = np.isfinite(vectors).all(axis=1)
        if not finite.all():
            raise CatalogueError(
                f"{int(np.sum(~finite))} embedding(s), first that of {ids[np.argmin(finite)]}, "
                f"have values that are not finite"
            )
        for name, array in (("ids", ids), ("vectors", vectors)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "meta", plain_metadata(self.meta))
        object.__setattr__(self, "facts", _checked_facts(self.facts, len(ids)))

    @classmethod
    def from_table(cls, table: Table) -> Embeddings:
        """Return the embeddings of a table as `to_table` makes it.

        Raises
        ------
        CatalogueError
            If ``cutout_id`` or ``embedding`` is missing, or does not hold what it should.
        """
        missing = [name for name in COLUMNS if name not in table.colnames]
        if missing:
            raise CatalogueError(f"a table of embeddings needs the column(s) {', '.join(missing)}")
        if any(np.any(getattr(table[name], "mask", False)) for name in COLUMNS):
            raise CatalogueError("a table of embeddings must have a value in every row")
        ids = np.asarray(table["cutout_id"])
        return cls(
            ids.astype(np.str_) if ids.dtype.kind in "SO" else ids,
            np.asarray(table["embedding"]),
            dict(table.meta),
            {name: _plain(table[name]) for name in FACTS if name in table.colnames},
        )

    @classmethod
    def join(cls, parts: Iterable[Embeddings]) -> Embeddings:
        """Return the embeddings of several parts, with the metadata of the first.

        Raises
        ------
        CatalogueError
            If the parts are of different models, or of different views of the cutouts.
        """
        parts = list(parts)
        models = list(dict.fromkeys(str(part.meta.get("model_id", "")) for part in parts))
        if len(models) > 1:
            raise CatalogueError(
                f"embeddings of {models[0]} and of {models[1]} cannot be joined: embed all cutouts "
                "with the same encoder and options"
            )
        known = [name for name in FACTS if all(name in part.facts for part in parts)]
        return cls(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.vectors for part in parts]),
            parts[0].meta,
            {name: np.concatenate([part.facts[name] for part in parts]) for name in known},
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self.vectors.shape[1]

    def __getitem__(self, rows: slice | np.ndarray) -> Embeddings:
        """Return the embeddings of a slice, a mask or row numbers."""
        facts = {name: values[rows] for name, values in self.facts.items()}
        return Embeddings(self.ids[rows], self.vectors[rows], self.meta, facts)

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the place of each id: the ``embedding_id`` of a catalogue.

        Parameters
        ----------
        ids : array_like of int or str, shape (m,)
            Names of cutouts.

        Returns
        -------
        ndarray of int64, shape (m,)

        Raises
        ------
        CatalogueError
            If an id has no embedding or more than one.
        """
        wanted = Identifiers.of(np.asarray(ids), "catalogue")
        found = join(wanted, Identifiers.of(self.ids, "cutout_id of the embeddings"))
        if found.missing:
            raise CatalogueError(f"cutout {wanted.texts[found.rows < 0][0]} has no embedding")
        return found.rows

    def to_table(self) -> Table:
        """Return a table with the columns `COLUMNS`, ``embedding`` being a vector column.

        Where there are facts, they are columns, too, and so is ``embedding_id``, the row.

        Raises
        ------
        CatalogueError
            If an id is empty.
        """
        vectors = MaskedColumn(
            self.vectors,
            name="embedding",
            description="Place of the cutout in the space of the encoder",
            meta={"ucd": "stat.param"},
        )
        columns = [*columns_of_facts(self.ids, self.facts), vectors]
        return Table(columns, copy=False, meta=dict(self.meta))


def columns_of_facts(ids: np.ndarray, facts: Mapping[str, np.ndarray]) -> list[MaskedColumn]:
    """Return the columns of a table of embeddings, but for the vectors.

    Raises
    ------
    CatalogueError
        If an id is empty.
    """
    numbers = [make_column(SOURCE_COLUMNS["embedding_id"], np.arange(len(ids)))] if facts else []
    known = [make_column(spec, facts[name]) for name, spec in FACTS.items() if name in facts]
    return [column_of_ids(ids), *numbers, *known]


def _checked_facts(facts: Mapping[str, np.ndarray], length: int) -> dict[str, np.ndarray]:
    """Return facts as arrays of the types of their columns."""
    checked = {}
    for name, values in facts.items():
        if name not in FACTS:
            raise CatalogueError(f"embeddings have no column {name!r}: it is one of {list(FACTS)}")
        array = np.array(values, np.str_ if FACTS[name].dtype == "str" else FACTS[name].dtype)
        if array.shape != (length,):
            raise CatalogueError(f"{name} needs one value per vector ({length}), not {array.shape}")
        array.flags.writeable = False
        checked[name] = array
    return checked


def _plain(column: MaskedColumn) -> np.ndarray:
    """Return a column as an array, NaN or empty where it is null."""
    if column.dtype.kind in "SUO":
        return texts(column)
    return np.ma.filled(np.ma.asarray(column), np.nan)


def column_of_ids(ids: np.ndarray) -> MaskedColumn:
    """Return names of cutouts as the column of a table of embeddings.

    Raises
    ------
    CatalogueError
        If an id is empty.
    """
    return make_column(id_column(_ID, ids), ids)

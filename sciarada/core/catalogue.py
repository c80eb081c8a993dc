"""SourceCatalogue: sources, their Gaussian components and their origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from astropy.table import Table

from sciarada.core.catalogue_join import join_catalogue
from sciarada.core.columns import make_column, null_column
from sciarada.core.display import html_summary
from sciarada.core.schema import (
    COMPONENT_COLUMNS,
    SOURCE_COLUMNS,
    ColumnSpec,
    Flag,
    find_source_column,
)
from sciarada.errors import CatalogueError
from sciarada.geometry.naming import distinct_names_of, source_name
from sciarada.tabular.metadata import plain_metadata

_CLASS_COLUMNS_FOLLOW = "class_prob"
SUMMARY = (
    *("source_name", "ra", "dec", "total_flux", "e_total_flux", "snr"),
    *("det_class", "class_name", "flags"),
)


@dataclass(frozen=True, eq=False, repr=False)
class SourceCatalogue:
    """A catalogue of sources in the schema of SCIARADA.

    The tables are checked and copied on construction: each column has the type, unit, description
    and UCD of `sciarada.core.schema`, in its order, and a value that could not be measured is
    masked. Under the mask is NaN, the minimum of the integer type, or an empty text.

    Parameters
    ----------
    sources : `~astropy.table.Table`
        One row per source; all core columns present.
    components : `~astropy.table.Table`
        One row per Gaussian component, joined to its source by ``source_id``.
    meta : dict
        Origin of the catalogue: image, configuration, versions, thresholds. Text, numbers, lists
        and dicts only.

    Raises
    ------
    CatalogueError
        If a column is unknown, missing or has values that the schema does not allow, or the
        tables do not join.

    See Also
    --------
    sciarada.detect : Makes the catalogue of an image.
    sciarada.read_catalogue : Reads one.

    Examples
    --------
    >>> import sciarada as sc
    >>> required = {"source_id": [1], "island_id": [1], "n_components": [0]}
    >>> catalogue = sc.SourceCatalogue.from_columns(required | {"ra": [150.0], "dec": [-30.0]})
    >>> str(catalogue.sources["source_name"][0])
    'SCI J100000.0-300000'
    >>> catalogue.sources["total_flux"].unit, bool(catalogue.sources["total_flux"].mask[0])
    (Unit("Jy"), True)
    """

    sources: Table
    components: Table
    meta: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<SourceCatalogue: {len(self)} sources, {len(self.components)} components>"

    def __post_init__(self) -> None:
        sources = _conform("sources", dict(self.sources.items()))
        components = _conform("components", dict(self.components.items()))
        _check_rows(sources, components)
        object.__setattr__(self, "sources", sources)
        object.__setattr__(self, "components", components)
        object.__setattr__(self, "meta", plain_metadata(self.meta))

    @classmethod
    def from_columns(
        cls,
        sources: Mapping[str, Any],
        components: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> SourceCatalogue:
        """Return a catalogue made of plain arrays.

        Core columns that are not given are null; ``source_name`` is made from the position.

        Parameters
        ----------
        sources, components : mapping of str to array_like, shape (n,)
            Columns by name; None, NaN and masked cells are nulls. A bare array is taken to
            be in the column's unit, a `~astropy.units.Quantity` is converted to it.
        meta : mapping, optional
            Where the catalogue comes from.

        Raises
        ------
        CatalogueError
            As the class; also for columns of unequal length.
        """
        sources = dict(sources)
        if "source_name" not in sources and {"ra", "dec"} <= sources.keys():
            pixel = _pixel_scale(meta)
            sources["source_name"] = source_name(sources["ra"], sources["dec"], pixel)
        return cls(
            _fill("sources", sources),
            _fill("components", dict(components or {})),
            dict(meta or {}),
        )

    @classmethod
    def empty(cls, meta: Mapping[str, Any] | None = None) -> SourceCatalogue:
        """Return a catalogue without rows, with every core column."""
        return cls.from_columns({}, {}, meta)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def distinct_names(self) -> np.ndarray:
        """Names of the sources, with ``#`` and the ``source_id`` where two have the same."""
        return distinct_names_of(self.sources["source_name"].data.data, self.sources["source_id"])

    def select(self, rows: np.ndarray) -> SourceCatalogue:
        """Return the chosen sources and their components.

        Parameters
        ----------
        rows : ndarray of bool, shape (n,), or of int
            A mask, or row numbers in the wanted order.
        """
        sources = self.sources[np.asarray(rows)]
        kept = np.isin(self.components["source_id"].data.data, sources["source_id"].data.data)
        return SourceCatalogue(sources, self.components[kept], self.meta)

    def with_columns(self, **columns: Any) -> SourceCatalogue:
        """Return the catalogue with columns of the sources added or replaced."""
        return SourceCatalogue.from_columns(
            {**dict(self.sources.items()), **columns}, dict(self.components.items()), self.meta
        )

    def join(
        self,
        other: Table | SourceCatalogue | Mapping[str, Any],
        on: str | None = None,
        *,
        how: Literal["inner", "left"] = "left",
        columns: Sequence[str] | None = None,
    ) -> SourceCatalogue:
        """Return the catalogue with columns of another table, joined by an identifier.

        Identifiers are compared as text, so that no digit of a long number and no leading zero
        is lost; a whole number is also the same as text such as ``007`` or ``7.0``.

        Parameters
        ----------
        other : `~astropy.table.Table`, SourceCatalogue or mapping of str to array_like
            One row per source, in any order.
        on : str, optional
            The column of the identifiers, or ``OF_CATALOGUE=OF_OTHER``; by default the first
            that both have of ``source_id``, ``source_name`` and ``cutout_id``, the name of
            cutouts made at the sources.
        how : {'left', 'inner'}
            Whether to keep all sources, with nulls where ``other`` has no row, or only those
            that have one. Rows of ``other`` without a source are left out.
        columns : sequence of str, optional
            The columns to take, in place of those of the catalogue with the same names; by
            default all that have values.

        Returns
        -------
        SourceCatalogue
            With the sources in their own order, and the components of the sources that are kept.

        Raises
        ------
        CatalogueError
            If an identifier occurs twice in a table; if a column is unknown to the schema; or,
            without ``columns``, if both tables have values of one column.
        OptionError
            If a column that is named is not there.

        See Also
        --------
        Embeddings.rows_of : Rows of feature vectors by identifier.

        Examples
        --------
        >>> import sciarada as sc
        >>> required = {"source_id": [8, 7], "island_id": [1, 2], "n_components": [0, 0]}
        >>> catalogue = sc.SourceCatalogue.from_columns(required | {"ra": [9, 9.5], "dec": [1, 1]})
        >>> classes = {"source_id": ["07"], "class_name": ["FRII"]}
        >>> joined = catalogue.join(classes)
        >>> joined.sources["class_name"].tolist()
        [None, 'FRII']
        >>> len(catalogue.join(classes, how="inner"))
        1
        """
        return join_catalogue(self, other, on, how, columns)

    def with_flag(self, flag: Flag, rows: np.ndarray) -> SourceCatalogue:
        """Return the catalogue with a flag set for the chosen sources and their components.

        Parameters
        ----------
        flag : Flag
        rows : ndarray of bool, shape (n,)
        """
        sources, components = self.sources.copy(), self.components.copy()
        chosen = np.isin(components["source_id"], sources["source_id"][rows])
        sources["flags"] |= np.where(rows, int(flag), 0)
        components["flags"] |= np.where(chosen, int(flag), 0)
        return SourceCatalogue(sources, components, self.meta)

    def with_meta(self, **items: Any) -> SourceCatalogue:
        """Return the catalogue with metadata added or replaced."""
        return SourceCatalogue(self.sources, self.components, {**self.meta, **items})

    def _repr_html_(self) -> str:
        names = [name for name in SUMMARY if name in self.sources.colnames]
        rows = self.sources[names].pformat(html=True, max_lines=12, show_unit=True)
        counts = [("sources", len(self)), ("components", len(self.components))]
        return html_summary("Source catalogue", counts, "".join(rows))


_FIND: dict[str, Callable[[str], ColumnSpec | None]] = {
    "sources": find_source_column,
    "components": COMPONENT_COLUMNS.get,
}
_SPECS = {"sources": SOURCE_COLUMNS, "components": COMPONENT_COLUMNS}


def _fill(kind: str, columns: dict[str, Any]) -> Table:
    """Return a table of raw ``columns`` with the core columns that are missing as nulls."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise CatalogueError(f"the {kind} have columns of unequal length: {lengths}")
    length = next(iter(lengths.values()), 0)
    for name, spec in _SPECS[kind].items():
        if spec.core and name not in columns:
            columns[name] = null_column(spec, length)
    return Table(columns, copy=False)


def _conform(kind: str, columns: Mapping[str, Any]) -> Table:
    """Return a checked copy of a table, its columns in the schema's order."""
    missing = [s.name for s in _SPECS[kind].values() if s.core and s.name not in columns]
    if missing:
        raise CatalogueError(f"the table of {kind} lacks the column(s) {', '.join(missing)}")
    made = {name: make_column(_spec(kind, name), values) for name, values in columns.items()}
    if len({name.lower() for name in made}) < len(made):
        raise CatalogueError(f"the {kind} have columns that differ in upper and lower case only")
    return Table([made[name] for name in _in_order(_SPECS[kind], made)], copy=False)


def _spec(kind: str, name: str) -> ColumnSpec:
    spec = _FIND[kind](name)
    if spec is None:
        raise CatalogueError(f"the {kind} of a catalogue have no column {name!r}")
    return spec


def _in_order(specs: Mapping[str, ColumnSpec], names: Mapping[str, Any]) -> list[str]:
    """Return ``names`` in the schema's order, class probabilities after the class."""
    classes = [name for name in names if name not in specs]
    order = []
    for name in specs:
        if name in names:
            order.append(name)
        if name == _CLASS_COLUMNS_FOLLOW:
            order.extend(classes)
    return order


def _check_rows(sources: Table, components: Table) -> None:
    """Refuse ids that are not unique, positions off the sky and orphaned components."""
    for kind, table, key in (
        ("sources", sources, "source_id"),
        ("components", components, "component_id"),
    ):
        ids = table[key].data.data
        if len(np.unique(ids)) < len(ids) or np.any(ids < 1):
            raise CatalogueError(f"{key} of the {kind} must be unique and at least 1")
        ra, dec = table["ra"].data.data, table["dec"].data.data
        if not np.all((ra >= 0) & (ra <= 360) & (np.abs(dec) <= 90)):
            raise CatalogueError(f"the {kind} have a position with ra or dec off the sky")
    orphans = ~np.isin(components["source_id"].data.data, sources["source_id"].data.data)
    if orphans.any():
        raise CatalogueError(
            f"{int(orphans.sum())} component(s) belong to a source_id that is not in the sources"
        )


def _pixel_scale(meta: Mapping[str, Any] | None) -> float | None:
    """Return the pixel (arcsec) of the image that a catalogue says it comes from."""
    image = (meta or {}).get("image")
    return image.get("pixel_scale_arcsec") if isinstance(image, Mapping) else None

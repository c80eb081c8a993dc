"""Sets of cutouts: squares of the sky, kept as positions and fetched when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, overload

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.columns import id_column, make_column
from sciarada.core.cutout_source import Rows
from sciarada.core.fingerprint import combined, file_fingerprint
from sciarada.core.image import SkyImage
from sciarada.core.schema import ColumnSpec
from sciarada.cutouts.best_image import best_image, locate
from sciarada.cutouts.cutout import Cutout
from sciarada.cutouts.cutout_arguments import (
    angle_column,
    as_images,
    as_positions,
    as_sizes,
    image_numbers,
    name_column,
)
from sciarada.cutouts.shown import Shown
from sciarada.cutouts.squares import Squares
from sciarada.errors import CutoutError, ImageError
from sciarada.geometry.quantities import in_unit
from sciarada.running.invocation import without_command
from sciarada.tabular import cells

Outside = Literal["raise", "blank", "drop"]

COLUMNS = (
    ColumnSpec(
        "cutout_id", "str", None, "meta.id;meta.main", "Name or number of the cutout", required=True
    ),
    ColumnSpec(
        "image", "str", None, "meta.id;obs.image", "Name of the image it is cut from", required=True
    ),
    ColumnSpec(
        "ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension of the centre (ICRS)"
    ),
    ColumnSpec("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination of the centre (ICRS)"),
    ColumnSpec("size", "float64", "arcsec", "phys.angSize;instr.fov", "Side of the square"),
)
"""Columns of a set as a table; ``cutout_id`` is int64 where the ids are numbers."""
LABEL = ColumnSpec("label", "str", None, "meta.code.class", "What the cutout shows")
"""One more column of sets that know it."""
NAMED_AFTER = "named_after"
"""Entry of the metadata of sets whose cutouts have the names of the sources of a catalogue."""
_ARRAYS = ("ids", "image_index", "ra", "dec", "size", "x", "y", "labels")
_HASHED = ("ids", "image_index", "ra", "dec", "size")
_MIN_NPIX = 32  # of a cutout whose size follows from its source


@dataclass(frozen=True, eq=False, repr=False)
class CutoutSet(Shown):
    """A table of sky positions and the images to cut them from; pixels are fetched on demand.

    Made by `from_positions`, `from_catalogue` or `from_table`. Everything about a position
    is worked out once, for all positions together; 1.5 million of them take about 100 MB.

    Parameters
    ----------
    images : tuple of SkyImage
        What the cutouts are cut from; their names differ.
    ids : ndarray of int64 or str, shape (n,)
        Name of each cutout.
    image_index : ndarray of int32, shape (n,)
        Its image, as a place in ``images``.
    ra, dec : ndarray of float64, shape (n,)
        Centre, ICRS degrees.
    size : ndarray of float64, shape (n,)
        Side of the square in arcsec.
    x, y : ndarray of float64, shape (n,)
        Centre in zero-based pixels of its image, NaN where the image's projection has no
        such position.
    labels : ndarray of str, shape (n,), optional
        What each cutout shows; empty where it is unknown, as all are by default.
    meta : mapping
        What else the table of the set says of itself, in plain types.

    See Also
    --------
    sciarada.read_cutouts : Reads a set from files.
    sciarada.embed : Turns cutouts into feature vectors.

    Examples
    --------
    >>> from astropy import units as u
    >>> import sciarada as sc
    >>> image = sc.simulate(size=128, workers=1).image
    >>> ra, dec = image.pixel_to_sky([40.0, 80.0], [60.0, 64.0])
    >>> cutouts = sc.CutoutSet.from_positions(image, ra, dec, 1 * u.arcmin)
    >>> cutouts.pixels(npix=32).shape
    (2, 32, 32)
    """

    images: tuple[SkyImage, ...]
    ids: np.ndarray
    image_index: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    size: np.ndarray
    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<CutoutSet: {len(self)} cutouts>"

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", tuple(self.images))
        if self.labels is None:
            object.__setattr__(self, "labels", np.full(len(self.ids), "", np.str_))
        for name in _ARRAYS:
            array = np.asarray(getattr(self, name)).view()
            if array.shape != (len(self.ids),):
                raise ValueError(f"{name} needs one value per cutout, not shape {array.shape}")
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    def from_positions(
        cls,
        images: SkyImage | Sequence[SkyImage],
        ra: ArrayLike | SkyCoord,
        dec: ArrayLike | None = None,
        size: u.Quantity | int | np.ndarray | None = None,
        *,
        ids: np.ndarray | None = None,
        image: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        outside: Outside = "raise",
    ) -> CutoutSet:
        """Return the cutouts round sky positions.

        Parameters
        ----------
        images : SkyImage or sequence of SkyImage
            What to cut from.
        ra, dec : array_like or `~astropy.units.Quantity`, shape (n,)
            Centres, ICRS degrees or angles with a unit; or ``ra`` alone, a
            `~astropy.coordinates.SkyCoord` of any frame.
        size : `~astropy.units.Quantity` or int, one or one per position
            Side of the squares: an angle, or whole pixels of the image each is cut from.
        ids : array_like of int or str, shape (n,), optional
            Names of the cutouts; 0, 1, 2 ... by default.
        image : array_like of str, shape (n,), optional
            Name of the image of each position. By default the image in which it is furthest
            from the border.
        labels : array_like of str, shape (n,), optional
            What each cutout shows, empty where it is unknown.
        outside : {'raise', 'blank', 'drop'}
            Treatment of positions with squares entirely outside their image: refuse them,
            keep them (all pixels are NaN), or leave them out.

        Raises
        ------
        CutoutError
            If the arguments are inconsistent, or a position is outside its image.
        OptionError
            If the positions are not angles.
        """
        images = as_images(images)
        ra, dec, ids = as_positions(ra, dec, ids)
        if size is None:
            raise CutoutError("size is missing: give an angle, or whole pixels")
        sides, angular = as_sizes(size, len(ra))
        scale = np.array([item.pixel_scale for item in images])
        if image is None:
            widest = np.max(sides, initial=0.0) * (np.ones_like(scale) if angular else scale)
            index = best_image(images, ra, dec, margin=widest)
        else:
            index = image_numbers(images, image, len(ra))
        x, y = locate(images, ra, dec, index)
        size = sides if angular else sides * scale[index]
        made = cls(images, ids, index, ra, dec, size, x, y, labels)
        return _without_outside(made, outside)

    @classmethod
    def from_catalogue(
        cls,
        catalogue: SourceCatalogue,
        images: SkyImage | Sequence[SkyImage],
        size: u.Quantity | int | np.ndarray | None = None,
        *,
        zoom: float = 2.0,
        smallest: u.Quantity | None = None,
        label: str | None = None,
        ids: np.ndarray | None = None,
        outside: Outside = "raise",
    ) -> CutoutSet:
        """Return cutouts centred on the sources of a catalogue, named after them.

        Parameters
        ----------
        catalogue : SourceCatalogue
            The ids are its `~sciarada.core.catalogue.SourceCatalogue.distinct_names`.
        images : SkyImage or sequence of SkyImage
            What to cut from; need not be the image that the catalogue was measured on.
        size : `~astropy.units.Quantity` or int, optional
            As in `from_positions`; by default ``zoom`` times each source's largest angular
            size.
        zoom : float
            Side of the square in units of the source.
        smallest : `~astropy.units.Quantity`, optional
            Least side where the source sets it; 32 pixels of the first image by default.
        label : str, optional
            Column of the catalogue that becomes the cutouts' labels.
        ids : array_like of str, shape (n,), optional
            Other names of the cutouts.
        outside : {'raise', 'blank', 'drop'}
            As in `from_positions`.

        Raises
        ------
        CutoutError
            As `from_positions`; also if a source has no largest angular size to go by, or the
            catalogue has no such column.
        """
        images = as_images(images)
        sources = catalogue.sources
        if size is None:
            extent = sources["las"]
            if np.any(extent.mask):
                raise CutoutError(
                    f"{int(np.sum(extent.mask))} source(s) have no las (largest angular size) to "
                    f"set the size of their cutouts: give a size"
                )
            if smallest is None:
                smallest = _MIN_NPIX * images[0].pixel_scale
            lowest = in_unit(smallest, u.arcsec, "smallest")
            size = np.maximum(zoom * extent.data.data.astype(float), lowest) * u.arcsec
        made = cls.from_positions(
            images,
            sources["ra"].data.data,
            sources["dec"].data.data,
            size,
            ids=catalogue.distinct_names if ids is None else ids,
            labels=None if label is None else labels_in(sources, label),
            outside=outside,
        )
        return replace(made, meta={NAMED_AFTER: "source_name"}) if ids is None else made

    @classmethod
    def from_table(
        cls,
        table: Table,
        images: SkyImage | Sequence[SkyImage],
        *,
        outside: Outside = "raise",
    ) -> CutoutSet:
        """Return the cutouts of a table as `to_table` makes it.

        Parameters
        ----------
        table : `~astropy.table.Table`
            Columns ``ra``, ``dec`` (deg), ``size`` (arcsec, or with a unit) and, if they
            are there, ``cutout_id``, ``image`` and ``label``.
        images : SkyImage or sequence of SkyImage
            At least the images that the table names.
        outside : {'raise', 'blank', 'drop'}
            As in `from_positions`.

        Raises
        ------
        CutoutError
            If a column is missing or has nulls, or an image is not given.
        """
        made = cls.from_positions(
            images,
            angle_column(table, "ra", u.deg).value,
            angle_column(table, "dec", u.deg).value,
            angle_column(table, "size", u.arcsec),
            ids=name_column(table, "cutout_id"),
            image=name_column(table, "image"),
            labels=labels_in(table, LABEL.name) if LABEL.name in table.colnames else None,
            outside=outside,
        )
        meta = without_command(table.meta)
        return replace(made, meta={k: v for k, v in meta.items() if k != "images"})

    @classmethod
    def join(cls, sets: Iterable[CutoutSet]) -> CutoutSet:
        """Return the concatenated cutouts of several sets, and their common metadata.

        Raises
        ------
        CutoutError
            If two different images have one name.
        """
        sets = list(sets)
        images = as_images(list(dict.fromkeys(image for each in sets for image in each.images)))
        place = {image: number for number, image in enumerate(images)}
        index = [
            np.array([place[image] for image in each.images], np.int32)[each.image_index]
            for each in sets
        ]
        rest = {
            name: np.concatenate([getattr(each, name) for each in sets])
            for name in _ARRAYS
            if name != "image_index"
        }
        meta = {
            key: value
            for key, value in sets[0].meta.items()
            if all(each.meta.get(key) == value for each in sets)
        }
        return cls(images=images, image_index=np.concatenate(index), meta=meta, **rest)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Cutout]:
        return (self.cutout(number) for number in range(len(self)))

    @overload
    def __getitem__(self, rows: int | np.integer) -> Cutout: ...

    @overload
    def __getitem__(self, rows: Rows) -> CutoutSet: ...

    def __getitem__(self, rows: int | np.integer | Rows) -> Cutout | CutoutSet:
        """Return one `Cutout` for a number, a `CutoutSet` for a slice, mask or numbers."""
        if isinstance(rows, int | np.integer):
            return self.cutout(int(rows))
        return replace(self, **{name: getattr(self, name)[rows] for name in _ARRAYS})

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees."""
        return self.ra, self.dec

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of the beam of each image in arcsec, NaN if unknown."""
        beams = [np.nan if image.beam is None else image.beam.major for image in self.images]
        return np.array(beams, np.float64)[self.image_index]

    @property
    def npix(self) -> np.ndarray:
        """Side of each square in whole pixels of its image, at least 1."""
        npix = np.empty(len(self), np.int64)
        for places, squares in self._by_image():
            npix[places] = squares.npix
        return npix

    @property
    def inside(self) -> np.ndarray:
        """Whether each square has any pixel on its image."""
        inside = np.empty(len(self), bool)
        for places, squares in self._by_image():
            inside[places] = squares.inside
        return inside

    def cutout(self, number: int, npix: int | None = None, *, north_up: bool = False) -> Cutout:
        """Return one cutout.

        Parameters
        ----------
        number : int
            Its place in the set.
        npix, north_up
            As in `pixels`.

        Raises
        ------
        IndexError
            If there is no such cutout.
        ImageError
            If the image cannot be read.
        """
        square = self._squares(self.image_index[number], np.array([number]))
        npix = int(square.npix[0]) if npix is None else npix
        data = np.empty((1, npix, npix), np.float32)
        square.fill(data, np.array([0]), north_up)
        return Cutout(
            data=data[0],
            image=square.image,
            grid=square.grid(npix, north_up),
            cutout_id=self.ids[number].item(),
            ra=float(self.ra[number]),
            dec=float(self.dec[number]),
        )

    def pixels(
        self,
        rows: Rows | None = None,
        npix: int | None = None,
        *,
        north_up: bool = False,
    ) -> np.ndarray:
        """Return the pixels of many cutouts in one array.

        A cutout with a square of ``npix`` pixels of its image is copied pixel for pixel,
        so its centre is within half a pixel of the position. Any other one is resampled
        (`sciarada.cutouts.resampling`) to ``npix`` pixels across the same angle, with the position
        right in the middle. Resampling keeps surface brightness: Jy/beam stay Jy/beam of the
        image's own beam.

        Parameters
        ----------
        rows : array_like of int or bool, or slice, optional
            Which cutouts; all by default. Each takes ``4 * npix**2`` bytes.
        npix : int, optional
            Side in pixels. By default that of the squares, which must then be equal.
        north_up : bool
            Turn (and if need be mirror) each cutout so that ICRS north is up and east to the
            left at its centre, with pixels that are square on the sky.

        Returns
        -------
        ndarray of float32, shape (n, npix, npix)
            In the order of ``rows``; NaN where the image is missing or ends.

        Raises
        ------
        CutoutError
            If ``npix`` is not given and the squares differ in pixels.
        ImageError
            If an image cannot be read.
        """
        if rows is not None:
            if not isinstance(rows, slice):
                rows = np.atleast_1d(rows) if np.size(rows) else np.empty(0, np.intp)
            return self[rows].pixels(npix=npix, north_up=north_up)
        npix = _only(self.npix) if npix is None else npix
        stack = np.empty((len(self), npix, npix), np.float32)
        for places, squares in self._by_image():
            squares.fill(stack, places, north_up)
        return stack

    def to_table(self, headers: bool = True) -> Table:
        """Return the set as a table, one row per cutout, with the columns `COLUMNS`.

        And `LABEL`, where any cutout has one.

        ``meta["images"]`` lists the name, the path and ``read_with`` of each image, beside
        ``meta``.

        Raises
        ------
        CatalogueError
            If an id or the name of an image is empty.
        """
        names = np.array([image.name for image in self.images], dtype=np.str_)
        values = (self.ids, names[self.image_index], self.ra, self.dec, self.size)
        columns = [
            make_column(id_column(spec, value) if spec.name == "cutout_id" else spec, value)
            for spec, value in zip(COLUMNS, values, strict=True)
        ]
        if np.any(self.labels != ""):
            columns.append(make_column(LABEL, self.labels))
        images = [
            {
                "name": image.name,
                "path": None if image.path is None else str(image.path),
                **({"read_with": read_with} if (read_with := image.read_with.record()) else {}),
            }
            for image in self.images
        ]
        return Table(columns, copy=False, meta={**self.meta, "images": images})

    def data_hash(self) -> str:
        """Return an identity of names, positions, sizes and images.

        Of the images that lie in files, see `sciarada.core.fingerprint.file_fingerprint`.

        Raises
        ------
        ImageError
            If an image is no longer there.
        """
        identities = [_identity(image) for image in self.images]
        return combined([*identities, *(getattr(self, name) for name in _HASHED)])

    def _by_image(self) -> Iterator[tuple[np.ndarray, Squares]]:
        """Yield the places in the set, and the squares, of the cutouts of each image."""
        order = np.argsort(self.image_index, kind="stable")
        numbers, starts = np.unique(self.image_index[order], return_index=True)
        for number, places in zip(numbers, np.split(order, starts[1:]), strict=False):
            yield places, self._squares(number, places)

    def _squares(self, number: int, places: np.ndarray) -> Squares:
        return Squares(self.images[number], self.x[places], self.y[places], self.size[places])


def _identity(image: SkyImage) -> str:
    """Return the identity of the pixels of an image as read."""
    if image.path is None:
        return image.sha256()
    read_as = " ".join(f"{key}={value}" for key, value in sorted(image.provenance.items()))
    try:
        return f"{file_fingerprint(image.path)} {read_as}"
    except OSError as error:
        raise ImageError(f"{image.path} cannot be read: {error.strerror}") from error


def _without_outside(cutouts: CutoutSet, outside: str) -> CutoutSet:
    if outside == "blank":
        return cutouts
    inside = cutouts.inside
    if outside == "drop":
        return cutouts[inside]
    if outside != "raise":
        raise CutoutError(f"outside is raise, blank or drop, not {outside}")
    if not inside.all():
        first = int(np.argmin(inside))
        image = cutouts.images[cutouts.image_index[first]]
        others = int(np.sum(~inside)) - 1
        raise CutoutError(
            f"position {cutouts.ra[first]:.6f} {cutouts.dec[first]:+.6f} (cutout "
            f"{cutouts.ids[first]}){f' and {others} more' if others else ''} lie outside image "
            f"{image.name}: leave out such positions with outside='drop' or keep them as NaN "
            f"with outside='blank'"
        )
    return cutouts


def _only(native: np.ndarray) -> int:
    if not len(native):
        raise CutoutError("an empty set of cutouts has no size in pixels: give npix")
    if native.min() != native.max():
        raise CutoutError(
            f"the cutouts are {native.min()} to {native.max()} pixels wide: give npix to "
            f"resample them to one size"
        )
    return int(native[0])


def labels_in(table: Table, name: str) -> np.ndarray:
    """Return a column as labels, empty where there is none; see `sciarada.tabular.cells.labels`."""
    if name not in table.colnames:
        raise CutoutError(
            f"the catalogue has no column {name!r} to take labels from: it has "
            f"{', '.join(table.colnames)}"
        )
    return cells.labels(table[name])

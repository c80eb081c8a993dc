"""Galleries of the report: the shown sources and their captions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.geometry.precision import finer_digits
from sciarada.report.facts import flags_in_words
from sciarada.report.outlines import EXTENDED, Kinds, boxes_of, column, is_extended, outlines_of
from sciarada.report.sexagesimal import HOUR, format_angle, format_dec, format_ra
from sciarada.report.thumbnails import Thumbnail, make_thumbnail
from sciarada.report.units import Scale, flux_scale, group_thousands

A_GALLERY = 12  # sources of a gallery
A_CLASS = 6  # sources of each class
MAX_CLASSES = 8

_SHOWN = (
    *("ra", "dec", "total_flux", "e_total_flux", "peak_flux", "local_rms", "snr"),
    *("maj_axis", "min_axis", "dc_maj_axis", "dc_min_axis", "beam_maj", "las", "n_components"),
    *("flags", "class_prob", "anomaly_score"),
)


@dataclass(frozen=True)
class Card:
    """One source: its picture and its figures.

    Parameters
    ----------
    name, position, kind, colour : str
    thumbnail : Thumbnail
    width : str
        Side of the picture on the sky.
    rows : tuple of (str, str)
        Label and value of each figure.
    flags : tuple of (str, str)
        Each flag and its meaning.
    """

    name: str
    position: str
    kind: str
    colour: str
    thumbnail: Thumbnail
    width: str
    rows: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Gallery:
    """A few sources under one heading."""

    title: str
    note: str
    cards: tuple[Card, ...]


def make_galleries(catalogue: SourceCatalogue, image: SkyImage, kinds: Kinds) -> list[Gallery]:
    """Return the galleries of a catalogue: brightest, most extended, strangest, each class."""
    chosen = list(_choose(catalogue, kinds))
    shown = sorted({int(row) for _, _, rows in chosen for row in rows})
    cards = dict(zip(shown, _cards(catalogue, image, kinds, shown), strict=True))
    return [
        Gallery(title, note, tuple(cards[int(row)] for row in rows)) for title, note, rows in chosen
    ]


def _choose(catalogue: SourceCatalogue, kinds: Kinds) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield title, note and rows of each gallery that has any."""
    everything = np.ones(len(catalogue), bool)
    flux = _brightness(catalogue)
    for title, note, values, among, most in (
        ("Brightest", "By total flux.", flux, everything, A_GALLERY),
        (
            "Most extended",
            "By largest angular size, among sources clearly wider than the beam.",
            column(catalogue, "las"),
            is_extended(catalogue),
            A_GALLERY,
        ),
        (
            "Most anomalous",
            "By anomaly score: the least like the rest.",
            _optional(catalogue, "anomaly_score"),
            everything,
            A_GALLERY,
        ),
    ):
        rows = _largest(values, among, most)
        if rows.size:
            yield title, note, rows
    if kinds.by_class:
        surest = _optional(catalogue, "class_prob")
        order = surest if np.isfinite(surest).any() else flux
        note = "The surest of" if order is surest else "The brightest of"
        for number in np.argsort(kinds.counts)[::-1][:MAX_CLASSES].tolist():
            rows = _largest(order, kinds.index == number, A_CLASS)
            if rows.size:
                count = group_thousands(kinds.counts[number])
                yield f"Class {kinds.names[number]}", f"{note} {count}.", rows


def _brightness(catalogue: SourceCatalogue) -> np.ndarray:
    """Return the total flux, or the peak flux of all where no source has a total flux."""
    total = column(catalogue, "total_flux")
    return total if np.isfinite(total).any() else column(catalogue, "peak_flux")


def _optional(catalogue: SourceCatalogue, name: str) -> np.ndarray:
    """Return a column, or NaN if the catalogue does not have it."""
    if name in catalogue.sources.colnames:
        return column(catalogue, name)
    return np.full(len(catalogue), np.nan)


def _largest(values: np.ndarray, among: np.ndarray, most: int) -> np.ndarray:
    """Return the rows of the largest known values, largest first."""
    rows = np.flatnonzero(among & np.isfinite(values))
    return rows[np.argsort(-values[rows], kind="stable")][:most]


def _cards(
    catalogue: SourceCatalogue, image: SkyImage, kinds: Kinds, rows: list[int]
) -> Iterator[Card]:
    polygons = outlines_of(catalogue, image, rows)
    boxes = boxes_of(catalogue)
    columns = {name: _optional(catalogue, name)[rows] for name in _SHOWN}
    x, y = image.sky_to_pixel(columns["ra"], columns["dec"])
    for number, row in enumerate(rows):
        figures = {name: float(values[number]) for name, values in columns.items()}
        kind = int(kinds.index[row])
        middle, extent = boxes.middles[row], boxes.extents[row]
        if not np.isfinite(middle).all():
            middle, extent = np.array([x[number], y[number]]), np.ones(2)
        thumbnail = make_thumbnail(image, middle, extent, polygons[number], figures["local_rms"])
        yield Card(
            name=str(catalogue.sources["source_name"][row]),
            position=_position(figures["ra"], figures["dec"], image.pixel_scale),
            kind=_kind(kinds, kind, figures["class_prob"]),
            colour=kinds.colours[kind],
            thumbnail=thumbnail,
            width=format_angle(thumbnail.width / 3600.0),
            rows=tuple(_figures(figures)),
            flags=tuple(flags_in_words(int(np.nan_to_num(figures["flags"])))),
        )


def _position(ra: float, dec: float, pixel_scale: float) -> str:
    """Return a position as finely as the source's name has it."""
    step = 10.0 ** -finer_digits(pixel_scale) / 3600.0
    return f"{format_ra(ra, 0.1 * HOUR * step)} {format_dec(dec, step)}"


def _kind(kinds: Kinds, number: int, probability: float) -> str:
    name = kinds.names[number]
    return f"{name} ({probability:.0%})" if np.isfinite(probability) else name


def _figures(of: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield label and text of each figure of a source that is known."""
    total, peak = of["total_flux"], of["peak_flux"]
    if np.isfinite(total):
        yield "Total", _with_error(total, of["e_total_flux"], flux_scale(total, "Jy"))
    if np.isfinite(peak):
        yield "Peak", flux_scale(peak, "Jy/beam").write(peak)
    if np.isfinite(of["snr"]):
        yield "S/N", f"{of['snr']:.0f}" if of["snr"] >= 10 else f"{of['snr']:.1f}"
    yield from _sizes(of)
    if of["n_components"] > 1:
        yield "Components", f"{of['n_components']:.0f}"
    if np.isfinite(of["anomaly_score"]):
        yield "Anomaly", f"{of['anomaly_score']:.3f}"


def _sizes(of: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    if np.isfinite(of["dc_maj_axis"]):
        axes = [axis for axis in (of["dc_maj_axis"], of["dc_min_axis"]) if np.isfinite(axis)]
        yield "Size", " × ".join(format_angle(axis / 3600.0) for axis in axes)
    elif of["maj_axis"] <= EXTENDED * of["beam_maj"]:
        yield "Size", "unresolved"
    elif np.isfinite(of["maj_axis"]):
        axes = [axis for axis in (of["maj_axis"], of["min_axis"]) if np.isfinite(axis)]
        yield "FWHM", " × ".join(format_angle(axis / 3600.0) for axis in axes)
    if np.isfinite(of["las"]):
        yield "Extent", format_angle(of["las"] / 3600.0)


def _with_error(value: float, error: float, scale: Scale) -> str:
    """Write a value and its error with two digits of the error."""
    if not (np.isfinite(error) and error > 0):
        return scale.write(value)
    decimals = max(0, 1 - int(np.floor(np.log10(error * scale.factor))))
    if decimals > 6:
        return scale.write(value)
    numbers = (f"{v * scale.factor:.{decimals}f}".replace("-", "−") for v in (value, error))
    return " ± ".join(numbers) + f" {scale.unit}"

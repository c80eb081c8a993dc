"""Comparison of one catalogue with the truth: scores as rows, and the outcome of each source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.table import Table

from sciarada.errors import CatalogueError
from sciarada.evaluation.association import Association, associate
from sciarada.evaluation.average_precision import score_class_rankings, score_ranking
from sciarada.evaluation.binning import log_edges, quantity
from sciarada.evaluation.classification import matched_classes, score_classes
from sciarada.evaluation.columns import compared_classes, numbers, words
from sciarada.evaluation.comparison import compare_detections
from sciarada.evaluation.curves import class_curve, detection_curve
from sciarada.evaluation.detection import DetectionScore, score_association
from sciarada.evaluation.inputs import CatalogueInput, comparable
from sciarada.evaluation.match_table import Outcome
from sciarada.evaluation.measurement import MeasurementScore, score_measurements
from sciarada.evaluation.overlap import Overlaps, measure_overlaps
from sciarada.evaluation.rows import difference_rows, ranking_rows, score_row
from sciarada.evaluation.score_table import ALL, ScoreRow, bin_name
from sciarada.evaluation.truth import Truth
from sciarada.evaluation.truth_status import TruthStatus

QUANTITIES = {"snr": "", "flux": "Jy", "size": "arcsec"}


@dataclass(frozen=True, eq=False)
class FinderScore:
    """The scores of one catalogue.

    Parameters
    ----------
    name : str
        Whose it is.
    detection : DetectionScore
        The headline numbers, and what became of each row.
    rows : tuple of ScoreRow
        All its scores.
    outcomes : dict of str to ndarray
        Columns of `sciarada.evaluation.match_table.match_table`.
    """

    name: str
    detection: DetectionScore
    rows: tuple[ScoreRow, ...]
    outcomes: dict[str, Any]


def score_finder(
    given: CatalogueInput,
    truth: Truth,
    of_truth: CatalogueInput,
    *,
    by_masks: bool = False,
    seed: int = 0,
) -> FinderScore:
    """Score one catalogue.

    Parameters
    ----------
    given : CatalogueInput
        The catalogue.
    truth : Truth
        The truth, made ready.
    of_truth : CatalogueInput
        Where the truth was read from.
    seed : int
        Of the bootstrap.
    by_masks : bool
        Match by masks, which both have; see `has_masks`.

    Raises
    ------
    CatalogueError
        If the maps of labels do not fit their tables.
    """
    found, sources = given.catalogue.sources, truth.sources
    overlaps = None
    if by_masks and of_truth.labels is not None and given.labels is not None:
        overlaps = measure_overlaps(of_truth.labels.pixels, given.labels.pixels)
    association = _associate(given, truth, overlaps)
    detection = score_association(association, seed=seed)
    rows = [*_headline(given.name, detection), *_ranking(given, truth, overlaps, seed)]
    for name, unit in QUANTITIES.items():
        edges = _size_edges(sources) if name == "size" else None
        curve = detection_curve(found, sources, association, name, edges=edges, seed=seed)
        rows += _curve_rows(given.name, name, unit, curve.table())
    rows += _class_rows(given.name, class_curve(found, sources, association).table())
    rows += _given_classes(given.name, found, sources, association, seed)
    rows += _class_rankings(given, truth, overlaps, seed)
    rows += _measurement_rows(
        given.name, score_measurements(found, sources, association, seed=seed)
    )
    outcomes = _outcomes(given.name, found, sources, association)
    return FinderScore(given.name, detection, tuple(rows), outcomes)


def has_masks(given: CatalogueInput, truth: CatalogueInput) -> bool:
    """Return whether a catalogue and the truth have maps of labels of the same pixels."""
    return (
        given.labels is not None
        and truth.labels is not None
        and all("source_id" in table.catalogue.sources.colnames for table in (given, truth))
        and comparable(truth.labels, given.labels)
    )


def _associate(given: CatalogueInput, truth: Truth, overlaps: Overlaps | None) -> Association:
    try:
        return associate(
            given.catalogue.sources,
            truth.sources,
            truth.radii,
            statuses=truth.statuses,
            overlaps=overlaps,
        )
    except ValueError as error:
        raise CatalogueError(f"{given.path} cannot be matched with the truth: {error}") from error


def _headline(finder: str, score: DetectionScore) -> Iterator[ScoreRow]:
    for row in score.table():
        yield score_row(finder, row["score"], ALL, "all", row, "value", row["meaning"])


def _ranking(
    given: CatalogueInput, truth: Truth, overlaps: Overlaps | None, seed: int
) -> Iterator[ScoreRow]:
    """Yield the average precision, by the signal to noise that all finders give."""
    sources = given.catalogue.sources
    if np.isfinite(numbers(sources, "snr")).any():
        ap = score_ranking(
            sources,
            truth.sources,
            truth.radii,
            limits=truth.limits,
            overlaps=overlaps,
            score="snr",
            seed=seed,
        ).average_precision
        text = "average precision of the detections in the order of their signal to noise"
        yield ScoreRow(
            given.name, "average_precision", ALL, "all", np.nan, np.nan,
            ap.value, ap.low, ap.high, ap.count, "", text,
        )  # fmt: skip


def compare_finders(
    first: tuple[CatalogueInput, FinderScore],
    second: tuple[CatalogueInput, FinderScore],
    truth: Truth,
    seed: int = 0,
) -> Iterator[ScoreRow]:
    """Yield how much better the first catalogue is than the second on the same truth."""
    comparison = compare_detections(
        (first[0].catalogue.sources, second[0].catalogue.sources),
        (first[1].detection.association, second[1].detection.association),
        truth.radius,
        seed=seed,
    )
    yield from difference_rows(first[0].name, second[0].name, comparison)


def _curve_rows(finder: str, quantity: str, unit: str, table: Table) -> Iterator[ScoreRow]:
    for row in table:
        low, high = float(row["low"]), float(row["high"])
        name = f"{bin_name(low, high)} {unit}".rstrip()
        for measure in ("completeness", "reliability", "f1"):
            text = table[measure].description
            yield score_row(finder, measure, quantity, name, row, measure, text, low, high)


def _size_edges(truth: Table) -> np.ndarray:
    """Return a bin of the unresolved sources and even steps of the sizes of the others."""
    return np.unique(np.append(0.0, log_edges(quantity(truth, "size"))))


def _class_rows(finder: str, table: Table) -> Iterator[ScoreRow]:
    for row in table:
        for measure in ("completeness", "reliability"):
            text = table[measure].description
            yield score_row(finder, measure, "class", row["class"], row, measure, text)


def _given_classes(
    finder: str, found: Table, truth: Table, association: Association, seed: int
) -> Iterator[ScoreRow]:
    """Yield how well the found sources were classified, where both tables have the same classes."""
    true, given = matched_classes(found, truth, association)
    if not {*true} & {*given} - {""}:
        return
    score = score_classes(true, given, seed=seed)
    for row in score.summary():
        text = f"{row['score'].replace('_', ' ')} of the classes of found sources"
        yield score_row(finder, f"class_{row['score']}", ALL, "all", row, "value", text)
    table = score.table()
    for row in table:
        for part in ("precision", "recall", "f1"):
            text = f"{table[part].description}, of the found sources"
            yield score_row(finder, f"class_{part}", "class", row["class"], row, part, text)


def _class_rankings(
    given: CatalogueInput, truth: Truth, overlaps: Overlaps | None, seed: int
) -> Iterator[ScoreRow]:
    """Yield the average precision of each class, where both tables have the same classes."""
    sources = given.catalogue.sources
    given_classes, true_classes = compared_classes(sources, truth.sources)
    both = {*given_classes} & {*true_classes} - {""}
    if not both or not np.isfinite(numbers(sources, "snr")).any():
        return
    ranked = score_class_rankings(
        sources,
        truth.sources,
        truth.radii,
        limits=truth.limits,
        overlaps=overlaps,
        score="snr",
        seed=seed,
    )
    yield from ranking_rows(given.name, ranked, "class_", "by signal to noise")


def _measurement_rows(finder: str, score: MeasurementScore) -> Iterator[ScoreRow]:
    table = score.table()
    seen = set()
    for row in table:
        quantity, low, high = row["quantity"], float(row["snr_low"]), float(row["snr_high"])
        overall = quantity not in seen  # the first row of a quantity is about all sources
        seen.add(quantity)
        binned_by, name = (ALL, "all") if overall else ("snr", bin_name(low, high))
        if overall:
            low = high = np.nan
        for part in ("bias", "scatter", "pull_middle", "pull_scatter", "pull_deviation"):
            text = f"{table[part].description}: {quantity}"
            unit = row["unit"] if part in ("bias", "scatter") else ""
            measure = f"{quantity}_{part}"
            yield score_row(finder, measure, binned_by, name, row, part, text, low, high, unit)


def _outcomes(finder: str, found: Table, truth: Table, a: Association) -> dict[str, Any]:
    """Return columns with one row per true source, then one row per false detection."""
    of_truth = np.where(a.recovered, a.found_of, -1)
    alone = np.flatnonzero(~a.real)
    there = np.concatenate([np.arange(len(truth)), np.full(len(alone), -1)])
    seen = np.concatenate([of_truth, alone])
    real = a.statuses != TruthStatus.SPURIOUS
    wanted = np.where(a.counted, str(Outcome.MISSED), str(Outcome.OPTIONAL))
    wanted = np.where(a.merged, str(Outcome.MERGED), wanted)
    true_outcome = np.where(of_truth >= 0, str(Outcome.FOUND), wanted)
    own = np.where(a.fragments, str(Outcome.PART), str(Outcome.FALSE))
    own = np.where(a.accepted, own, str(Outcome.REJECTED))[alone]
    kept = np.concatenate([real, np.ones(len(alone), bool)])
    columns = {
        "outcome": np.concatenate([true_outcome, own]),
        "counted": np.concatenate([a.counted, np.zeros(len(alone), bool)]).astype(int),
        "true_row": np.where(there >= 0, there + 1.0, np.nan),
        "found_row": np.where(seen >= 0, seen + 1.0, np.nan),
        **_places(found, truth, there, seen),
        "separation": _at(a.separation, there, seen >= 0),
        "iou": _at(a.iou, there, seen >= 0),
        "true_det_class": _at(words(truth, "det_class"), there),
        "det_class": _at(words(found, "det_class"), seen),
        "true_class_name": _at(words(truth, "class_name"), there),
        "class_name": _at(words(found, "class_name"), seen),
        "true_las": _at(numbers(truth, "las"), there),
        **_measured(found, truth, there, seen),
    }
    columns = {name: values[kept] for name, values in columns.items()}
    return {"finder": np.full(int(kept.sum()), finder), **columns}


def _places(
    found: Table, truth: Table, there: np.ndarray, seen: np.ndarray
) -> dict[str, np.ndarray]:
    """Return positions, true where known, and offsets (arcsec) from them."""
    ra, dec = (_at(numbers(found, axis), seen) for axis in ("ra", "dec"))
    true_ra, true_dec = (_at(numbers(truth, axis), there) for axis in ("ra", "dec"))
    turn = (ra - true_ra + 180.0) % 360.0 - 180.0
    return {
        "ra": np.where(there >= 0, true_ra, ra),
        "dec": np.where(there >= 0, true_dec, dec),
        "offset_ra": turn * np.cos(np.radians(true_dec)) * 3600,
        "offset_dec": (dec - true_dec) * 3600,
    }


def _measured(
    found: Table, truth: Table, there: np.ndarray, seen: np.ndarray
) -> dict[str, np.ndarray]:
    """Return fluxes, their ratio, and deviations in units of the estimated errors."""
    columns = {}
    for name in ("snr", "total_flux"):
        columns[f"true_{name}"] = _at(numbers(truth, name), there)
        columns[name] = _at(numbers(found, name), seen)
    columns["e_total_flux"] = _at(numbers(found, "e_total_flux"), seen)
    places = _places(found, truth, there, seen)
    differences = {
        "ra": places["offset_ra"],
        "dec": places["offset_dec"],
        **{
            name: _at(numbers(found, name), seen) - _at(numbers(truth, name), there)
            for name in ("total_flux", "peak_flux")
        },
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        columns["flux_ratio"] = columns["total_flux"] / columns["true_total_flux"]
        for name, difference in differences.items():
            columns[f"pull_{name}"] = difference / _at(numbers(found, f"e_{name}"), seen)
    return columns


def _at(values: np.ndarray, rows: np.ndarray, where: np.ndarray | bool = True) -> np.ndarray:
    """Return values at some rows; null where the row is -1 or ``where`` is false."""
    nothing = "" if values.dtype.kind == "U" else np.nan
    padded = np.append(values, nothing)
    return padded[np.where((rows >= 0) & where, rows, len(values))]

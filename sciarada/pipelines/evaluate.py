"""Catalogues against the truth: the run behind ``sciarada evaluate CATALOGUE``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import Table

from sciarada.errors import OptionError
from sciarada.evaluation.catalogue_scores import (
    FinderScore,
    compare_finders,
    has_masks,
    score_finder,
)
from sciarada.evaluation.inputs import CatalogueInput, read_catalogue_input
from sciarada.evaluation.match_table import match_table
from sciarada.evaluation.score_table import ScoreRow, chosen, score_table
from sciarada.evaluation.truth import Truth, prepare_truth
from sciarada.geometry.quantities import in_unit
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.io.staging import staging
from sciarada.pipelines.record import now, versions, write_record
from sciarada.report.evaluation_detections import HEADLINE, detections_section
from sciarada.report.evaluation_html import Section, insert_section, write_page
from sciarada.report.evaluation_picture import draw_scores
from sciarada.results.products import Products
from sciarada.running.progress import Stopwatch
from sciarada.tabular.file_names import fitting_name

SCORES, MATCHES, PICTURE, PAGE = "scores", "matches", "scores.png", "report.html"
FORMATS = ("fits", "vot", "ecsv")
FILES = {
    "scores.fits": "One row per measure, finder and bin, with its 95 % interval",
    "scores.vot": "The same as VOTable, for TOPCAT and SAMP",
    "scores.ecsv": "The same as text, for astropy",
    "matches.fits": "What became of each true source and each detection, with positions",
    "matches.vot": "The same as VOTable",
    "matches.ecsv": "The same as text",
    "scores.png": "The picture above",
    "run.json": "All about this run, for programs",
}


@dataclass(frozen=True)
class EvaluateSettings:
    """Settings of an evaluation.

    Parameters
    ----------
    radius : float, `~astropy.units.Quantity` or None
        Match radius of small sources in arcsec, or an angle; half of the beam by default.
    snr_limit : float or None
        Least true signal to noise of sources that have to be found; 5 by default.
    flux_limit : float, `~astropy.units.Quantity` or None
        Least true total flux of the same, in Jy.
    truth_columns : mapping of str to str
        Our column to that of the truth.
    seed : int
        Of the bootstrap.
    """

    radius: float | None = None
    snr_limit: float | None = None
    flux_limit: float | None = None
    truth_columns: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, unit in (("radius", u.arcsec), ("flux_limit", u.Jy)):
            object.__setattr__(self, name, in_unit(getattr(self, name), unit, name))


@dataclass(frozen=True, eq=False)
class EvaluateResult(Products):
    """A finished evaluation.

    Parameters
    ----------
    rows : tuple of ScoreRow
        The scores of all catalogues.
    matches : Table
        What became of each source; see `sciarada.evaluation.match_table`.
    """

    rows: tuple[ScoreRow, ...]
    matches: Table

    @property
    def scores(self) -> Table:
        """One row per measure, finder and bin, with its 95 % interval."""
        return score_table(self.rows)


def run_evaluate(
    catalogue: Path,
    truth: Path,
    out: Path | None = None,
    settings: EvaluateSettings = EvaluateSettings(),
    *,
    compare: Mapping[str, Path] | None = None,
    segmentation: Path | None = None,
    truth_segmentation: Path | None = None,
    overwrite: bool = False,
    into_report: bool = False,
) -> EvaluateResult:
    """Score catalogues against the truth and write what comes out.

    Parameters
    ----------
    catalogue, truth : `~pathlib.Path`
        Files, or folders of `sciarada detect` and `sciarada simulate`.
    out : `~pathlib.Path`, optional
        Folder to make; ``NAME_evaluation`` in the working folder by default.
    settings : EvaluateSettings
        How to compare.
    compare : mapping of str to `~pathlib.Path`, optional
        Further catalogues by name.
    segmentation, truth_segmentation : `~pathlib.Path`, optional
        Maps of the numbers of sources, where they do not lie beside the tables.
    overwrite : bool
        Replace an earlier evaluation.
    into_report : bool
        Put the scores into the report of the run that made the catalogue, too.

    Raises
    ------
    CatalogueError, ImageError, OptionError
        If something cannot be read or compared.
    OutputError
        If the products cannot be written.
    """
    watch = Stopwatch()
    folder = out or Path(fitting_name(_name(catalogue), "_evaluation"))
    compare = compare or {}
    maps = (segmentation, truth_segmentation)
    inputs = Inputs.of(catalogue, truth, *compare.values(), *maps)
    inputs.keep_apart(folder)
    with watch.time("reading"):
        of_truth = read_catalogue_input(
            truth, "truth", columns=settings.truth_columns, labels=truth_segmentation
        )
        sides = [read_catalogue_input(catalogue, "catalogue", labels=segmentation)]
        for name, path in compare.items():
            sides.append(read_catalogue_input(path, "catalogue", name=name))
        _check(sides, of_truth, segmentation, truth_segmentation, into_report)
        ready = prepare_truth(
            of_truth,
            sides,
            radius=settings.radius,
            snr_limit=settings.snr_limit,
            flux_limit=settings.flux_limit,
        )
    with watch.time("scoring"):
        # All by the same rule: who is matched by masks and who by position do not compare.
        masks = [side.name for side in sides if has_masks(side, of_truth)]
        by_masks = len(masks) == len(sides)
        if masks and not by_masks:
            ready = ready.with_note(
                f"masks are not compared, since only {', '.join(masks)} has any"
            )
        scores = [
            score_finder(side, ready, of_truth, by_masks=by_masks, seed=settings.seed)
            for side in sides
        ]
        pairs = list(zip(sides, scores, strict=True))
        rows = tuple(row for score in scores for row in score.rows) + tuple(
            row
            for other in pairs[1:]
            for row in compare_finders(pairs[0], other, ready, settings.seed)
        )
        matches = _matches(scores)
    with staging(folder, inputs=inputs, overwrite=overwrite, keep=False) as stage:
        with watch.time("products"):
            _write_tables(stage.products, rows, matches)
            draw_scores(
                rows,
                matches,
                stage.products / PICTURE,
                title=_title(sides),
                facts=_facts(ready, of_truth),
                radius=ready.radius,
            )
        run = _record(sides, of_truth, ready, scores, by_masks, settings, watch)
        counts = {side.name: len(side.catalogue) for side in sides}
        section = detections_section(
            rows, counts, stage.products / PICTURE, _explanation(ready, by_masks), ready.notes
        )
        _write_page(stage.products, section, sides, rows, run)
        write_record(stage.products, run)
        if into_report and sides[0].folder is not None:
            insert_section(sides[0].folder / PAGE, section)
    return EvaluateResult(folder, run, rows, matches)


def _check(
    sides: list[CatalogueInput],
    truth: CatalogueInput,
    segmentation: Path | None,
    truth_segmentation: Path | None,
    into_report: bool,
) -> None:
    names = [side.name for side in sides]
    if len(set(names)) < len(names):
        raise OptionError(f"--compare needs another name than {names[0]!r}, which is CATALOGUE's")
    if segmentation and truth.labels is None:
        raise OptionError(
            "--segmentation needs --truth-segmentation, for there is none beside TRUTH"
        )
    if truth_segmentation and sides[0].labels is None:
        raise OptionError(
            "--truth-segmentation needs --segmentation, for there is none beside CATALOGUE"
        )
    if into_report and (sides[0].folder is None or not (sides[0].folder / PAGE).is_file()):
        raise OptionError(
            "--into-report needs a CATALOGUE in a folder of `sciarada detect`, with its report.html"
        )


def _name(catalogue: Path) -> str:
    name = catalogue.resolve().name
    return name if catalogue.is_dir() else name.partition(".")[0]


def _title(sides: list[CatalogueInput]) -> str:
    return " · ".join(side.name for side in sides) + " against the truth"


def _facts(truth: Truth, side: CatalogueInput) -> str:
    counted = int((truth.statuses == 0).sum())
    facts = [f"{side.path.name}: {len(truth.sources)} true sources, {counted} asked for"]
    if truth.limits.snr:
        facts.append(f"S/N ≥ {truth.limits.snr:g}")
    if truth.limits.flux:
        facts.append(f"flux ≥ {truth.limits.flux:g} Jy")
    facts.append(f"matched within {truth.radius:.3g}″")
    return "   ·   ".join(facts) + "   ·   shaded: 95 %"


def _explanation(truth: Truth, by_masks: bool) -> str:
    counted = int((truth.statuses == 0).sum())
    asked = " and ".join(
        [f"a peak S/N of at least {truth.limits.snr:g}"] * bool(truth.limits.snr)
        + [f"a total flux of at least {truth.limits.flux:g} Jy"] * bool(truth.limits.flux)
    )
    how = f"positions within {truth.radius:.3g}″ (a quarter of their size for larger sources)"
    if by_masks:
        how = f"the overlap of their masks, those without a mask by {how}"
    return (
        f"Of {len(truth.sources)} true sources {counted} had to be found"
        f"{': those with ' + asked if asked else ''}. Fainter ones are no loss when missed and "
        f"not false when found. Sources are matched one to one by {how}."
    )


def _matches(scores: list[FinderScore]) -> Table:
    names = scores[0].outcomes
    return match_table(
        {name: np.concatenate([score.outcomes[name] for score in scores]) for name in names}
    )


def _write_tables(folder: Path, rows: tuple[ScoreRow, ...], matches: Table) -> None:
    for name, table in ((SCORES, score_table(rows)), (MATCHES, matches)):
        for ending in FORMATS:
            write_table(table, name.upper(), folder / f"{name}.{ending}")


def _record(
    sides: list[CatalogueInput],
    of_truth: CatalogueInput,
    truth: Truth,
    scores: list[FinderScore],
    by_masks: bool,
    settings: EvaluateSettings,
    watch: Stopwatch,
) -> dict[str, Any]:
    return {
        "inputs": {
            "truth": str(of_truth.path),
            "catalogues": {
                side.name: {"path": str(side.path), "finder": side.catalogue.finder}
                for side in sides
            },
        },
        "configuration": {**asdict(settings), "truth_columns": dict(settings.truth_columns)},
        "matching": {
            "radius_arcsec": truth.radius,
            "snr_limit": truth.limits.snr,
            "flux_limit_jy": truth.limits.flux,
            "by_masks": by_masks,
        },
        "counts": {
            "true": len(truth.sources),
            "asked_for": int((truth.statuses == 0).sum()),
            "found": {side.name: len(side.catalogue) for side in sides},
        },
        "scores": {
            score.name: {
                row.measure: {"value": row.value, "low": row.low, "high": row.high}
                for row in score.rows
                if row.binned_by == "all" and row.measure in HEADLINE and row.count
            }
            for score in scores
        },
        "versions": versions({}),
        "timings": watch.seconds,
        "warnings": list(truth.notes),
        "created": now(),
    }


def _write_page(
    folder: Path,
    section: Section,
    sides: list[CatalogueInput],
    rows: tuple[ScoreRow, ...],
    run: dict[str, Any],
) -> None:
    main = sides[0]
    headline = [(f"{main.name}: detections", f"{len(main.catalogue)}")]
    for measure in HEADLINE:
        (row,) = chosen(rows, main.name, measure)
        label = measure.capitalize() if measure != "f1" else "F1"
        headline.append((label, f"{row.value:.1%}" if row.count else "—"))
    write_page(
        folder / PAGE,
        section,
        title=_title(sides),
        headline=headline,
        files=FILES,
        facts=[
            ("Truth", run["inputs"]["truth"]),
            *((side.name, f"{side.path} ({side.catalogue.finder})") for side in sides),
            ("Versions", ", ".join(f"{k} {v}" for k, v in run["versions"].items() if v)),
        ],
        run=run,
    )

"""Pictures and pages of evaluations, in one layout for all scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sciarada.evaluation.catalogue_evaluation import HEADLINE, CatalogueEvaluation
from sciarada.evaluation.class_evaluation import ClassEvaluation
from sciarada.evaluation.evaluation import Evaluation
from sciarada.evaluation.score_table import first_of
from sciarada.report.classes_picture import draw_classes
from sciarada.report.evaluation_classes import OVERALL, classes_section
from sciarada.report.evaluation_detections import detections_section
from sciarada.report.evaluation_html import Page, Section, versions_fact
from sciarada.report.evaluation_picture import draw_scores

PICTURE = "scores.png"
_VOTABLE, _TEXT = "The same as VOTable", "The same as text, for astropy"
_SCORES = {
    "scores.fits": "One row per measure, {what}, with its 95 % interval",
    "scores.vot": f"{_VOTABLE}, for TOPCAT and SAMP",
    "scores.ecsv": _TEXT,
}
_CLOSING = {PICTURE: "The picture above", "run.json": "All about this run, for programs"}
_MATCHES = "What became of each true source and each detection, with positions"
_CONFUSION = "Of the first table: one row per true class, one column per predicted class"


def _files(what: str, name: str, purpose: str) -> dict[str, str]:
    scores = {file: text.format(what=what) for file, text in _SCORES.items()}
    further = {f"{name}.fits": purpose, f"{name}.vot": _VOTABLE, f"{name}.ecsv": _TEXT}
    return scores | further | _CLOSING


DETECTION_FILES = _files("finder and bin", "matches", _MATCHES)
CLASS_FILES = _files("class or bin", "confusion", _CONFUSION)


def draw_detections(scored: CatalogueEvaluation, path: Path) -> None:
    """Draw the scores of catalogues and write them as PNG."""
    draw_scores(
        scored.rows,
        scored.matches,
        path,
        title=_detections_title(scored),
        facts=_limits(scored),
        radius=scored.truth.radius,
    )


def detections_page(
    scored: CatalogueEvaluation, picture: Path, versions: Mapping[str, Any]
) -> Page:
    """Return the page about catalogues, with the picture of `draw_detections`."""
    counts = {side.name: len(side.catalogue) for side in scored.sides}
    main = scored.names[0]
    return _page(
        scored,
        _detections_title(scored),
        detections_section(scored.rows, counts, picture, _explanation(scored), scored.warnings),
        (f"{main}: detections", counts[main]),
        {name: name.capitalize() for name in HEADLINE},
        DETECTION_FILES,
        [(side.name, f"{side.path} ({side.catalogue.finder})") for side in scored.sides],
        versions,
    )


def draw_class_scores(scored: ClassEvaluation, path: Path) -> None:
    """Draw the scores of the first table of classes and write them as PNG."""
    labels, scores = scored.first
    number = len(scores.score.classes)
    draw_classes(
        scores.rows,
        scores.score,
        scores.calibration,
        path,
        title=f"{scored.names[0]}: classes against the truth",
        facts=f"{len(labels.true)} sources of {number} classes   ·   lines: 95 %",
    )


def classes_page(scored: ClassEvaluation, picture: Path, versions: Mapping[str, Any]) -> Page:
    """Return the page about classes, with the picture of `draw_class_scores`."""
    labels, _ = scored.first
    explanation = (
        f"{len(labels.true)} sources with a true class, joined by {labels.key}. A source that was "
        "given no class counts as wrong."
    )
    return _page(
        scored,
        f"{' · '.join(scored.names)}: classes",
        classes_section(
            scored.rows,
            scored.facts["counts"]["classes"],
            picture,
            explanation,
            scored.warnings,
        ),
        ("Sources", len(labels.true)),
        OVERALL,
        CLASS_FILES,
        [(name, str(path)) for name, path in scored.paths.items()],
        versions,
    )


def _page(
    scored: Evaluation,
    title: str,
    section: Section,
    count: tuple[str, int],
    measures: Mapping[str, str],
    files: Mapping[str, str],
    scored_files: Iterable[tuple[str, str]],
    versions: Mapping[str, Any],
) -> Page:
    """Return a page with the overall scores of the first that was scored on top."""
    headline = [(count[0], str(count[1]))]
    for measure, label in measures.items():
        row = first_of(scored.rows, scored.names[0], measure)
        headline.append((label, f"{row.value:.1%}" if row is not None and row.count else "—"))
    facts = (("Truth", scored.facts["inputs"]["truth"]), *scored_files, versions_fact(versions))
    return Page(title, section, tuple(headline), files, facts)


def _detections_title(scored: CatalogueEvaluation) -> str:
    return " · ".join(scored.names) + " against the truth"


def _limits(scored: CatalogueEvaluation) -> str:
    truth = scored.truth
    facts = [
        f"{scored.of_truth.path.name}: {len(truth.sources)} true sources, {scored.asked} counted"
    ]
    if truth.limits.snr:
        facts.append(f"S/N ≥ {truth.limits.snr:g}")
    if truth.limits.flux:
        facts.append(f"flux ≥ {truth.limits.flux:g} Jy")
    facts.append(f"matched within {truth.radius:.3g}″")
    return "   ·   ".join(facts) + "   ·   shaded: 95 %"


def _explanation(scored: CatalogueEvaluation) -> str:
    truth = scored.truth
    asked = " and ".join(
        [f"a peak S/N of at least {truth.limits.snr:g}"] * bool(truth.limits.snr)
        + [f"a total flux of at least {truth.limits.flux:g} Jy"] * bool(truth.limits.flux)
    )
    how = f"positions within {truth.radius:.3g}″ (a quarter of their size for larger sources)"
    if scored.by_masks:
        how = f"the overlap of their masks, those without a mask by {how}"
    return (
        f"Of {len(truth.sources)} true sources {scored.asked} had to be found"
        f"{': those with ' + asked if asked else ''}. Fainter ones are no loss when missed and "
        f"not false when found. Sources are matched one to one by {how}."
    )

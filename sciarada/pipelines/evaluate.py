"""Scores against the truth: the run behind ``sciarada evaluate``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.errors import OptionError
from sciarada.evaluation.catalogue_evaluation import ComparedCatalogues, read_catalogues
from sciarada.evaluation.class_evaluation import ComparedLabels, read_labels_of
from sciarada.evaluation.score_table import ScoreRow, score_table
from sciarada.evaluation.settings import EvaluateSettings, Score
from sciarada.io.inputs import Inputs
from sciarada.pipelines.record import PAGE
from sciarada.pipelines.run import folder_run
from sciarada.report.evaluation_html import Page, insert_section
from sciarada.report.evaluation_pages import (
    PICTURE,
    classes_page,
    detections_page,
    draw_class_scores,
    draw_detections,
)
from sciarada.results.products import Products
from sciarada.running.progress import Progress, silent
from sciarada.tabular.file_names import fitting_name

FORMATS = ("fits", "vot", "ecsv")


@dataclass(frozen=True)
class _Shown:
    """Presentation of the scores of one kind: a picture, and a page with it."""

    draw: Callable[[Any, Path], None]
    page: Callable[[Any, Path, Mapping[str, Any]], Page]


_SHOWN: dict[Score, _Shown] = {
    "detections": _Shown(draw_detections, detections_page),
    "classes": _Shown(draw_class_scores, classes_page),
}


@dataclass(frozen=True, eq=False, repr=False)
class EvaluateResult(Products):
    """A finished evaluation.

    Parameters
    ----------
    rows : tuple of ScoreRow
        The scores of everything that was compared.
    tables : mapping of str to Table
        ``matches`` of detections, ``confusion`` of classes.
    """

    rows: tuple[ScoreRow, ...]
    tables: Mapping[str, Table]

    def _summary(self) -> str:
        return f"scores of {', '.join(dict.fromkeys(row.finder for row in self.rows))}"

    @property
    def scores(self) -> Table:
        """One row per measure, finder and bin, with its 95 % interval."""
        return score_table(self.rows)

    @property
    def matches(self) -> Table:
        """Of detections, what became of each source: `sciarada.evaluation.match_table`.

        Raises
        ------
        OptionError
            If classes were scored.
        """
        return self._table("matches", "detections")

    @property
    def confusion(self) -> Table:
        """Of classes, the number of sources of each true and predicted class.

        Raises
        ------
        OptionError
            If detections were scored.
        """
        return self._table("confusion", "classes")

    def _table(self, name: str, score: Score) -> Table:
        if name not in self.tables:
            raise OptionError(f"there is no table of {name}: it comes with the score of {score}")
        return self.tables[name]


def run_evaluate(
    given: Path,
    truth: Path,
    out: Path | None = None,
    settings: EvaluateSettings | None = None,
    *,
    compare: Mapping[str, Path] | None = None,
    segmentation: Path | None = None,
    truth_segmentation: Path | None = None,
    overwrite: bool = False,
    into_report: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> EvaluateResult:
    """Score catalogues, or tables of classes, against the truth and write the results.

    Parameters
    ----------
    given, truth : `~pathlib.Path`
        Catalogues: files, or folders of `sciarada detect` and `sciarada simulate`. Classes:
        tables with a class for each source, and probabilities in columns ``p_<class>``.
    out : `~pathlib.Path`, optional
        Folder to make; ``NAME_evaluation`` in the working folder by default.
    settings : EvaluateSettings, optional
        What is scored, and how.
    compare : mapping of str to `~pathlib.Path`, optional
        Further catalogues or tables by name.
    segmentation, truth_segmentation : `~pathlib.Path`, optional
        Of catalogues: maps of the numbers of sources, where they do not lie beside the tables.
    overwrite : bool
        Replace an earlier evaluation.
    into_report : bool
        Put the scores into the report of the run that made the catalogue, too.
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that matches and scores the catalogues or tables, each in one call; this process
        by default.

    Raises
    ------
    CatalogueError, ImageError, OptionError
        If an input cannot be read or compared.
    OutputError
        If the products cannot be written.
    """
    settings = settings or EvaluateSettings()
    others = dict(compare or {})
    maps = (segmentation, truth_segmentation)
    inputs = Inputs.of(given, truth, *others.values(), *maps)
    folder = out or Path(fitting_name(_name(given), "_evaluation"))
    shown = _SHOWN[settings.score]
    with folder_run(folder, inputs, overwrite=overwrite) as run:
        with run.time("reading"):
            compared: ComparedCatalogues | ComparedLabels
            if settings.score == "detections":
                compared = read_catalogues(given, truth, others, settings, *maps)
            else:
                compared = read_labels_of(given, truth, others, settings)
            report = _report_of(compared) if into_report else None
        with run.time("scoring"):
            scored = compared.score(progress, executor)
        picture = run.folder / PICTURE
        tables = scored.tables
        with run.time("products"):
            run.write_tables({"scores": score_table(scored.rows), **tables}, FORMATS)
            shown.draw(scored, picture)
        run.warnings += scored.warnings
        record = run.record(scored.facts)
        page = shown.page(scored, picture, record["versions"])
        run.finish(record, page)
        if report is not None:
            insert_section(report, page.section)
    return EvaluateResult(folder, record, scored.rows, tables)


def _report_of(compared: ComparedCatalogues | ComparedLabels) -> Path:
    """Return the report of the run that made the scored input."""
    folder = compared.sides[0].folder if isinstance(compared, ComparedCatalogues) else None
    if folder is None or not (folder / PAGE).is_file():
        raise OptionError(
            "--into-report needs a TABLE in a folder of `sciarada detect`, with its report.html"
        )
    return folder / PAGE


def _name(given: Path) -> str:
    name = given.resolve().name
    return name if given.is_dir() else name.partition(".")[0]

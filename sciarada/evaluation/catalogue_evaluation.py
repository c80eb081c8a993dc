"""Catalogues of detections against the truth, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table

from sciarada.errors import OptionError
from sciarada.evaluation.catalogue_scores import (
    FinderScore,
    compare_finders,
    has_masks,
    score_finder,
)
from sciarada.evaluation.evaluation import overall_record
from sciarada.evaluation.inputs import CatalogueInput, read_catalogue_input
from sciarada.evaluation.match_table import match_table
from sciarada.evaluation.score_table import ScoreRow
from sciarada.evaluation.settings import EvaluateSettings
from sciarada.evaluation.truth import Truth, prepare_truth
from sciarada.running.executor import Serial, in_order
from sciarada.running.progress import Progress, silent

HEADLINE = ("completeness", "reliability", "f1")


@dataclass(frozen=True, eq=False)
class ComparedCatalogues:
    """Catalogues and the truth, read and checked.

    Parameters
    ----------
    sides : list of CatalogueInput
        The catalogues; the first is what the evaluation is about.
    of_truth : CatalogueInput
        Where the truth was read from.
    truth : Truth
        The truth, prepared for these catalogues.
    settings : EvaluateSettings
    """

    sides: list[CatalogueInput]
    of_truth: CatalogueInput
    truth: Truth
    settings: EvaluateSettings

    def score(
        self, progress: Progress = silent, executor: Executor | None = None
    ) -> CatalogueEvaluation:
        """Score all catalogues by the same rule.

        A catalogue that is matched by masks and one that is matched by position cannot be
        compared, so masks are used if all catalogues have them.

        Parameters
        ----------
        progress : Progress
            Displays the progress.
        executor : concurrent.futures.Executor, optional
            Executor that matches and scores the catalogues; this process by default.
        """
        masks = [side.name for side in self.sides if has_masks(side, self.of_truth)]
        by_masks, truth, seed = len(masks) == len(self.sides), self.truth, self.settings.seed
        if masks and not by_masks:
            truth = truth.with_note(
                f"masks are not compared, since only {', '.join(masks)} has any"
            )
        score = partial(
            score_finder, truth=truth, of_truth=self.of_truth, by_masks=by_masks, seed=seed
        )
        scored = in_order(executor or Serial(), score, self.sides)
        scores = list(progress(scored, "scoring", len(self.sides)))
        pairs = list(zip(self.sides, scores, strict=True))
        rows = tuple(row for score in scores for row in score.rows) + tuple(
            row for other in pairs[1:] for row in compare_finders(pairs[0], other, truth, seed)
        )
        return CatalogueEvaluation(
            self.sides, self.of_truth, truth, self.settings, scores, by_masks, rows
        )


@dataclass(frozen=True, eq=False)
class CatalogueEvaluation(ComparedCatalogues):
    """Catalogues that were scored; an `~sciarada.evaluation.evaluation.Evaluation`.

    Parameters
    ----------
    scores : list of FinderScore
        Of each catalogue.
    by_masks : bool
        Whether sources were matched by masks.
    rows : tuple of ScoreRow
        All scores, and the differences from the first catalogue.
    """

    scores: list[FinderScore]
    by_masks: bool
    rows: tuple[ScoreRow, ...]

    @property
    def names(self) -> list[str]:
        """Names of the catalogues."""
        return [side.name for side in self.sides]

    @cached_property
    def matches(self) -> Table:
        """What became of each source; see `sciarada.evaluation.match_table`."""
        outcomes = [score.outcomes for score in self.scores]
        return match_table(
            {name: np.concatenate([each[name] for each in outcomes]) for name in outcomes[0]}
        )

    @property
    def tables(self) -> dict[str, Table]:
        """The matches."""
        return {"matches": self.matches}

    @property
    def warnings(self) -> list[str]:
        """What had to be assumed of the truth."""
        return list(self.truth.notes)

    @property
    def asked(self) -> int:
        """Number of true sources that had to be found."""
        return int((self.truth.statuses == 0).sum())

    @property
    def facts(self) -> dict[str, Any]:
        """Record for ``run.json``, in plain types."""
        truth = self.truth
        counted = {score.name: [row for row in score.rows if row.count] for score in self.scores}
        return {
            "inputs": {
                "truth": str(self.of_truth.path),
                "catalogues": {
                    side.name: {"path": str(side.path), "finder": side.catalogue.finder}
                    for side in self.sides
                },
            },
            "configuration": self.settings.matching_record(),
            "matching": {
                "radius_arcsec": truth.radius,
                "snr_limit": truth.limits.snr,
                "flux_limit_jy": truth.limits.flux,
                "by_masks": self.by_masks,
            },
            "counts": {
                "true": len(truth.sources),
                "asked_for": self.asked,
                "found": {side.name: len(side.catalogue) for side in self.sides},
            },
            "scores": overall_record(counted, HEADLINE),
        }


def read_catalogues(
    given: Path,
    truth: Path,
    compare: Mapping[str, Path],
    settings: EvaluateSettings,
    segmentation: Path | None = None,
    truth_segmentation: Path | None = None,
) -> ComparedCatalogues:
    """Read catalogues and the truth, and prepare them to be scored.

    Parameters
    ----------
    given, truth : `~pathlib.Path`
        Files, or folders of `sciarada detect` and `sciarada simulate`.
    compare : mapping of str to `~pathlib.Path`
        Further catalogues by name.
    settings : EvaluateSettings
    segmentation, truth_segmentation : `~pathlib.Path`, optional
        Maps of the numbers of sources, where they do not lie beside the tables.

    Raises
    ------
    CatalogueError, ImageError, OptionError
        If an input cannot be read or compared.
    """
    of_truth = read_catalogue_input(
        truth, "truth", columns=settings.truth_columns, labels=truth_segmentation
    )
    sides = [read_catalogue_input(given, "catalogue", labels=segmentation)]
    for name, path in compare.items():
        sides.append(read_catalogue_input(path, "catalogue", name=name))
    _check(sides, of_truth, segmentation, truth_segmentation)
    ready = prepare_truth(
        of_truth,
        sides,
        radius=settings.radius,
        snr_limit=settings.snr_limit,
        flux_limit=settings.flux_limit,
    )
    return ComparedCatalogues(sides, of_truth, ready, settings)


def _check(
    sides: list[CatalogueInput],
    truth: CatalogueInput,
    segmentation: Path | None,
    truth_segmentation: Path | None,
) -> None:
    names = [side.name for side in sides]
    if len(set(names)) < len(names):
        raise OptionError(f"--compare needs another name than {names[0]!r}, which is TABLE's")
    if segmentation and truth.labels is None:
        raise OptionError(
            "--segmentation needs --truth-segmentation, for there is none beside TRUTH"
        )
    if truth_segmentation and sides[0].labels is None:
        raise OptionError(
            "--truth-segmentation needs --segmentation, for there is none beside TABLE"
        )

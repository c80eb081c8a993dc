"""Interface of all evaluations to the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from astropy.table import Table

from sciarada.evaluation.score_table import ALL, ScoreRow


class Evaluation(Protocol):
    """Scores against the truth."""

    @property
    def names(self) -> list[str]:
        """Names of the scored inputs; the first is the subject of the evaluation."""

    @property
    def rows(self) -> tuple[ScoreRow, ...]:
        """All scores."""

    @property
    def tables(self) -> dict[str, Table]:
        """Further tables by the name of their files."""

    @property
    def facts(self) -> dict[str, Any]:
        """Record for ``run.json``: inputs, configuration, counts and scores, in plain types."""

    @property
    def warnings(self) -> list[str]:
        """What had to be assumed, one sentence each."""


def overall_record(
    rows: Mapping[str, Iterable[ScoreRow]], measures: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Return the overall scores by name and measure, as ``run.json`` holds them."""
    wanted = set(measures)
    return {
        name: {
            row.measure: {"value": row.value, "low": row.low, "high": row.high}
            for row in own
            if row.binned_by == ALL and row.measure in wanted
        }
        for name, own in rows.items()
    }

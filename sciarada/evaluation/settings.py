"""Settings of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from astropy import units as u

from sciarada.errors import OptionError
from sciarada.geometry.quantities import number_in_unit

Score = Literal["detections", "classes"]
"""What is scored: which sources were found, or which classes they were given."""


@dataclass(frozen=True)
class EvaluateSettings:
    """Settings of an evaluation.

    Parameters
    ----------
    score : {'detections', 'classes'}
        What is scored: the detections of catalogues and their measurements, or the classes of
        tables that have the same sources as the truth.
    radius : float, `~astropy.units.Quantity` or None
        Match radius of small sources in arcsec, or an angle; half of the beam by default.
    snr_limit : float or None
        Least true signal to noise of sources that have to be found; 5 by default.
    flux_limit : float, `~astropy.units.Quantity` or None
        Least true total flux of the same, in Jy.
    truth_columns : mapping of str to str
        Our column to that of the truth.
    column, true_column, key : str or None
        Of classes; see `sciarada.evaluation.label_scores.join_labels`.
    seed : int
        Of the bootstrap.

    Raises
    ------
    OptionError
        If ``score`` is neither of the two.
    """

    score: Score = "detections"
    radius: float | None = None
    snr_limit: float | None = None
    flux_limit: float | None = None
    truth_columns: Mapping[str, str] = field(default_factory=dict)
    column: str | None = None
    true_column: str | None = None
    key: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name, unit in (("radius", u.arcsec), ("flux_limit", u.Jy)):
            object.__setattr__(self, name, number_in_unit(getattr(self, name), unit, name))
        if self.score not in get_args(Score):
            names = " or ".join(get_args(Score))
            raise OptionError(f"--score is {names}, not {self.score!r}")

    def matching_record(self) -> dict[str, Any]:
        """Return the settings for the record of scored detections, in plain types."""
        return {
            "radius": self.radius,
            "snr_limit": self.snr_limit,
            "flux_limit": self.flux_limit,
            "truth_columns": dict(self.truth_columns),
            "seed": self.seed,
        }

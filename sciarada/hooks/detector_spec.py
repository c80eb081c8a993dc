"""The declaration of a detector by a plugin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from sciarada.errors import PluginError
from sciarada.hooks.describing import describe_value
from sciarada.hooks.specs import PluginSpec, TaskSpec
from sciarada.hooks.thresholds import Thresholds

#: Where a detector may run.
RUNS_ON = ("processes", "device")
USUAL = Thresholds()


@dataclass(frozen=True, kw_only=True)
class DetectorSpec(TaskSpec):
    """Declares a detector; the factory makes a `Detector` or a `BatchDetector`.

    Parameters
    ----------
    thresholds : callable or Thresholds
        `Thresholds` of the detector, or a function that returns them for an instance of
        ``options``.
    multiscale : bool
        Whether the detector finds emission on all scales. If False, it is also run on
        averaged images to find diffuse emission.
    runs_on : str
        One of `RUNS_ON`: ``processes`` (tiles are distributed over several processes, each with a
        copy of the detector) or ``device`` (all tiles are given to one detector in the main
        process, such as a network on a GPU).
    batch_size : int
        Largest number of tiles that are given to a `BatchDetector` at once.

    See Also
    --------
    Detector, BatchDetector : What the factory makes.
    Thresholds : What the measurement needs to know.

    Examples
    --------
    >>> spec = DetectorSpec(
    ...     name="mine",
    ...     summary="My detector",
    ...     factory="mine.finder:Mine",
    ...     thresholds=Thresholds(peak_sigma=4),
    ... )
    >>> spec.kind, spec.multiscale, spec.thresholds_for(None).peak_sigma
    ('detector', False, 4)
    """

    kind: str = "detector"
    thresholds: Callable[[Any], Thresholds] | Thresholds = USUAL
    multiscale: bool = False
    runs_on: str = "processes"
    batch_size: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind != "detector":
            raise ValueError(f"{self.name}: the kind of a DetectorSpec cannot be changed")
        if not (callable(self.thresholds) or isinstance(self.thresholds, Thresholds)):
            raise ValueError(
                f"{self.name}: thresholds must be Thresholds or a function that returns them, "
                f"not {describe_value(self.thresholds)}"
            )
        if not isinstance(self.multiscale, bool):
            raise ValueError(f"{self.name}: multiscale must be True or False")
        if self.runs_on not in RUNS_ON:
            raise ValueError(
                f"{self.name}: runs_on is one of {', '.join(RUNS_ON)}, "
                f"not {describe_value(self.runs_on)}"
            )
        if type(self.batch_size) is not int or self.batch_size < 1:
            raise ValueError(f"{self.name}: batch_size must be a whole number from 1")

    @classmethod
    def of(cls, spec: PluginSpec) -> DetectorSpec:
        """Return a detector's spec; one that is a plain `TaskSpec` gets the defaults."""
        if isinstance(spec, cls):
            return spec
        return cls(**{field.name: getattr(spec, field.name) for field in fields(PluginSpec)})

    def thresholds_for(self, options: Any) -> Thresholds:
        """Return the thresholds of the detector.

        Parameters
        ----------
        options : instance of ``self.options``
            The options that the detector is made with.

        Raises
        ------
        PluginError
            If the function of the plugin fails or returns anything else.
        """
        given = self.thresholds
        if isinstance(given, Thresholds):
            return given
        found = self.ask(lambda: given(options), "cannot state its thresholds")
        if not isinstance(found, Thresholds):
            raise PluginError(
                f"{self.title} states {describe_value(found)} as its thresholds, not Thresholds; "
                f"see `sciarada plugins check {self.name}`"
            )
        return found

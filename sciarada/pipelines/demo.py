"""The demonstration: a simulated field, the real detection, and the score against the truth."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sciarada.errors import OutputError
from sciarada.io.fits_image import read_image
from sciarada.io.staging import remove_products
from sciarada.pipelines.detect import DetectResult, run_detect
from sciarada.pipelines.evaluate import EvaluateResult, run_evaluate
from sciarada.pipelines.simulate import IMAGE, SimulateResult, run_simulate
from sciarada.running.progress import Progress, silent

RARE = {
    "fr1": 6,
    "fr2": 8,
    "wide_angle_tail": 5,
    "narrow_angle_tail": 3,
    "head_tail": 5,
    "double_double": 2,
    "x_shaped": 2,
    "relic": 2,
    "halo": 1,
    "odd_radio_circle": 2,
    "spiral_arcs": 1,
}
"""Sources a megapixel of kinds of which a field as small as this would show one or none."""
BRIGHTEST = 0.05  # Jy: what is brighter fills a field as small as this with artefacts


@dataclass(frozen=True)
class DemoFiles:
    """Where the folders of a demonstration lie.

    Parameters
    ----------
    out : Path
        Folder of all of them.
    """

    out: Path

    @property
    def simulated(self) -> Path:
        """What `sciarada simulate` makes: the image and what was put in."""
        return self.out / "simulated"

    @property
    def detected(self) -> Path:
        """What `sciarada detect` makes of it."""
        return self.out / "detected"

    @property
    def evaluated(self) -> Path:
        """What `sciarada evaluate` makes of both."""
        return self.out / "evaluated"

    @property
    def image(self) -> Path:
        """The simulated image."""
        return self.simulated / IMAGE


@dataclass(frozen=True, eq=False)
class DemoResult:
    """What the demonstration made.

    Parameters
    ----------
    files : DemoFiles
        Where everything lies.
    simulation : SimulateResult
        The image and what was put into it.
    detection : DetectResult
        What was found.
    evaluation : EvaluateResult
        What was found against what was put in.
    """

    files: DemoFiles
    simulation: SimulateResult
    detection: DetectResult
    evaluation: EvaluateResult


def run_demo(
    out: Path,
    size: int = 1024,
    seed: int = 1,
    *,
    overwrite: bool = False,
    progress: Progress = silent,
) -> DemoResult:
    """Simulate a field, detect its sources and compare them with the truth.

    Parameters
    ----------
    out : Path
        Folder to make.
    size : int
        Side of the field in pixels.
    seed : int
        Same seed, same field.
    overwrite : bool
        Replace the files of an earlier demonstration.
    progress : Progress
        Shows how far it has come.

    Returns
    -------
    DemoResult

    Raises
    ------
    OutputError
        The folder exists and may not be replaced, or cannot be written. A folder that was
        made here is removed again.
    """
    files = DemoFiles(out)
    fresh = not out.exists()
    if not fresh and not overwrite:
        raise OutputError(
            f"{out} exists already; replace it with --overwrite or give another --out"
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make {out}: {error.strerror}; give another place with --out"
        ) from error
    how = {"overwrite": overwrite, "progress": progress}
    try:
        simulation = run_simulate(
            files.simulated, "emu", (size, size), seed, options=_rich(size), **how
        )
        detection = run_detect(read_image(files.image), files.detected, **how)
        evaluation = run_evaluate(
            files.detected, files.simulated, files.evaluated, overwrite=overwrite, into_report=True
        )
    except BaseException:
        if fresh:
            for folder in (files.evaluated, files.detected, files.simulated):
                remove_products(folder)
            with suppress(OSError):
                out.rmdir()  # unless somebody keeps something else there
        raise
    return DemoResult(files, simulation, detection, evaluation)


def _rich(size: int) -> tuple[str, ...]:
    """Return the survey's options that give a field its rare kinds, and few artefacts."""
    megapixels = size**2 / 1024**2
    numbers = (f"number.{name}={round(count * megapixels)}" for name, count in RARE.items())
    return (f"counts.brightest={BRIGHTEST}", *numbers)

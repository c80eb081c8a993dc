"""The demonstration: a simulated field, the real detection, and the score against the truth."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sciarada.errors import OutputError
from sciarada.io.fits_image import read_image
from sciarada.io.refusals import refusals_explained
from sciarada.io.staging import KEY, locked, remove_products
from sciarada.pipelines.detect import DetectResult, run_detect
from sciarada.pipelines.evaluate import EvaluateResult, run_evaluate
from sciarada.pipelines.simulate import IMAGE, SimulateResult, run_simulate
from sciarada.running.invocation import in_parts
from sciarada.running.progress import Progress, silent
from sciarada.running.stopping import held
from sciarada.simulation.settings import SimulateSettings

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
BEGUN = b"demonstration"  # what says that a killed run left its folder incomplete
BRIGHTEST = 0.05  # Jy: what is brighter fills a field as small as this with artefacts


@dataclass(frozen=True)
class DemoFiles:
    """The folders of a demonstration.

    Parameters
    ----------
    out : Path
        Folder of all of them.
    """

    out: Path

    @property
    def simulated(self) -> Path:
        """The simulated image and its truth."""
        return self.out / "simulated"

    @property
    def detected(self) -> Path:
        """The products of the detection."""
        return self.out / "detected"

    @property
    def evaluated(self) -> Path:
        """The scores of the detection."""
        return self.out / "evaluated"

    @property
    def image(self) -> Path:
        """The simulated image."""
        return self.simulated / IMAGE


@dataclass(frozen=True, eq=False)
class DemoResult:
    """The results of a demonstration.

    Parameters
    ----------
    files : DemoFiles
        Paths of all files.
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
        CatalogueInput of the field in pixels.
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
    with locked(out) as work:
        begun = work / KEY
        abandoned = begun.is_file() and begun.read_bytes() == BEGUN
        fresh = abandoned or not out.exists()
        if not fresh and not overwrite:
            raise OutputError(
                f"{out} exists already; replace it with --overwrite or give another --out"
            )
        with refusals_explained(out):
            if fresh:
                begun.write_bytes(BEGUN)
            out.mkdir(parents=True, exist_ok=True)
        try:
            with refusals_explained(out), in_parts():
                return _made(files, size, seed, overwrite or abandoned, progress)
        except BaseException:
            if fresh:
                _remove(files)
            raise
        finally:
            begun.unlink(missing_ok=True)


def _made(
    files: DemoFiles, size: int, seed: int, overwrite: bool, progress: Progress
) -> DemoResult:
    """Make the three folders of a demonstration."""
    simulation = run_simulate(
        files.simulated,
        "emu",
        SimulateSettings((size, size), seed, _rich(size)),
        overwrite=overwrite,
        progress=progress,
    )
    image = read_image(files.image)
    detection = run_detect(image, files.detected, overwrite=overwrite, progress=progress)
    evaluation = run_evaluate(
        files.detected, files.simulated, files.evaluated, overwrite=overwrite, into_report=True
    )
    return DemoResult(files, simulation, detection, evaluation)


def _remove(files: DemoFiles) -> None:
    """Remove the products of a demonstration, and its folder unless it has other files."""
    with held():
        for folder in (files.evaluated, files.detected, files.simulated):
            remove_products(folder)
        with suppress(OSError):
            files.out.rmdir()


def _rich(size: int) -> tuple[str, ...]:
    """Return the survey's options that give a field its rare kinds, and few artefacts."""
    megapixels = size**2 / 1024**2
    numbers = (f"number.{name}={round(count * megapixels)}" for name, count in RARE.items())
    return (f"counts.brightest={BRIGHTEST}", *numbers)

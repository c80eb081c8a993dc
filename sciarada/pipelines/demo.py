"""The demonstration: a simulated field, the real detection, and the score against the truth."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sciarada.core.errors import OutputError
from sciarada.evaluate.curves import Curve, detection_curve
from sciarada.evaluate.detection import (
    DetectionScore,
    blended,
    match_radii,
    score_detections,
)
from sciarada.evaluate.estimates import Estimate, share_of
from sciarada.evaluate.measurement import MeasurementScore, score_measurements
from sciarada.evaluate.roles import Limits, truth_roles
from sciarada.io.fits_image import read_image
from sciarada.io.regions import write_source_regions
from sciarada.io.tables import write_catalogue
from sciarada.pipelines.detect import DetectResult, run_detect
from sciarada.pipelines.progress import Progress, silent
from sciarada.simulate.field import SimulatedField, simulate_field
from sciarada.simulate.files import write_image

LEAST_SNR = 5.0
EDGES = (5.0, 6.0, 7.0, 10.0, 20.0, float("inf"))


@dataclass(frozen=True)
class DemoFiles:
    """Where the files of a demonstration lie.

    Parameters
    ----------
    out : Path
        Folder of all of them.
    """

    out: Path

    @property
    def image(self) -> Path:
        """The simulated image."""
        return self.out / "field.fits"

    @property
    def truth(self) -> Path:
        """The catalogue of what was put in."""
        return self.out / "truth.fits"

    @property
    def truth_regions(self) -> Path:
        """The outlines of what was put in, for DS9."""
        return self.out / "truth.reg"

    @property
    def products(self) -> Path:
        """The folder of what was found, with the name that `sciarada detect` gives it."""
        return self.out / "field_sciarada"


@dataclass(frozen=True, eq=False)
class DemoResult:
    """What the demonstration made.

    Parameters
    ----------
    files : DemoFiles
        Where everything lies.
    field : SimulatedField
        The image and what was put into it.
    detection : DetectResult
        What was found.
    score : DetectionScore
        What was found against what was put in.
    curve : Curve
        The same by signal to noise.
    measurement : MeasurementScore
        How well fluxes and positions were measured.
    apart : Estimate
        Completeness of the sources without a brighter one within a beam.
    least_snr : float
        Sources with a peak above so many times the noise had to be found.
    """

    files: DemoFiles
    field: SimulatedField
    detection: DetectResult
    score: DetectionScore
    curve: Curve
    measurement: MeasurementScore
    apart: Estimate
    least_snr: float = LEAST_SNR


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
        Shows how far the detection has come.

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
    try:
        field = simulate_field("emu", size, seed)
        write_image(field.image, files.image, overwrite=overwrite, header=field.header)
        write_catalogue(field.truth, files.truth, overwrite=overwrite)
        write_source_regions(field.truth, files.truth_regions, overwrite=overwrite)
        detection = run_detect(
            read_image(files.image), files.products, overwrite=overwrite, progress=progress
        )
    except BaseException:
        if fresh:
            shutil.rmtree(out, ignore_errors=True)
        raise
    beam, truth = field.survey.beam.major, field.truth.sources
    found = detection.catalogue.sources
    score = score_detections(
        found,
        truth,
        match_radii(truth, beam / 2),
        roles=truth_roles(truth, Limits(snr=LEAST_SNR)),
    )
    became = score.association
    return DemoResult(
        files,
        field,
        detection,
        score,
        curve=detection_curve(found, truth, became, edges=EDGES),
        measurement=score_measurements(found, truth, became),
        apart=share_of(became.recovered[became.counted & ~blended(truth, beam)]),
    )

"""Simulated skies on disk: the image, its truth in every form, and a picture to look at."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.io.fits_image import read_image
from sciarada.io.inputs import Inputs
from sciarada.io.maps import MapFile, Storage
from sciarada.measure.background import estimate_background
from sciarada.pipelines.catalogue_files import write_catalogue_files
from sciarada.pipelines.record import configuration_hash, image_record, input_record, versions
from sciarada.pipelines.run import FolderRun, folder_run
from sciarada.report.preview import draw_preview
from sciarada.results.products import Products
from sciarada.running.executor import Serial, in_order, submit
from sciarada.running.progress import Progress, silent
from sciarada.running.workers import executor_or_local
from sciarada.simulation.field import SimulatedField, simulate_field, true_rms
from sciarada.simulation.files import WriteMaps, pieces
from sciarada.simulation.inject import Injection, inject_survey
from sciarada.simulation.settings import SimulateSettings
from sciarada.simulation.survey import load_survey

IMAGE = "image.fits"
MANY = 20_000  # sources
AGAIN = "--workers 1"
CLASSES = ("det_class", "morphology", "rgz_class", "fr_class", "structure_class")


@dataclass(frozen=True, eq=False, repr=False)
class SimulateResult(Products):
    """A finished simulation.

    Parameters
    ----------
    field : SimulatedField
        The image, its truth and what they were made from.
    """

    field: SimulatedField

    def _summary(self) -> str:
        return f"{len(self.truth)} sources in {self.image.name!r}"

    @property
    def image(self) -> SkyImage:
        """The simulated image; its pixels are computed when they are read."""
        return self.field.image

    @property
    def truth(self) -> SourceCatalogue:
        """The true sources, in the columns of a detected catalogue."""
        return self.field.truth


def run_simulate(
    out: Path,
    survey: str | Path = "emu",
    settings: SimulateSettings | None = None,
    *,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> SimulateResult:
    """Simulate a field of a survey and write the image and everything that is known about it.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder to be made.
    survey : str or path
        Name of a survey, or path of its TOML file.
    settings : SimulateSettings, optional
        Size, seed and sources.
    overwrite : bool
        Replace the products of an earlier run.
    progress : Progress
        Displays the progress of the run.
    executor : concurrent.futures.Executor, optional
        Executor of the parallel work; processes on this machine by default.

    Returns
    -------
    SimulateResult

    Raises
    ------
    SciaradaError
        If the survey, an option or the output cannot be used. Nothing is left behind then.
    """
    settings = settings or SimulateSettings()
    size, seed, options = settings.size, settings.seed, settings.options
    configuration = {
        "survey": str(survey),
        "size": list(size),
        "seed": seed,
        "options": list(options),
        "number": settings.number,
    }
    with folder_run(out, Inputs.of(survey), overwrite=overwrite) as run:
        with run.time("truth"):
            field = simulate_field(
                load_survey(survey, options), size, seed, n_sources=settings.number
            )
        field = field.with_meta(**_facts(field, configuration))
        # Started now, workers have the artefacts' patterns, which take a GiB to make.
        with executor_or_local(executor, settings.workers, AGAIN) as pool:
            record = write_field(run, field, settings.parquet, pool, progress)
    return SimulateResult(Path(out), record, field)


def run_inject(
    out: Path,
    image: SkyImage,
    injection: Injection,
    *,
    parquet: bool = False,
    overwrite: bool = False,
    workers: int = 0,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> SimulateResult:
    """Inject sources into an image, and write the new image and the truth.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder to be made.
    image : SkyImage
        As read from a file, which stays as it is.
    injection : Injection
        Which sources.
    parquet, workers
        As of `~sciarada.simulation.settings.SimulateSettings`.
    overwrite, progress, executor
        As of `run_simulate`.

    Returns
    -------
    SimulateResult

    Raises
    ------
    SciaradaError
        If the image, the survey, an option or the output cannot be used. Nothing is left
        behind then.
    """
    with (
        folder_run(out, Inputs.of(image, injection.survey), overwrite=overwrite) as run,
        executor_or_local(executor, workers, AGAIN) as pool,
    ):
        digest = submit(pool, SkyImage.sha256, image)
        with run.time("background"):
            background = estimate_background(image, executor=pool)
        with run.time("truth"):
            field = inject_survey(image, background, injection)
        configuration = {**asdict(injection), "survey": str(injection.survey)}
        run.warnings += image.notes
        inputs = [input_record(image, digest.result())]
        field = field.with_meta(inputs=inputs, **_facts(field, configuration))
        record = write_field(run, field, parquet, pool, progress)
    return SimulateResult(Path(out), record, field)


def write_field(
    run: FolderRun,
    field: SimulatedField,
    parquet: bool,
    pool: Executor,
    progress: Progress,
) -> dict[str, Any]:
    """Write every product of a simulation and return the content of ``run.json``.

    The preview is drawn by the pool while this process writes the tables, unless the catalogue
    is so long that sending it would take much memory.
    """
    folder = run.folder
    with run.time("maps"):
        windows = pieces(field.image.shape)
        write = WriteMaps(_maps(folder, field))
        for _ in progress(in_order(pool, write, windows), "computing pixels", len(windows)):
            pass
    with run.time("products"):
        picture = replace(read_image(folder / IMAGE), name=field.image.name)
        draw = partial(draw_preview, rms=field.survey.rms)
        beside = pool if len(field.truth) < MANY else Serial()
        preview = submit(beside, draw, picture, field.truth, folder / "preview.png")
        write_catalogue_files(folder, field.truth, "truth", "truth", parquet)
        preview.result()
    record = run.record({**field.truth.meta, "counts": counts(field)})
    run.finish(record)
    return record


def counts(field: SimulatedField) -> dict[str, Any]:
    """Return the number of sources, of components, and of sources of each class."""
    sources = field.truth.sources
    kinds = {name: sources[name] for name in CLASSES if name in sources.colnames}
    return {
        "sources": len(sources),
        "components": len(field.truth.components),
        **{name: _tally(column) for name, column in kinds.items()},
    }


def _tally(column: np.ma.MaskedArray) -> dict[str, int]:
    """Return how often each text occurs, the most frequent first; nulls are not counted."""
    names, numbers = np.unique(np.ma.compressed(np.ma.asarray(column)), return_counts=True)
    order = np.argsort(-numbers, kind="stable")
    return {str(names[i]): int(numbers[i]) for i in order if names[i]}


def _maps(
    folder: Path, field: SimulatedField
) -> tuple[tuple[MapFile, Callable[[Window], np.ndarray]], ...]:
    """Create the files of the maps, and describe their pixels."""
    image = field.image
    rms = partial(true_rms, field.observation)  # without the truth, which workers do not need
    made = (
        (IMAGE, field.storage, "float32", image.read),
        ("rms.fits", Storage.of(image), "float32", rms),
        ("segmentation.fits", Storage.of(image, unit=""), "int32", field.segmentation.read),
    )
    return tuple(
        (MapFile.create(folder / name, storage, image.shape, dtype), read)
        for name, storage, dtype, read in made
    )


def _facts(field: SimulatedField, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata of the truth about its origin, identical for all runs."""
    survey = field.survey
    return {
        "survey": {
            "name": survey.name,
            "title": survey.title,
            "telescope": survey.telescope,
            "reference": survey.reference,
        },
        "image": image_record(field.image),
        "configuration": configuration,
        "configuration_hash": configuration_hash(configuration),
        "versions": versions({}),
    }

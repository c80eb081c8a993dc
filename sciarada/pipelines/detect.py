"""From an image to a catalogue and its products: background, islands, measurement, maps."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.detection.assembly import assemble
from sciarada.detection.finder import add_diffuse, find_islands
from sciarada.detection.measuring import measure_islands, measure_settings
from sciarada.detection.settings import DetectSettings
from sciarada.detection.workbench import Workbench
from sciarada.hooks.detector_spec import DetectorSpec
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.io.inputs import Inputs
from sciarada.measure.artefacts import find_artefacts
from sciarada.measure.background import estimate_background
from sciarada.measure.correlation import measure_correlation
from sciarada.measure.resolution import check_beam_fits, check_box
from sciarada.measure.sources import Measurer
from sciarada.pipelines.detection_products import write_products
from sciarada.pipelines.detection_record import catalogue_counts, catalogue_facts, run_key
from sciarada.pipelines.plugin_formats import chosen_writers, write_with
from sciarada.pipelines.run import folder_run
from sciarada.report.html import write_report
from sciarada.results.detection import DetectResult
from sciarada.running.executor import submit
from sciarada.running.progress import Progress, silent
from sciarada.running.workers import executor_or_local


def run_detect(
    image: SkyImage,
    out: Path,
    settings: DetectSettings | None = None,
    *,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> DetectResult:
    """Find and measure the sources of an image and write all products.

    Parameters
    ----------
    image : SkyImage
    out : `~pathlib.Path`
        Folder to be made.
    settings : DetectSettings, optional
    overwrite : bool
        Replace the products of an earlier run.
    resume : bool
        Go on from the finished tiles of a stopped run.
    progress : Progress
        Shows how far the run has come.
    executor : concurrent.futures.Executor, optional
        Where work is run; processes of this machine by default.

    Returns
    -------
    DetectResult

    Raises
    ------
    SciaradaError
        If a plugin, an option, the image or the output cannot be used. Nothing is left
        behind then.
    """
    settings = settings or DetectSettings()
    check_beam_fits(image)
    check_box(image, settings.box)
    manager = PluginManager.discover()
    spec = DetectorSpec.of(manager.find("detector", settings.detector))
    if spec.multiscale:
        settings = replace(settings, scales=())
    options = parse_options(spec.options, settings.options, plugin=spec.name)
    detector = spec.build(options)
    writers = chosen_writers(manager, settings.writers)
    configuration = {**settings.science(), "options": resolved(options)}
    key = run_key(image, configuration, spec)
    thresholds = spec.thresholds_for(options)
    fit = measure_settings(thresholds)
    with (
        folder_run(
            out, Inputs.of(image), key=key, overwrite=overwrite, resume=resume, keep=True
        ) as run,
        executor_or_local(executor, settings.workers) as pool,
    ):
        bench = Workbench(image, detector, spec, settings, pool, run.finished, progress)
        digest = submit(pool, SkyImage.sha256, image)
        with run.time("background"):
            model = estimate_background(image, settings.box, pool)
            correlation = measure_correlation(image, model)
        with run.time("islands"):
            islands = find_islands(bench, image, model, "fine")
        with run.time("scales"):
            islands = add_diffuse(bench, model, islands, fit.fit.peak_sigma)
        with run.time("measure"):
            measurer = Measurer(image, model, correlation, fit)
            batches = measure_islands(bench, measurer, islands)
        facts = catalogue_facts(
            image,
            digest.result(),
            configuration,
            spec,
            thresholds,
            manager,
            model,
            correlation,
            run.resumed,
        )
        catalogue = assemble(batches, facts, f"{spec.name}@{spec.owner.version}", image.name)
        with run.time("artefacts"):
            artefacts = find_artefacts(image, model, catalogue)
            catalogue = catalogue.with_flag(Flag.ARTEFACT, artefacts)
        run.warnings += image.notes
        record = run.record({**facts, "counts": catalogue_counts(catalogue, len(islands))})
        with run.time("products"):
            valid = write_products(
                run.folder, image, model, catalogue, batches, facts["rms"]["median"], settings,
                pool, progress,
            )  # fmt: skip
            for suffix, writer in writers.items():
                write_with(writer, catalogue, run.folder / f"catalogue{suffix}")
        record["counts"]["valid_pixels"] = valid
        write_report(run.folder, catalogue, image, record)
        run.finish(record)
    result = DetectResult(Path(out), record, image, catalogue)
    manager.run_finished(result)
    return result

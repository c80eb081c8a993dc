"""Probes: compare encoders on labelled cutouts by one fixed protocol."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.evaluation.class_columns import unique_name
from sciarada.evaluation.probe_score import ProbeScore
from sciarada.hooks.manager import PluginManager
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.nn.probes.encoders import load_probed_encoders
from sciarada.nn.probes.labelled_set import LabelledSet, read_labels
from sciarada.nn.probes.leakage import refuse_known
from sciarada.nn.probes.protocol import ProbeProtocol, build_protocol
from sciarada.nn.probes.record import (
    different_views,
    indistinct_notes,
    probe_facts,
    trial_scores,
)
from sciarada.nn.probes.settings import ProbeSettings
from sciarada.nn.probes.tables import (
    confusion_table,
    differences_table,
    predictions_table,
    runs_table,
    summary_table,
)
from sciarada.nn.probes.trials import ProbeTrial, run_probe_trials
from sciarada.nn.threads import use_cores
from sciarada.pipelines.record import configuration_hash
from sciarada.pipelines.run import FolderRun, folder_run
from sciarada.report.evaluation_html import Page, versions_fact
from sciarada.report.probe_html import probe_headline, probe_section
from sciarada.report.probe_picture import draw_probe
from sciarada.results.products import Products
from sciarada.running.progress import Progress, silent

logger = logging.getLogger(__name__)

PICTURE = "probe.png"
FORMATS = ("fits", "ecsv")
_LONGEST = 100  # characters of a contender in the name of a file
FILES = {
    "summary": "One row per contender, kind and amount of labels, with 95 % intervals",
    "runs": "One row per training: the same scores for each seed, and the chosen hyperparameters",
    "differences": "One row per pair of probes with the same labels: first minus second",
    "confusion": "One row per probe and true class, one column per predicted class",
}


@dataclass(frozen=True, eq=False, repr=False)
class ProbeResult(Products):
    """A finished probe.

    Parameters
    ----------
    scores : tuple of ProbeScore
        One per encoder, kind of probe and number of labels.
    """

    scores: tuple[ProbeScore, ...]

    def _summary(self) -> str:
        return f"scores of {', '.join(dict.fromkeys(score.contender for score in self.scores))}"

    @property
    def summary(self) -> Table:
        """One row per encoder, kind of probe and number of labels, with 95 % intervals."""
        return summary_table(self.scores)


def run_probe(
    sets: Sequence[str | Path],
    out: Path,
    settings: ProbeSettings,
    *,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> ProbeResult:
    """Probe contenders on labelled cutouts, and write the results.

    Parameters
    ----------
    sets : sequence of path
        What `sciarada cutouts` made, or folders of images; several are joined.
    out : Path
        Folder of the products; it appears whole or not at all.
    settings : ProbeSettings
    overwrite : bool
        Replace an earlier probe.
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts and trains the classifiers of features; this process by
        default. Networks are fine-tuned in this process, on their device.

    Raises
    ------
    CutoutError
        If a set cannot be read, or an encoder was trained on what it is to be tested on.
    CatalogueError, ImageError, OptionError
        If an input cannot be read or used.
    WeightsError, PluginError
        If weights are unavailable.
    OutputError
        If the products cannot be written.
    """
    use_cores()
    manager = PluginManager.discover()
    with folder_run(out, Inputs.of(*sets, settings.labels), overwrite=overwrite) as run:
        with run.time("reading"):
            cutouts = read_labels(
                run.read_sets(sets, settings.hdu),
                settings.labels,
                column=settings.column,
                key=settings.key,
                split=settings.split,
                where=settings.where,
                classes=settings.classes,
            )
            protocol = build_protocol(cutouts, settings)
            contenders = load_probed_encoders(settings, manager)
            run.add_inputs(Inputs.of(*(contender.path for contender in contenders)))
            leakage = refuse_known(
                contenders, cutouts, protocol.test, allowed=settings.allow_leakage
            )
        run.warnings += (
            *cutouts.notes,
            *leakage.notes,
            *protocol.notes,
            *different_views(contenders),
        )
        for warning in run.warnings:
            logger.warning("%s", warning)
        outcomes: list[ProbeTrial] = []
        for contender in contenders:
            with run.time(contender.name):
                outcomes += run_probe_trials(
                    contender, cutouts, protocol, settings, manager, progress, executor
                )
        for warning in indistinct_notes(outcomes):
            logger.warning("%s", warning)
            run.warnings.append(warning)
        with run.time("scoring"):
            scores = trial_scores(outcomes, cutouts, protocol)
        with run.time("products"):
            _write_tables(run, scores, outcomes, cutouts, protocol)
            title = "Probe of " + " · ".join(contender.name for contender in contenders)
            words = f"{protocol.text}   ·   {settings.seeds} seeds   ·   lines, shaded: 95 %"
            draw_probe(scores, run.folder / PICTURE, title=title, facts=words)
        facts = probe_facts(
            sets, settings, cutouts, protocol, contenders, leakage, scores, outcomes
        )
        facts["configuration_hash"] = configuration_hash(facts["configuration"])
        record = run.record(facts, libraries=("torch", "scikit-learn"))
        run.finish(record, _page(run, scores, title, protocol, record))
    return ProbeResult(Path(out), record, tuple(scores))


def _write_tables(
    run: FolderRun,
    scores: Sequence[ProbeScore],
    outcomes: Sequence[ProbeTrial],
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
) -> None:
    tables = {
        "summary": summary_table(scores),
        "runs": runs_table(scores, outcomes, protocol.splits),
        "differences": differences_table(scores),
        "confusion": confusion_table(scores),
    }
    run.write_tables(tables, FORMATS)
    names = dict.fromkeys(outcome.contender for outcome in outcomes)
    for name, file in predictions_files(names).items():
        mine = [outcome for outcome in outcomes if outcome.contender == name]
        write_table(predictions_table(mine, cutouts, protocol), "PREDICTIONS", run.folder / file)


def predictions_files(contenders: Iterable[str]) -> dict[str, str]:
    """Return the unique name of the file with the predictions of each contender."""
    taken: set[str] = set()
    return {
        name: unique_name("predictions_" + re.sub("[^A-Za-z0-9.-]", "_", name[:_LONGEST]), taken)
        + ".fits"
        for name in contenders
    }


def _page(
    run: FolderRun,
    scores: Sequence[ProbeScore],
    title: str,
    protocol: ProbeProtocol,
    record: dict[str, Any],
) -> Page:
    files = {f"{name}.{end}": text for name, text in FILES.items() for end in FORMATS}
    for name, file in predictions_files(record["contenders"]).items():
        files[file] = f"Class probabilities by {name}, one row per cutout and training"
    files |= {PICTURE: "The picture above", "run.json": "All about this run, for programs"}
    counts = ", ".join(f"{name} {count}" for name, count in record["counts"]["classes"].items())
    explanation = f"Of {counts}; {protocol.text}. All contenders learn from the same labels."
    facts = (
        ("Labels", f"{record['inputs']['labels']} ({record['inputs']['column']})"),
        *((name, each["model_id"] or "random") for name, each in record["contenders"].items()),
        versions_fact(record["versions"]),
    )
    section = probe_section(scores, run.folder / PICTURE, explanation, run.warnings)
    return Page(title, section, probe_headline(scores), files, facts)

"""Probes: compare encoders on labelled cutouts by one fixed protocol."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.fingerprint import file_fingerprint
from sciarada.evaluation.class_columns import unique_name
from sciarada.evaluation.probe_score import ProbeScore, score_probe
from sciarada.hooks.manager import PluginManager
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.nn.indistinct import indistinct_sentence
from sciarada.nn.probes.encoders import ProbedEncoder, load_probed_encoders
from sciarada.nn.probes.labelled_set import LabelledSet, read_labels
from sciarada.nn.probes.leakage import Leakage, refuse_known
from sciarada.nn.probes.protocol import ProbeProtocol, build_protocol
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


@dataclass(frozen=True, eq=False)
class ProbeResult(Products):
    """A finished probe.

    Parameters
    ----------
    scores : tuple of ProbeScore
        One per encoder, kind of probe and number of labels.
    """

    scores: tuple[ProbeScore, ...]

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
        run.warnings += (*cutouts.notes, *leakage.notes, *protocol.notes, *_unlike(contenders))
        for warning in run.warnings:
            logger.warning("%s", warning)
        outcomes: list[ProbeTrial] = []
        for contender in contenders:
            with run.time(contender.name):
                outcomes += run_probe_trials(
                    contender, cutouts, protocol, settings, manager, progress, executor
                )
        for warning in _indistinct(outcomes):
            logger.warning("%s", warning)
            run.warnings.append(warning)
        with run.time("scoring"):
            scores = _scores(outcomes, cutouts, protocol)
        with run.time("products"):
            _write_tables(run, scores, outcomes, cutouts, protocol)
            title = "Probe of " + " · ".join(contender.name for contender in contenders)
            facts = f"{protocol.text}   ·   {settings.seeds} seeds   ·   lines, shaded: 95 %"
            draw_probe(scores, run.folder / PICTURE, title=title, facts=facts)
        record = run.record(
            _facts(sets, settings, cutouts, protocol, contenders, leakage, scores, outcomes),
            libraries=("torch", "scikit-learn"),
        )
        run.finish(record, _page(run, scores, title, protocol, record))
    return ProbeResult(Path(out), record, tuple(scores))


def _scores(
    outcomes: Sequence[ProbeTrial], cutouts: LabelledSet, protocol: ProbeProtocol
) -> list[ProbeScore]:
    true = cutouts.labels[protocol.test]
    return [
        score_probe(
            outcome.contender,
            outcome.kind,
            outcome.amount.name,
            outcome.labels,
            true,
            outcome.probabilities,
            protocol.classes,
        )
        for outcome in outcomes
    ]


def _indistinct(outcomes: Sequence[ProbeTrial]) -> list[str]:
    """Return a sentence about each contender that does not tell all cutouts apart."""
    counts = {outcome.contender: outcome.indistinct for outcome in outcomes if outcome.indistinct}
    sentences = {name: indistinct_sentence(count) for name, count in counts.items()}
    return [f"{name}: {sentence}" for name, sentence in sentences.items() if sentence]


def _unlike(contenders: Sequence[ProbedEncoder]) -> tuple[str, ...]:
    """Return the properties in which contenders differ."""
    notes = []
    for what, values in (
        ("npix", [contender.card.npix for contender in contenders]),
        ("crop", [contender.card.crop for contender in contenders]),
        ("channels", [contender.card.options.get("channels") for contender in contenders]),
    ):
        if len(set(values)) > 1:
            each = ", ".join(f"{c.name}: {v}" for c, v in zip(contenders, values, strict=True))
            notes.append(f"the contenders are shown the cutouts with another {what} ({each})")
    return tuple(notes)


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


def _facts(
    sets: Sequence[str | Path],
    settings: ProbeSettings,
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
    contenders: Sequence[ProbedEncoder],
    leakage: Leakage,
    scores: Sequence[ProbeScore],
    outcomes: Sequence[ProbeTrial],
) -> dict[str, Any]:
    configuration = asdict(settings)
    true = cutouts.labels[protocol.test].tolist()
    counts = {outcome.contender: outcome.indistinct for outcome in outcomes if outcome.indistinct}
    return {
        "inputs": {
            "sets": [str(path) for path in sets],
            "set_hash": cutouts.source.data_hash(),
            "labels": settings.labels,
            "labels_hash": _hash(settings.labels),
            "column": cutouts.column,
        },
        "configuration": configuration,
        "configuration_hash": configuration_hash(configuration),
        "protocol": {
            "text": protocol.text,
            "seeds": list(protocol.splits),
            "splits": len(next(iter(protocol.splits.values()))),
        },
        "contenders": {
            contender.name: {
                "model_id": "" if contender.is_random else contender.card.model_id,
                "sha256": contender.card.sha256,
                "encoder": contender.card.encoder,
                "options": dict(contender.card.options),
                "npix": contender.card.npix,
                "crop": contender.card.crop,
                "in_training_set": leakage.shown.get(contender.name),
                "indistinct": counts.get(contender.name),
            }
            for contender in contenders
        },
        "counts": {
            "cutouts": len(cutouts.labels),
            "tested": len(true),
            "classes": {name: true.count(name) for name in protocol.classes},
        },
        "scores": [
            {
                "contender": score.contender,
                "kind": score.kind,
                "amount": score.amount,
                "labels": score.labels,
                **{name: asdict(score.estimate(name)) for name in ("macro_f1", "accuracy", "ece")},
            }
            for score in scores
        ],
    }


def _hash(labels: str) -> str:
    """Return the hash of a table of labels; None for a column of the set."""
    return file_fingerprint(Path(labels)) if Path(labels).is_file() else ""


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

"""Probes: compare encoders on labelled cutouts by one fixed protocol."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.fingerprint import file_fingerprint
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import read_sets
from sciarada.evaluation.class_columns import unique_name
from sciarada.evaluation.probe_score import ProbeScore, score_probe
from sciarada.hooks.manager import PluginManager
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.io.staging import staging
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
from sciarada.pipelines.record import configuration_hash, now, versions, write_record
from sciarada.report.probe_html import write_probe_page
from sciarada.report.probe_picture import draw_probe
from sciarada.results.products import Products
from sciarada.running.progress import Progress, Stopwatch, silent

logger = logging.getLogger(__name__)

PICTURE, PAGE = "probe.png", "report.html"
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
) -> ProbeResult:
    """Probe contenders on labelled cutouts, and write what comes out.

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
        Shows how far it has come.

    Raises
    ------
    CutoutError
        If a set cannot be read, or an encoder was trained on what it is to be tested on.
    CatalogueError, ImageError, OptionError
        If something cannot be read or used.
    WeightsError, PluginError
        If weights are unavailable.
    OutputError
        If the products cannot be written.
    """
    use_cores()
    watch = Stopwatch()
    manager = PluginManager.discover()
    given = Inputs.of(*sets, settings.labels)
    with staging(out, inputs=given, overwrite=overwrite, keep=False) as stage:
        with watch.time("reading"):
            source = read_sets(sets, settings.hdu)
            inputs = inputs_of_sets(source)
            inputs.keep_apart(out)
            cutouts = read_labels(
                source,
                settings.labels,
                column=settings.column,
                key=settings.key,
                split=settings.split,
                where=settings.where,
                classes=settings.classes,
            )
            protocol = build_protocol(cutouts, settings)
            contenders = load_probed_encoders(settings, manager)
            Inputs.of(*(contender.path for contender in contenders)).keep_apart(out)
            leakage = refuse_known(
                contenders, cutouts, protocol.test, allowed=settings.allow_leakage
            )
        notes = (*cutouts.notes, *leakage.notes, *protocol.notes, *_unlike(contenders))
        for note in notes:
            logger.warning("%s", note)
        outcomes: list[ProbeTrial] = []
        for contender in contenders:
            with watch.time(contender.name):
                outcomes += run_probe_trials(
                    contender, cutouts, protocol, settings, manager, progress
                )
        inputs.check_unchanged()
        with watch.time("scoring"):
            scores = _scores(outcomes, cutouts, protocol)
        with watch.time("products"):
            _write_tables(stage.products, scores, outcomes, cutouts, protocol)
            title = "Probe of " + " · ".join(contender.name for contender in contenders)
            facts = f"{protocol.text}   ·   {settings.seeds} seeds   ·   lines, shaded: 95 %"
            draw_probe(scores, stage.products / PICTURE, title=title, facts=facts)
        run = _record(sets, settings, cutouts, protocol, contenders, leakage, scores, notes, watch)
        _write_page(stage.products, scores, title, protocol, notes, run)
        write_record(stage.products, run)
    return ProbeResult(Path(out), run, tuple(scores))


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


def _unlike(contenders: Sequence[ProbedEncoder]) -> tuple[str, ...]:
    """Return what contenders do not have in common."""
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
    folder: Path,
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
    for name, table in tables.items():
        for ending in FORMATS:
            write_table(table, name.upper(), folder / f"{name}.{ending}")
    names = dict.fromkeys(outcome.contender for outcome in outcomes)
    for name, file in predictions_files(names).items():
        mine = [outcome for outcome in outcomes if outcome.contender == name]
        write_table(predictions_table(mine, cutouts, protocol), "PREDICTIONS", folder / file)


def predictions_files(contenders: Iterable[str]) -> dict[str, str]:
    """Return the name of the file with the predictions of each contender, no two alike."""
    taken: set[str] = set()
    return {
        name: unique_name("predictions_" + re.sub("[^A-Za-z0-9.-]", "_", name[:_LONGEST]), taken)
        + ".fits"
        for name in contenders
    }


def _record(
    sets: Sequence[str | Path],
    settings: ProbeSettings,
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
    contenders: Sequence[ProbedEncoder],
    leakage: Leakage,
    scores: Sequence[ProbeScore],
    notes: Sequence[str],
    watch: Stopwatch,
) -> dict[str, Any]:
    configuration = asdict(settings)
    true = cutouts.labels[protocol.test].tolist()
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
        "versions": versions({}) | {name: version(name) for name in ("torch", "scikit-learn")},
        "timings": watch.seconds,
        "warnings": list(notes),
        "created": now(),
    }


def _hash(labels: str) -> str:
    """Return the hash of a table of labels; nothing for a column of the set."""
    return file_fingerprint(Path(labels)) if Path(labels).is_file() else ""


def _write_page(
    folder: Path,
    scores: Sequence[ProbeScore],
    title: str,
    protocol: ProbeProtocol,
    notes: Sequence[str],
    run: dict[str, Any],
) -> None:
    files = {f"{name}.{end}": text for name, text in FILES.items() for end in FORMATS}
    for name, file in predictions_files(run["contenders"]).items():
        files[file] = f"Class probabilities by {name}, one row per cutout and training"
    files |= {PICTURE: "The picture above", "run.json": "All about this run, for programs"}
    counts = ", ".join(f"{name} {count}" for name, count in run["counts"]["classes"].items())
    write_probe_page(
        folder / PAGE,
        scores,
        folder / PICTURE,
        title=title,
        explanation=f"Of {counts}; {protocol.text}. All contenders learn from the same labels.",
        notes=notes,
        files=files,
        facts=[
            ("Labels", f"{run['inputs']['labels']} ({run['inputs']['column']})"),
            *((name, each["model_id"] or "random") for name, each in run["contenders"].items()),
            ("Versions", ", ".join(f"{k} {v}" for k, v in run["versions"].items() if v)),
        ],
        run=run,
    )

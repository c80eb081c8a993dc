"""Scores, notes and the record of a finished probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sciarada.core.fingerprint import file_fingerprint
from sciarada.evaluation.probe_score import ProbeScore, score_probe
from sciarada.nn.indistinct import indistinct_sentence
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.labelled_set import LabelledSet
from sciarada.nn.probes.leakage import Leakage
from sciarada.nn.probes.protocol import ProbeProtocol
from sciarada.nn.probes.settings import ProbeSettings
from sciarada.nn.probes.trials import ProbeTrial


def trial_scores(
    outcomes: Sequence[ProbeTrial], cutouts: LabelledSet, protocol: ProbeProtocol
) -> list[ProbeScore]:
    """Return the score of each trial."""
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


def indistinct_notes(outcomes: Sequence[ProbeTrial]) -> list[str]:
    """Return a sentence about each contender that does not tell all cutouts apart."""
    counts = {outcome.contender: outcome.indistinct for outcome in outcomes if outcome.indistinct}
    sentences = {name: indistinct_sentence(count) for name, count in counts.items()}
    return [f"{name}: {sentence}" for name, sentence in sentences.items() if sentence]


def different_views(contenders: Sequence[ProbedEncoder]) -> tuple[str, ...]:
    """Return notes on how differently contenders are shown the cutouts."""
    notes = []
    for what, values in (
        ("npix", [contender.card.npix for contender in contenders]),
        ("crop", [contender.card.crop for contender in contenders]),
        ("channels", [contender.card.options.get("channels") for contender in contenders]),
    ):
        if len(set(values)) > 1:
            each = ", ".join(f"{c.name}: {v}" for c, v in zip(contenders, values, strict=True))
            notes.append(f"the contenders are shown the cutouts with different {what} ({each})")
    return tuple(notes)


def probe_facts(
    sets: Sequence[str | Path],
    settings: ProbeSettings,
    cutouts: LabelledSet,
    protocol: ProbeProtocol,
    contenders: Sequence[ProbedEncoder],
    leakage: Leakage,
    scores: Sequence[ProbeScore],
    outcomes: Sequence[ProbeTrial],
) -> dict[str, Any]:
    """Return the record of a probe, in plain types."""
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

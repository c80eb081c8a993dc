"""The tables of a probe: summary, trainings, differences, confusion, predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from astropy.table import Table

from sciarada.core.columns import id_column, make_column
from sciarada.core.schema import ColumnSpec, class_probability_column
from sciarada.evaluation.class_columns import class_columns
from sciarada.evaluation.estimates import Estimate
from sciarada.evaluation.probe_score import ProbeScore, compare_probes
from sciarada.nn.probes.labelled_set import LabelledSet
from sciarada.nn.probes.protocol import ProbeProtocol
from sciarada.nn.probes.trials import ProbeTrial

MEASURES = {
    "macro_f1": "Mean F1 of the classes",
    "accuracy": "Share of the cutouts given their true class",
    "balanced_accuracy": "Mean recall of the classes",
    "ece": "Expected calibration error",
    "ece_by_chance": "What ece would be if all probabilities were right",
    "brier": "Mean squared error of the probabilities",
    "log_loss": "Mean of -ln of the probability of what was true",
}
_TEXT, _NUMBER, _VALUE = "meta.note", "meta.number", "stat.value"
_WHO = (
    ColumnSpec("contender", "str", None, "meta.id;meta.main", "Whose features were probed"),
    ColumnSpec("kind", "str", None, "meta.code", "linear, knn or finetune"),
    ColumnSpec("amount", "str", None, _TEXT, "Labels of the training rows learned from"),
    ColumnSpec("labels", "int32", None, _NUMBER, "Their number, the mean over trainings"),
)


def summary_table(scores: Sequence[ProbeScore]) -> Table:
    """Return one row per encoder, kind and amount of labels, with 95 % intervals."""
    classes = scores[0].score.classes
    specs = [
        *_WHO,
        ColumnSpec("seeds", "int32", None, _NUMBER, "Draws of labels"),
        ColumnSpec("tested", "int32", None, _NUMBER, "Cutouts tested on"),
    ]
    of_class = dict(zip(classes, class_columns("f1_", classes), strict=True))
    meanings = {
        **MEASURES,
        **{column: f"F1 of class {name}" for name, column in of_class.items()},
    }
    rows = []
    for score in scores:
        estimates = {name: score.estimate(name) for name in MEASURES}
        estimates |= dict(zip(of_class.values(), score.score.f1, strict=True))
        rows.append(
            {
                **_who(score),
                "seeds": len(score.score.confusion),
                "tested": score.score.accuracy.count,
                **_with_ends(estimates),
            }
        )
    for name, meaning in meanings.items():
        specs += _value_specs(name, meaning, ends=name != "ece_by_chance")
    return _table(specs, rows)


def runs_table(
    scores: Sequence[ProbeScore], outcomes: Sequence[ProbeTrial], seeds: Iterable[int]
) -> Table:
    """Return one row per encoder, kind, amount of labels and seed."""
    specs = [
        *_WHO,
        ColumnSpec("seed", "int32", None, "meta.id", "Of the draw of labels"),
        *(_value_specs(name, text, ends=False)[0] for name, text in MEASURES.items()),
        ColumnSpec("chosen", "str", None, _TEXT, "What was chosen inside the training rows"),
    ]
    rows = []
    for score, outcome in zip(scores, outcomes, strict=True):
        for number, seed in enumerate(seeds):
            values = score.of_training(number)
            rows.append({**_who(score), "seed": seed, **values, "chosen": outcome.chosen[number]})
    return _table(specs, rows)


def differences_table(scores: Sequence[ProbeScore]) -> Table:
    """Return differences, one row per measure and pair of probes with the same labels."""
    specs = [
        ColumnSpec("first", "str", None, "meta.id;meta.main", "ProbedEncoder and kind"),
        ColumnSpec("second", "str", None, "meta.id", "The one it is compared with"),
        ColumnSpec("amount", "str", None, _TEXT, "Labels learned from"),
        ColumnSpec("measure", "str", None, "meta.code", "What is compared"),
        *_value_specs("difference", "First less second, cutouts and seeds drawn together"),
    ]
    rows = [
        {
            "first": first.name,
            "second": second.name,
            "amount": first.amount,
            "measure": row.name,
            **_with_ends({"difference": row.difference}),
        }
        for first, second, comparison in compare_probes(scores)
        for row in comparison.rows
    ]
    return _table(specs, rows)


def confusion_table(scores: Sequence[ProbeScore]) -> Table:
    """Return one row per probe and true class, one column per predicted class, over all seeds."""
    classes = scores[0].score.classes
    columns = class_columns("given_", classes)
    specs = [
        *_WHO,
        ColumnSpec("true_class", "str", None, "src.class", "True class"),
        *(
            ColumnSpec(column, "int32", None, _NUMBER, f"Cutouts given {name}, all seeds")
            for column, name in zip(columns, classes, strict=True)
        ),
    ]
    rows = [
        {**_who(score), "true_class": name, **dict(zip(columns, counts.tolist(), strict=False))}
        for score in scores
        for name, counts in zip(classes, score.score.confusion.sum(axis=0), strict=True)
    ]
    return _table(specs, rows)


def predictions_table(
    outcomes: Sequence[ProbeTrial], cutouts: LabelledSet, protocol: ProbeProtocol
) -> Table:
    """Return class probabilities, one row per test cutout and training of one encoder."""
    ids = cutouts.source.ids[protocol.test]
    seeds = list(protocol.splits)
    times = len(outcomes) * len(seeds)
    probabilities = np.concatenate([outcome.probabilities for outcome in outcomes])
    given = np.asarray(protocol.classes)[probabilities.argmax(axis=2)].ravel()
    of_outcome = len(ids) * len(seeds)
    key = ColumnSpec("cutout_id", "str", None, "meta.id;meta.main", "Name of the cutout")
    columns = {
        key: np.tile(ids, times),
        _WHO[1]: np.repeat([outcome.kind for outcome in outcomes], of_outcome),
        _WHO[2]: np.repeat([outcome.amount.name for outcome in outcomes], of_outcome),
        ColumnSpec("seed", "int32", None, "meta.id", "Of the draw of labels"): np.tile(
            np.repeat(seeds, len(ids)), len(outcomes)
        ),
        ColumnSpec("true_class", "str", None, "src.class", "Label of the cutout"): np.tile(
            cutouts.labels[protocol.test], times
        ),
        ColumnSpec("class_name", "str", None, "src.class;meta.modelled", "Class given"): given,
    }
    for number, name in enumerate(class_columns("p_", protocol.classes)):
        columns[class_probability_column(name)] = probabilities[..., number].ravel()
    made = [
        make_column(id_column(key, values) if spec is key else spec, values)
        for spec, values in columns.items()
    ]
    return Table(made, copy=False)


def _who(score: ProbeScore) -> dict[str, Any]:
    return {
        "contender": score.contender,
        "kind": score.kind,
        "amount": score.amount,
        "labels": score.labels,
    }


def _with_ends(estimates: Mapping[str, Estimate]) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, each in estimates.items():
        values |= {name: each.value, f"{name}_low": each.low, f"{name}_high": each.high}
    return values


def _value_specs(name: str, meaning: str, *, ends: bool = True) -> list[ColumnSpec]:
    value = ColumnSpec(name, "float64", None, _VALUE, meaning)
    if not ends:
        return [value]
    return [
        value,
        *(
            ColumnSpec(
                f"{name}_{end}",
                "float64",
                None,
                f"stat.confidenceLevel;stat.{ucd}",
                f"{word} end of its 95 % interval",
            )
            for end, ucd, word in (("low", "min", "Lower"), ("high", "max", "Upper"))
        ),
    ]


def _table(specs: Sequence[ColumnSpec], rows: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        [make_column(spec, [row[spec.name] for row in rows]) for spec in specs], copy=False
    )

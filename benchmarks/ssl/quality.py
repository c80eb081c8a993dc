"""Judge encoders on labelled radio sources, and write docs/benchmarks/ssl_quality.md."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import pages
from benchmarks.ssl import targets
from benchmarks.ssl.contenders import (
    PLAIN,
    SCRATCH,
    from_scratch,
    load_named,
    of_photographs,
    plain_from_scratch,
)
from benchmarks.ssl.leakage import leakage_table
from benchmarks.ssl.predictions import Probed, Terms
from benchmarks.ssl.quality_tables import class_table, difference_table, score_table
from benchmarks.ssl.tasks import TASKS, Task, build_task
from sciarada.evaluation.probe_score import ProbeScore
from sciarada.hooks.manager import PluginManager
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.folds import Amount
from sciarada.nn.probes.settings import FineTuneSettings

ON_FEATURES = ("linear", "knn")
TUNED_WITH = ("all", "25 per class", "5 per class")


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser of what all pages about quality are asked for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("weights", nargs="+", help="NAME=FILE.safetensors; the first is judged")
    parser.add_argument("--work", type=Path, default=Path("../ssl_work"), help="what is kept")
    parser.add_argument("--seeds", type=int, default=5, help="draws of labels and deals of folds")
    parser.add_argument("--balanced", action="store_true", help="weigh classes alike in learning")
    parser.add_argument("--task", choices=TASKS, action="append", help="one of them only")
    return parser


def cells(task: Task, kinds: Sequence[str], seeds: int, tuned: int) -> list[tuple]:
    """Return what is measured: kind, amount of labels, number of seeds."""
    made: list[tuple[str, Amount, int]] = []
    for kind in kinds:
        for amount in task.amounts:
            if kind != "finetune":
                made.append((kind, amount, seeds))
            elif tuned and amount.name in TUNED_WITH:
                made.append((kind, amount, tuned))
    return made


def measure(
    task: Task,
    contenders: Sequence[ProbedEncoder],
    kinds: dict[str, tuple[str, ...]],
    terms: Terms,
    seeds: int,
    tuned: int,
) -> list[ProbeScore]:
    """Return the scores of all contenders in their kinds."""
    scores = []
    for contender in contenders:
        probed = Probed(contender, task, terms)
        for kind, amount, number in cells(task, kinds[contender.name], seeds, tuned):
            scores.append(probed.score(kind, amount, range(1, number + 1)))
    return scores


def section(task: Task, scores: Sequence[ProbeScore], given: Sequence[str]) -> str:
    """Return what the page says of a task."""
    word = {"macro_f1": "Macro-F1", "accuracy": "Accuracy"}[task.measure]
    others = [name for name in dict.fromkeys(s.contender for s in scores) if name != given[0]]
    leads = [difference_table(scores, task.measure, given, name) for name in others]
    parts = [
        f"## {task.name}\n\n{task.text}",
        f"{word}, in brackets the interval of 95 %; above the columns the number of labels:",
        score_table(scores, task.measure),
        "F1 of each class, with all labels:",
        class_table(scores),
        f"{word} less that of others, with the same probe and labels:",
        *leads,
    ]
    return "\n\n".join(part for part in parts if part)


def main() -> None:
    """Measure and write the page."""
    parser = arguments(__doc__)
    parser.add_argument("--imagenet", help="ARCHITECTURE@FILE.safetensors of timm")
    parser.add_argument("--tuned", type=int, default=3, help="seeds of fine-tuning; 0: none")
    parser.add_argument(
        "--tuned-task", choices=TASKS, action="append", help="networks are trained for it only"
    )
    parser.add_argument("--epochs", type=int, default=30, help="of fine-tuning and from scratch")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    manager = PluginManager.discover()
    given = load_named(options.weights, manager)
    scratch = from_scratch(options.weights[0], manager)
    plain = plain_from_scratch(options.work, manager)
    photographs = of_photographs(options.imagenet, given[0], manager) if options.imagenet else ()
    tuned = ("finetune",) if options.tuned else ()
    kinds = {each.name: ON_FEATURES for each in given} | {given[0].name: ON_FEATURES + tuned}
    kinds |= {SCRATCH: tuned, PLAIN: tuned} | dict.fromkeys(
        [each.name for each in photographs], ON_FEATURES
    )
    contenders = (*given, scratch, plain, *photographs)
    terms = Terms(options.work, manager, FineTuneSettings(epochs=options.epochs), options.balanced)
    sections, scores, paired, checked = [], {}, {}, []
    for name in options.task or TASKS:
        task = build_task(name, options.work)
        networks = options.tuned if name in (options.tuned_task or TASKS) else 0
        scores[name] = measure(task, contenders, kinds, terms, options.seeds, networks)
        # Once more with as many seeds as networks have, so that they can be compared with those.
        few = min(options.seeds, networks) or options.seeds
        paired[name] = measure(task, contenders, kinds, terms, few, networks)
        sections.append(section(task, scores[name], [each.name for each in given]))
        checked.append(leakage_table(task, given))
    body = "\n\n".join(
        [
            _head(given[0], options.seeds, options.tuned, terms),
            targets.table(scores, paired, given[0].name, [each.name for each in photographs]),
            *sections,
            "## Whether they had seen it\n\n" + "\n\n".join(checked),
        ]
    )
    print(pages.write_page("ssl_quality", "Quality of encoders", body, pages.nn_versions()))


def _head(first: ProbedEncoder, seeds: int, tuned: int, terms: Terms) -> str:
    card, budget = first.card, asdict(terms.tuning)
    return f"""
What trained encoders are worth on labelled radio sources. All contenders learn from the same labels
and are shown the same cutouts: crop `{card.crop}`, {card.npix} pixels, channels
`{card.options["channels"]}`; only a contender with another size in its name sees that size.
`linear` is logistic regression on standardised features and `knn` their nearest neighbours, with
strength and number chosen inside the training labels; `finetune` teaches the whole network, and
`{SCRATCH}` is the same network with random weights under the same budget: {budget["epochs"]} epochs
or {budget["steps"]} steps if those are more, batches of {
        budget["batch"]
    }, AdamW with a learning rate
of {budget["learning_rate"]:g}, views {", ".join(budget["views"])}. `{
        PLAIN
    }` is torchvision's ResNet18 from
scratch under that budget as one would train it otherwise: it sees whole cutouts of so many pixels
in channels `sclip3`. The network after the last step is judged,
nothing is chosen on the tested cutouts. Classes {
        "weigh alike" if terms.balanced else "weigh as they occur"
    } in learning.

{seeds} seeds for features, {tuned} for networks: each draws its labels, deals its folds and begins
anew. Values are means over seeds; intervals come from 1000 bootstrap samples in which cutouts and
seeds are drawn together, and differences are paired.
""".strip()


if __name__ == "__main__":
    main()

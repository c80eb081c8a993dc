"""Compare encoders by linear probes, and write docs/benchmarks/ssl_ablation.md."""

from __future__ import annotations

import logging

from benchmarks import pages
from benchmarks.ssl.contenders import load_named
from benchmarks.ssl.predictions import Probed, Terms
from benchmarks.ssl.quality import arguments
from benchmarks.ssl.quality_tables import difference, find, interval, signed
from benchmarks.ssl.tasks import TASKS, build_task
from sciarada.hooks.manager import PluginManager
from sciarada.nn.probes.folds import Amount
from sciarada.nn.probes.settings import FineTuneSettings

AMOUNTS = {
    "rgd": (Amount(), Amount(per_class=25), Amount(per_class=5)),
    "mirabest": (Amount(),),
}


def main() -> None:
    """Measure and write the page."""
    parser = arguments(__doc__)
    parser.add_argument("--kind", choices=("linear", "knn"), default="linear")
    parser.add_argument("--page", default="ssl_ablation", help="name of the page")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    manager = PluginManager.discover()
    contenders = load_named(options.weights, manager)
    terms = Terms(options.work, manager, FineTuneSettings(), options.balanced)
    reference = contenders[0].name
    parts = [_head(reference, options.kind, options.seeds)]
    for name in options.task or TASKS:
        task = build_task(name, options.work)
        scores = []
        for contender in contenders:
            probed = Probed(contender, task, terms)
            for amount in AMOUNTS[name]:
                scores.append(probed.score(options.kind, amount, range(1, options.seeds + 1)))
        for amount in AMOUNTS[name]:
            base = find(scores, reference, options.kind, amount.name)
            rows = []
            for contender in contenders:
                score = find(scores, contender.name, options.kind, amount.name)
                less = "" if score is base else signed(difference(score, base, task.measure))
                rows.append((contender.name, interval(score.estimate(task.measure)), less))
            word = task.measure.replace("_", "-").replace("macro-f1", "macro-F1")
            header = (f"{task.name}, {amount.name}", word, f"less `{reference}`")
            parts.append(pages.table(header, rows))
        parts.append(task.text)
    recipes = [(each.name, _recipe(each.card.recipe)) for each in contenders]
    parts.append("How they were trained:\n\n" + pages.table(("encoder", "recipe"), recipes))
    body = "\n\n".join(parts)
    print(pages.write_page(options.page, "Ablation of encoders", body, pages.nn_versions()))


def _head(reference: str, kind: str, seeds: int) -> str:
    return f"""
What single choices of a training are worth: {kind} probes of encoders that differ in little else.
Values are means over {seeds} draws of labels (deals of folds) with intervals of 95 % from bootstrap
samples of cutouts and draws; differences to `{reference}` are paired. Each encoder was trained
once: how trainings with other seeds scatter is no part of the intervals.
""".strip()


def _recipe(recipe: dict) -> str:
    """Return what a training was told, without what it was called."""
    wanted = ("encoder", "options", "views", "npix", "epochs", "batch", "learning_rate", "seed")
    parts = []
    for name in wanted:
        value = recipe.get(name)
        if isinstance(value, (list, tuple)):
            value = " ".join(value)
        if value not in (None, ""):
            parts.append(f"{name} {value}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()

"""Judge encoders on the board: ``python -m benchmarks.ssl.board NAME=WEIGHTS ...``.

What was embedded or probed once is kept in ``--work``, so that one more encoder costs minutes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import pages
from benchmarks.ssl.board import first, lotss, mgcls, sight
from benchmarks.ssl.board.measurement import Measurement
from benchmarks.ssl.board.rgz import rgz
from benchmarks.ssl.board.table import board_page, board_table
from benchmarks.ssl.contenders import load_named
from benchmarks.ssl.predictions import Terms
from benchmarks.ssl.tasks import Task, build_task
from sciarada.hooks.manager import PluginManager
from sciarada.nn.probes.encoders import ProbedEncoder
from sciarada.nn.probes.settings import FineTuneSettings

logger = logging.getLogger(__name__)


@click.command(help=__doc__)
@click.argument("weights", nargs=-1, required=True)
@click.option("--work", type=Path, default=Path("../ssl_work"), show_default=True)
@click.option("--seeds", default=5, show_default=True, help="Draws of labels and deals of folds.")
@click.option("--reference", help="Contender that all others are compared with.")
@click.option("--page", is_flag=True, help="Write docs/benchmarks/ssl_board.md.")
def main(
    weights: tuple[str, ...], work: Path, seeds: int, reference: str | None, page: bool
) -> None:
    """Measure, print and write."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    manager = PluginManager.discover()
    terms = Terms(work, manager, FineTuneSettings(), balanced=True)
    contenders = load_named(weights, manager)
    names = [contender.name for contender in contenders]
    if reference is not None and reference not in names:
        raise click.UsageError(f"--reference is one of {', '.join(names)}, not {reference}")
    tasks = (*(build_task(name, work) for name in ("rgd", "mirabest")), rgz())
    board = {}
    for contender in contenders:
        began = time.process_time()
        board[contender.name] = list(_measured(contender, tasks, terms, seeds))
        logger.info("%s: %.0f s of CPU", contender.name, time.process_time() - began)
    board["size alone"] = list(mgcls.by_size())
    print(board_table(board))
    if page:
        body = board_page(board, reference, seeds)
        print(pages.write_page("ssl_board", "The board of encoders", body, pages.nn_versions()))


def _measured(
    contender: ProbedEncoder, tasks: tuple[Task, Task, Task], terms: Terms, seeds: int
) -> Iterator[Measurement]:
    rgd, mirabest, six = tasks
    sets = {
        "first_rgd": rgd.cutouts.source,
        "first_mirabest": mirabest.cutouts.source,
        mgcls.NAME: mgcls.cutouts()[0],
        lotss.NAME: lotss.cutouts()[0],
    }
    parts: list[Callable[[], Iterator[Measurement]]] = [
        lambda: first.probed(contender, rgd, terms, seeds),
        lambda: first.probed(contender, mirabest, terms, seeds),
        lambda: first.probed(contender, six, terms, seeds),
        lambda: first.retrieved(contender, rgd, terms),
        lambda: mgcls.measured(contender, terms.work),
        lambda: lotss.measured(contender, terms.work),
        lambda: sight.measured(contender, sets, terms.work),
    ]
    for part in parts:
        for measurement in part():
            facts = (measurement.task, measurement.measure, measurement.value)
            logger.info("%s: %s, %s %.3f", contender.name, *facts)
            yield measurement


if __name__ == "__main__":
    main()

"""Score a catalogue or classes against the truth."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from sciarada.api.arguments import PathLike, chosen_settings, folder_of, make_products
from sciarada.results.parameters import errors_name_parameters
from sciarada.results.products import Products
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from sciarada.evaluation.settings import EvaluateSettings
    from sciarada.pipelines.evaluate import EvaluateResult


@errors_name_parameters("sciarada.evaluation.settings:EvaluateSettings")
def evaluate(
    catalogue: PathLike | Products,
    truth: PathLike | Products,
    *,
    out: PathLike | None = None,
    settings: EvaluateSettings | None = None,
    overwrite: bool = False,
    compare: dict[str, PathLike | Products] | None = None,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> EvaluateResult:
    """Score a catalogue, or the classes of a table, against the truth.

    Parameters
    ----------
    catalogue, truth : str, path or result
        Files, folders, or results of `detect` and `simulate`; with ``score="classes"``, tables
        with a class for each source.
    out : str or path, optional
        Folder for the products, which is kept.
    settings : EvaluateSettings, optional
        How to compare; the fields may also be given by name, such as ``snr_limit=7``.
    overwrite : bool
        Replace an earlier run in ``out``.
    compare : dict, optional
        Further catalogues or tables by name.
    progress : Progress
        Displays the progress of the run.
    executor : concurrent.futures.Executor, optional
        Executor that matches and scores the catalogues or tables, each in one call; this process
        by default.
    **options
        Fields of `~sciarada.evaluation.settings.EvaluateSettings`, such as
        ``score="classes"``; ``radius`` and ``flux_limit`` may have a unit.

    Returns
    -------
    EvaluateResult
        ``scores``, and ``matches`` of detections or ``confusion`` of classes: tables.

    Raises
    ------
    SciaradaError
        If a file cannot be read, compared or written.

    See Also
    --------
    detect : Makes a catalogue.
    simulate : Makes an image with known sources.

    Examples
    --------
    >>> import sciarada as sc
    >>> sky = sc.simulate("emu", size=256, seed=1)
    >>> scored = sc.evaluate(sc.detect(sky.image, workers=1), sky)
    >>> "completeness" in scored.scores["measure"]
    True
    """
    from sciarada.evaluation.settings import EvaluateSettings
    from sciarada.pipelines.evaluate import run_evaluate

    return make_products(
        lambda folder: run_evaluate(
            folder_of(catalogue),
            folder_of(truth),
            folder,
            chosen_settings(EvaluateSettings, settings, options),
            compare={name: folder_of(each) for name, each in (compare or {}).items()},
            overwrite=overwrite,
            progress=progress,
            executor=executor,
        ),
        out,
    )

"""Compare encoders on labelled cutouts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from sciarada.api.arguments import PathLike, chosen_settings, make_products, paths_of
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from sciarada.nn.probes.settings import ProbeSettings
    from sciarada.pipelines.probe import ProbeResult


@errors_name_parameters("sciarada.nn.probes.settings:ProbeSettings")
def probe(
    sets: PathLike | Sequence[PathLike],
    *,
    labels: PathLike,
    weights: str | Sequence[str] = "default",
    out: PathLike | None = None,
    settings: ProbeSettings | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> ProbeResult:
    """Compare encoders by simple classifiers trained on their features.

    Parameters
    ----------
    sets : str, path or a sequence of them
        Sets of cutouts, or folders of images.
    labels : str or path
        A column of the set, or a table of labels.
    weights : str or sequence of str
        The encoders to compare.
    out : str or path, optional
        Folder for the products, which is kept.
    settings : ProbeSettings, optional
        How to compare; the fields may also be given by name, such as ``kinds=("linear",)``.
    overwrite : bool
        Replace an earlier run in ``out``.
    progress : Progress
        Displays the progress of the run.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts and trains the classifiers of features; this process by
        default. Networks are fine-tuned in this process, on their device.
    **options
        Fields of `~sciarada.nn.probes.settings.ProbeSettings`.

    Returns
    -------
    ProbeResult
        ``summary``, a table, and ``scores``.

    Raises
    ------
    SciaradaError
        If a set, the labels, the weights or the output cannot be used.

    See Also
    --------
    embed : Makes the features of one encoder.
    pretrain : Trains an encoder.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import sciarada as sc
    >>> from sciarada.cutouts.reading import write_set
    >>> x, y = np.linspace(30, 220, 20), np.linspace(220, 30, 20)
    >>> labels = ["even", "odd"] * 10
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sc.simulate(out=f"{folder}/sky", size=256, workers=1)
    ...     image = sc.read_image(f"{folder}/sky/image.fits")
    ...     ra, dec = image.pixel_to_sky(x, y)
    ...     cutouts = sc.CutoutSet.from_positions(image, ra, dec, 8, labels=labels)
    ...     write_set(cutouts, f"{folder}/set.fits")
    ...     how = {"kinds": ("knn",), "folds": 2, "seeds": 1}
    ...     result = sc.probe(f"{folder}/set.fits", labels="label", **how)
    >>> [score.kind for score in result.scores]
    ['knn']
    """
    from sciarada.nn.probes.settings import ProbeSettings
    from sciarada.pipelines.probe import run_probe

    names = (weights,) if isinstance(weights, str) else tuple(weights)
    given = {"labels": str(labels), "weights": names} | options if settings is None else options
    return make_products(
        lambda folder: run_probe(
            paths_of(sets),
            folder,
            chosen_settings(ProbeSettings, settings, given),
            overwrite=overwrite,
            progress=progress,
            executor=executor,
        ),
        out,
    )

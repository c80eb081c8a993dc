"""Simulate a field of a survey."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from astropy import units as u

from sciarada.api.arguments import PathLike, chosen_settings, make_products
from sciarada.errors import OptionError
from sciarada.geometry.quantities import whole_pixels
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from sciarada.pipelines.simulate import SimulateResult
    from sciarada.simulation.settings import SimulateSettings


@errors_name_parameters("sciarada.simulation.settings:SimulateSettings")
def simulate(
    survey: PathLike = "emu",
    *,
    out: PathLike | None = None,
    size: int | u.Quantity | tuple[int | u.Quantity, int | u.Quantity] | None = None,
    settings: SimulateSettings | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> SimulateResult:
    """Simulate a field of a survey with known sources.

    Parameters
    ----------
    survey : str or path
        Name of a survey, or its TOML file.
    out : str or path, optional
        Folder for the products, which is kept.
    size : int or `~astropy.units.Quantity`, or a tuple of two, optional
        Side, or (height, width), in pixels or as an angle; by default that of the settings.
    settings : SimulateSettings, optional
        What to simulate; the fields may also be given by name, as below.
    overwrite : bool
        Replace an earlier run in ``out``.
    progress, executor
        As of `detect`.
    **options
        Fields of `~sciarada.simulation.settings.SimulateSettings`, such as ``seed`` and
        ``workers``.

    Returns
    -------
    SimulateResult
        ``image``, a `SkyImage`, and ``truth``, a `SourceCatalogue`.

    Raises
    ------
    SciaradaError
        If the survey, an option or the output cannot be used.

    See Also
    --------
    detect : Find its sources.
    evaluate : Score what was found.

    Examples
    --------
    >>> import sciarada as sc
    >>> sc.simulate("emu", size=128, seed=2).image.shape
    (128, 128)
    """
    from sciarada.pipelines.simulate import run_simulate
    from sciarada.simulation.settings import SimulateSettings

    chosen = chosen_settings(SimulateSettings, settings, options)
    if size is not None:
        chosen = replace(chosen, size=_shape(size, survey, chosen.options))
    return make_products(
        lambda folder: run_simulate(
            folder,
            survey,
            chosen,
            overwrite=overwrite,
            progress=progress,
            executor=executor,
        ),
        out,
    )


def _shape(size: Any, survey: PathLike, options: Sequence[str]) -> tuple[int, int]:
    """Return the sides of a simulated image in pixels; images of a survey are square."""
    from sciarada.simulation.survey import load_survey

    sides = size if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2:
        raise OptionError(f"size is one side or (height, width), not {len(sides)} sides")
    angular = any(isinstance(side, u.Quantity) for side in sides)
    scale = load_survey(survey, options).pixel_scale if angular else 1.0
    height, width = (whole_pixels(side, scale, "size") for side in sides)
    return height, width

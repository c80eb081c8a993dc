"""Find and measure the sources of an image."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from astropy import units as u

from sciarada.api.arguments import PathLike, chosen_settings, make_products
from sciarada.core.image import SkyImage
from sciarada.errors import OptionError
from sciarada.geometry.beam import Beam, as_beam
from sciarada.geometry.quantities import whole_pixels
from sciarada.io.fits_image import read_image
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from sciarada.detection.settings import DetectSettings
    from sciarada.results.detection import DetectResult

BeamLike: TypeAlias = Beam | u.Quantity | Sequence[Any]


@errors_name_parameters("sciarada.detection.settings:DetectSettings")
def detect(
    image: PathLike | SkyImage,
    *,
    out: PathLike | None = None,
    beam: BeamLike | None = None,
    settings: DetectSettings | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> DetectResult:
    """Find and measure the sources of an image.

    Parameters
    ----------
    image : str, path or SkyImage
        A FITS file, or an image in memory.
    out : str or path, optional
        Folder for the products, which is kept.
    beam : Beam, `~astropy.units.Quantity` or a sequence of them, optional
        Restoring beam in place of the image's own, as `sciarada.geometry.beam.as_beam` takes it,
        such as ``(15 * u.arcsec, 12 * u.arcsec, 30 * u.deg)``.
    settings : DetectSettings, optional
        How to detect; the fields may also be given by name, as below.
    overwrite, resume : bool
        Replace, or continue, an earlier run in ``out``.
    progress : Progress
        Displays the progress of the run.
    executor : concurrent.futures.Executor, optional
        Executor of the parallel work; processes on this machine by default.
    **options
        Fields of `~sciarada.detection.settings.DetectSettings`, such as ``detector`` and
        ``workers``; ``box`` and ``tile`` may also be angles. Anything else is an option of the
        detector, such as ``peak_sigma=4``.

    Returns
    -------
    DetectResult
        With ``sources``, ``components``, ``regions``, ``segmentation``, ``rms``, ``plot()`` and
        ``write()``.

    Raises
    ------
    SciaradaError
        If the image, an option, a plugin or the output cannot be used.

    See Also
    --------
    simulate : Make an image with known sources.
    evaluate : Score the result against the truth.

    Examples
    --------
    >>> import sciarada as sc
    >>> sky = sc.simulate("emu", size=256, seed=1)
    >>> found = sc.detect(sky.image, peak_sigma=5, workers=1)
    >>> bool(found.segmentation.max() == len(found.sources))
    True
    """
    from sciarada.detection.settings import DetectSettings
    from sciarada.pipelines.detect import run_detect

    known = {field.name for field in fields(DetectSettings)}
    plugin = tuple(f"{name}={_text(value)}" for name, value in options.items() if name not in known)
    given = {name: value for name, value in options.items() if name in known}
    sky = _image(image, beam)
    for name in {"box", "tile"} & given.keys():
        if isinstance(given[name], u.Quantity):
            given[name] = whole_pixels(given[name], sky.pixel_scale, name)
    chosen = chosen_settings(DetectSettings, settings, given)
    chosen = replace(chosen, options=(*chosen.options, *plugin))
    return make_products(
        lambda folder: run_detect(
            sky,
            folder,
            chosen,
            overwrite=overwrite,
            resume=resume,
            progress=progress,
            executor=executor,
        ),
        out,
    )


def _image(image: PathLike | SkyImage, beam: BeamLike | None) -> SkyImage:
    if not isinstance(image, str | Path | SkyImage):
        raise OptionError(
            f"image is a file or a SkyImage, not {type(image).__name__}: make one of an array with "
            "SkyImage.from_array(pixels, wcs, ...)"
        )
    if not isinstance(image, SkyImage):
        return read_image(image, beam=beam)
    if beam is None:
        return image
    turned = as_beam(beam).turned(image.frame_rotation())  # as the position angle of a header
    return replace(image, beam=turned, provenance={**image.provenance, "beam": "option"})


def _text(value: Any) -> str:
    """Return the value of a plugin's option as its parser reads it."""
    if isinstance(value, tuple | list):
        return ",".join(map(_text, value))
    return str(value)

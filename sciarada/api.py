"""One function per step: the names of ``import sciarada as sc``.

Each takes its input first and everything else by keyword: ``out``, a folder for the products
(without it they exist as long as the result), the fields of its settings, ``progress`` and
``executor``. Results are tables, regions, images and arrays in memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from astropy import units as u

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.embeddings import Embeddings
from sciarada.core.image import SkyImage
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import read_sets
from sciarada.errors import OptionError
from sciarada.geometry.beam import Beam, as_beam
from sciarada.geometry.quantities import whole_pixels
from sciarada.hooks import Pretrainer
from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import read_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.pipelines.plugin_formats import use_formats_of_plugins
from sciarada.results.parameters import errors_name_parameters
from sciarada.results.products import Products
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from sciarada.detection.settings import DetectSettings
    from sciarada.evaluation.settings import EvaluateSettings
    from sciarada.nn.probes.settings import ProbeSettings
    from sciarada.nn.trained import TrainedEncoder
    from sciarada.nn.training.settings import PretrainSettings
    from sciarada.pipelines.evaluate import EvaluateResult
    from sciarada.pipelines.probe import ProbeResult
    from sciarada.pipelines.simulate import SimulateResult
    from sciarada.results.detection import DetectResult

__all__ = [
    "detect",
    "embed",
    "evaluate",
    "list_plugins",
    "load_encoder",
    "pretrain",
    "probe",
    "read_catalogue",
    "read_cutouts",
    "read_embeddings",
    "read_image",
    "simulate",
]

use_formats_of_plugins()

PathLike = str | Path
BeamLike: TypeAlias = Beam | u.Quantity | Sequence[Any]
Settings = TypeVar("Settings", bound="DataclassInstance")
Result = TypeVar("Result", bound=Products)


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
    chosen = _chosen(DetectSettings, settings, given)
    chosen = replace(chosen, options=(*chosen.options, *plugin))
    with _folder(out) as folder:
        result = run_detect(
            sky,
            folder,
            chosen,
            overwrite=overwrite,
            resume=resume,
            progress=progress,
            executor=executor,
        )
    return _owned(result, out)


@errors_name_parameters()
def simulate(
    survey: PathLike = "emu",
    *,
    out: PathLike | None = None,
    size: int | u.Quantity | tuple[int | u.Quantity, int | u.Quantity] = 1024,
    seed: int = 1,
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
    size : int or `~astropy.units.Quantity`, or a tuple of two
        Side, or (height, width), in pixels or as an angle.
    seed : int
        Seed; the same seed gives the same field.
    overwrite : bool
        Replace an earlier run in ``out``.
    progress, executor
        As of `detect`.
    **options
        ``number``, ``workers``, ``parquet``, ``options`` of
        `~sciarada.pipelines.simulate.run_simulate`.

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

    shape = _shape(size, survey, options.get("options", ()))
    with _folder(out) as folder:
        result = run_simulate(
            folder,
            survey,
            shape,
            seed,
            overwrite=overwrite,
            progress=progress,
            executor=executor,
            **options,
        )
    return _owned(result, out)


@errors_name_parameters("sciarada.evaluation.settings:EvaluateSettings")
def evaluate(
    catalogue: PathLike | Products,
    truth: PathLike | Products,
    *,
    out: PathLike | None = None,
    settings: EvaluateSettings | None = None,
    overwrite: bool = False,
    compare: dict[str, PathLike | Products] | None = None,
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

    with _folder(out) as folder:
        result = run_evaluate(
            _place(catalogue),
            _place(truth),
            folder,
            _chosen(EvaluateSettings, settings, options),
            compare={name: _place(each) for name, each in (compare or {}).items()},
            overwrite=overwrite,
        )
    return _owned(result, out)


@errors_name_parameters("sciarada.nn.training.settings:PretrainSettings")
def pretrain(
    sets: PathLike | Sequence[PathLike] | CutoutSource,
    *,
    out: PathLike,
    encoder: str | Pretrainer | Callable[[], Pretrainer] | None = None,
    settings: PretrainSettings | None = None,
    overwrite: bool = False,
    resume: bool = False,
    **options: Any,
) -> TrainedEncoder:
    """Train an encoder on cutouts without labels.

    Parameters
    ----------
    sets : str, path, a sequence of them, or CutoutSource
        Sets of cutouts, or folders of images; several are concatenated. Or cutouts in memory.
    out : str or path
        Folder of the training: weights, card, checkpoint and log.
    encoder : str, Pretrainer or callable, optional
        The name of an encoder of a plugin; or an encoder of your own, a
        `~sciarada.hooks.Pretrainer`, which is trained in place, or what makes one without
        arguments, such as its class, so that its first weights follow from ``seed``.
    settings : PretrainSettings, optional
        How to train; the fields may also be given by name, such as ``epochs=50``.
    overwrite, resume : bool
        Replace, or continue, an earlier training in ``out``.
    **options
        Fields of `~sciarada.nn.training.settings.PretrainSettings`.

    Returns
    -------
    TrainedEncoder
        With the weights as they were written, on the CPU.

    Raises
    ------
    SciaradaError
        If a set, a setting, a plugin or the output cannot be used.

    See Also
    --------
    embed : Turns cutouts into the feature vectors of the encoder.
    probe : Compares encoders on labelled cutouts.
    load_encoder : Loads the encoder later, if a plugin offers it.

    Examples
    --------
    >>> import tempfile
    >>> import sciarada as sc
    >>> from sciarada.cutouts.reading import write_set
    >>> from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sc.simulate(out=f"{folder}/sky", size=256, workers=1)
    ...     image = sc.read_image(f"{folder}/sky/image.fits")
    ...     write_set(sample_random(image, RandomSampler(8, size=32)), f"{folder}/set.fits")
    ...     how = {"npix": 32, "epochs": 1, "warmup": 0, "batch": 4, "accelerator": "cpu"}
    ...     encoder = sc.pretrain(f"{folder}/set.fits", out=f"{folder}/run", **how)
    >>> encoder.card.encoder, encoder.card.npix
    ('simclr', 32)
    """
    from sciarada.nn.trained import encoder_with_weights
    from sciarada.nn.training.own_encoder import spec_of
    from sciarada.nn.training.settings import PretrainSettings
    from sciarada.pipelines.pretrain import run_pretrain

    if isinstance(encoder, str):
        options["encoder"] = encoder
    spec = None if encoder is None or isinstance(encoder, str) else spec_of(encoder)
    chosen = _chosen(PretrainSettings, settings, options)
    cutouts = _paths(sets) if isinstance(sets, str | Path | Sequence) else sets
    run_pretrain(cutouts, Path(out), chosen, spec=spec, overwrite=overwrite, resume=resume)
    weights = Path(out) / f"{chosen.name}.safetensors"
    return load_encoder(str(weights)) if spec is None else encoder_with_weights(spec, weights)


@errors_name_parameters()
def embed(
    cutouts: PathLike | Sequence[PathLike] | CutoutSource,
    *,
    weights: str | TrainedEncoder = "default",
    out: PathLike | None = None,
    overwrite: bool = False,
    batch: int = 256,
    device: str = "cpu",
    progress: Progress = silent,
) -> Embeddings:
    """Turn cutouts into feature vectors of a trained encoder.

    Parameters
    ----------
    cutouts : str, path, a sequence of them, or CutoutSource
        Sets, folders of images or catalogues; or cutouts in memory.
    weights : str or TrainedEncoder
        A path, a name, ``default``, or an encoder.
    out : str or path, optional
        Table to write as well; its ending gives the format.
    overwrite : bool
        Replace that table.
    batch : int
        Number of cutouts per batch.
    device : str
        Device of the encoder, such as ``cuda``.
    progress : Progress
        Displays the progress.

    Returns
    -------
    Embeddings

    Raises
    ------
    SciaradaError
        If a set, the weights or the output cannot be used.

    See Also
    --------
    load_encoder : Loads the encoder.
    read_cutouts : Reads the cutouts.
    read_embeddings : Reads what was written to ``out``.

    Examples
    --------
    >>> import sciarada as sc
    >>> from astropy import units as u
    >>> image = sc.simulate("emu", size=256, seed=1).image
    >>> ra, dec = image.pixel_to_sky([100, 150], [120, 90])
    >>> cutouts = sc.CutoutSet.from_positions(image, ra, dec, 2 * u.arcmin)
    >>> sc.embed(cutouts).vectors.shape
    (2, 512)
    """
    from sciarada.io.embeddings import write_embeddings
    from sciarada.nn import embedding

    if isinstance(cutouts, str | Path | Sequence):
        paths = _paths(cutouts)
        source = read_cutouts(paths)
    else:
        paths, source = [], cutouts
    inputs = inputs_of_sets(source, *paths)
    if out is not None:
        inputs.keep_apart(Path(out), option="out")
    encoder = load_encoder(weights, device=device) if isinstance(weights, str) else weights
    vectors = embedding.embed(source, encoder, batch, progress=progress)
    inputs.check_unchanged()
    if out is not None:
        write_embeddings(vectors, Path(out), overwrite=overwrite)
    return vectors


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
        Displays the progress.
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
    with _folder(out) as folder:
        result = run_probe(
            _paths(sets),
            folder,
            _chosen(ProbeSettings, settings, given),
            overwrite=overwrite,
            progress=progress,
        )
    return _owned(result, out)


@errors_name_parameters()
def load_encoder(name: str = "default", *, device: str = "cpu") -> TrainedEncoder:
    """Load an encoder with trained weights.

    Parameters
    ----------
    name : str
        A path, a name of `sciarada weights`, ``default``, or ``HUB:MODEL``.
    device : str
        Its device, such as ``cuda``.

    Returns
    -------
    TrainedEncoder
        Call it with cutouts, an array or a tensor of shape (n, npix, npix).

    Raises
    ------
    SciaradaError
        If the weights, their plugin or the device are unavailable.

    See Also
    --------
    embed : Turns cutouts into its feature vectors.
    pretrain : Trains an encoder.

    Examples
    --------
    >>> import numpy as np
    >>> import sciarada as sc
    >>> encoder = sc.load_encoder()
    >>> encoder(np.random.default_rng(1).normal(size=(3, 32, 32))).shape
    (3, 512)
    """
    from sciarada.nn.trained import load_encoder as load

    return load(name, device=device)


@errors_name_parameters()
def read_cutouts(paths: PathLike | Sequence[PathLike]) -> CutoutSource:
    """Read the cutouts of sets, folders of images or catalogues; several are concatenated.

    Parameters
    ----------
    paths : str, path or a sequence of them
        The files or folders.

    Returns
    -------
    CutoutSource

    Raises
    ------
    SciaradaError
        If one of them cannot be read.

    See Also
    --------
    CutoutSet : Cutouts at positions on images.
    embed : Turns cutouts into feature vectors.

    Examples
    --------
    >>> import tempfile
    >>> import sciarada as sc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sc.simulate(out=f"{folder}/sky", size=256, workers=1)
    ...     found = sc.detect(f"{folder}/sky/image.fits", out=f"{folder}/run", workers=1)
    ...     len(sc.read_cutouts(f"{folder}/run")) == len(found.sources)
    True
    """
    return read_sets(_paths(paths))


def list_plugins(kind: str | None = None) -> list[str]:
    """Return the names of the plugins that are installed.

    Parameters
    ----------
    kind : str, optional
        Such as ``detector``, ``encoder`` or ``augmentation``; all by default.

    Returns
    -------
    list of str

    See Also
    --------
    detect : Uses a detector.
    pretrain : Uses an encoder and augmentations.

    Examples
    --------
    >>> import sciarada as sc
    >>> sc.list_plugins("detector")
    ['islands']
    """
    manager = PluginManager.discover()
    return [spec.name for spec in (manager.specs if kind is None else manager.offered(kind))]


def _chosen(kind: type[Settings], settings: Settings | None, given: dict[str, Any]) -> Settings:
    """Return settings with some fields replaced by those given by name."""
    unknown = given.keys() - {field.name for field in fields(kind)}
    if unknown:
        names = ", ".join(field.name for field in fields(kind))
        raise OptionError(f"{min(unknown)} is not a setting; the settings are {names}")
    return kind(**given) if settings is None else replace(settings, **given)


@contextmanager
def _folder(out: PathLike | None) -> Iterator[Path]:
    """Give the folder of the products; a temporary one does not outlive an exception."""
    if out is not None:
        yield Path(out)
        return
    folder = Path(mkdtemp(prefix="sciarada-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _owned(result: Result, out: PathLike | None) -> Result:
    if out is None:
        result.remove_with_last_use()
    return result


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


def _place(where: PathLike | Products) -> Path:
    return where.out if isinstance(where, Products) else Path(where)


def _paths(sets: PathLike | Sequence[PathLike]) -> list[Path]:
    return [Path(sets)] if isinstance(sets, str | Path) else [Path(path) for path in sets]


def _text(value: Any) -> str:
    """Return the value of a plugin's option as its parser reads it."""
    if isinstance(value, tuple | list):
        return ",".join(map(_text, value))
    return str(value)

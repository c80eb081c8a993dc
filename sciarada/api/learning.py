"""Train encoders on cutouts, use them and compare them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciarada.api.arguments import PathLike, chosen_settings, make_products, paths_of
from sciarada.core.cutout_source import CutoutSource
from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import read_sets
from sciarada.hooks import Pretrainer
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent

if TYPE_CHECKING:
    from sciarada.nn.probes.settings import ProbeSettings
    from sciarada.nn.trained import TrainedEncoder
    from sciarada.nn.training.settings import PretrainSettings
    from sciarada.pipelines.probe import ProbeResult


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
    return read_sets(paths_of(paths))


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
    ...     how = {"npix": 32, "epochs": 1, "warmup": 0, "batch": 4, "device": "cpu"}
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
    chosen = chosen_settings(PretrainSettings, settings, options)
    cutouts = paths_of(sets) if isinstance(sets, str | Path | Sequence) else sets
    run_pretrain(cutouts, Path(out), chosen, spec=spec, overwrite=overwrite, resume=resume)
    weights = Path(out) / f"{chosen.name}.safetensors"
    return (
        load_encoder(str(weights), device="cpu")
        if spec is None
        else encoder_with_weights(spec, weights)
    )


@errors_name_parameters()
def embed(
    cutouts: PathLike | Sequence[PathLike] | CutoutSource,
    *,
    weights: str | TrainedEncoder = "default",
    out: PathLike | None = None,
    overwrite: bool = False,
    batch: int = 256,
    device: str = "auto",
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
        Device of the encoder, such as ``cpu`` or ``cuda:1``; ``auto`` is a GPU if there is one,
        else the CPU. An encoder in ``weights`` is moved there, or with ``auto`` stays where it is.
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
        paths = paths_of(cutouts)
        source = read_cutouts(paths)
    else:
        paths, source = [], cutouts
    inputs = inputs_of_sets(source, *paths)
    if out is not None:
        inputs.keep_apart(Path(out), option="out")
    encoder = _encoder_on(device, weights)
    vectors = embedding.embed(source, encoder, batch, progress=progress)
    inputs.check_unchanged()
    if out is not None:
        write_embeddings(vectors, Path(out), overwrite=overwrite)
    return vectors


def _encoder_on(device: str, weights: str | TrainedEncoder) -> TrainedEncoder:
    """Return the encoder that is named, or the given one, on a device."""
    from sciarada.nn.devices import AUTO, checked_device

    if isinstance(weights, str):
        return load_encoder(weights, device=device)
    return weights if device == AUTO else weights.to(checked_device(device))


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
    return make_products(
        lambda folder: run_probe(
            paths_of(sets),
            folder,
            chosen_settings(ProbeSettings, settings, given),
            overwrite=overwrite,
            progress=progress,
        ),
        out,
    )


@errors_name_parameters()
def load_encoder(name: str = "default", *, device: str = "auto") -> TrainedEncoder:
    """Load an encoder with trained weights.

    Parameters
    ----------
    name : str
        A path, a name of `sciarada weights`, ``default``, or ``HUB:MODEL``.
    device : str
        Its device, such as ``cpu`` or ``cuda:1``; ``auto`` is a GPU if there is one, else the CPU.

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

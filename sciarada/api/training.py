"""Train an encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from sciarada.api.arguments import PathLike, chosen_settings, paths_of
from sciarada.api.encoders import load_encoder
from sciarada.core.cutout_source import CutoutSource
from sciarada.errors import OptionError
from sciarada.hooks import Pretrainer
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent
from sciarada.running.scratch import scratch_folder

if TYPE_CHECKING:
    from sciarada.nn.trained import TrainedEncoder
    from sciarada.nn.training.settings import PretrainSettings


@errors_name_parameters("sciarada.nn.training.settings:PretrainSettings")
def pretrain(
    sets: PathLike | Sequence[PathLike] | CutoutSource,
    *,
    out: PathLike | None = None,
    encoder: str | Pretrainer | Callable[[], Pretrainer] | None = None,
    settings: PretrainSettings | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> TrainedEncoder:
    """Train an encoder on cutouts without labels.

    Parameters
    ----------
    sets : str, path, a sequence of them, or CutoutSource
        Sets of cutouts, or folders of images; several are concatenated. Or cutouts in memory.
    out : str or path, optional
        Folder of the training: weights, card, checkpoint and log. By default nothing is kept but
        the encoder that is returned, and a stopped training cannot be continued.
    encoder : str, Pretrainer or callable, optional
        The name of an encoder of a plugin; or an encoder of your own, a
        `~sciarada.hooks.Pretrainer`, which is trained in place, or what makes one without
        arguments, such as its class, so that its first weights follow from ``seed``.
    settings : PretrainSettings, optional
        How to train; the fields may also be given by name, such as ``epochs=50``.
    overwrite, resume : bool
        Replace, or continue, an earlier training in ``out``.
    progress : Progress
        Displays the progress of the steps.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default. The steps follow
        each other on the devices that the settings name.
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
    if out is None and (resume or chosen.devices * chosen.nodes > 1):
        what = "resume" if resume else "a training on several devices"
        raise OptionError(f"{what} needs the folder of the training: name it with out")
    with nullcontext(out) if out is not None else _vanishing_folder() as folder:
        run_pretrain(
            cutouts,
            Path(folder),
            chosen,
            spec=spec,
            overwrite=overwrite,
            resume=resume,
            progress=progress,
            executor=executor,
        )
        weights = Path(folder) / f"{chosen.name}.safetensors"
        if spec is None:
            return load_encoder(str(weights), device="cpu")
        return encoder_with_weights(spec, weights)


@contextmanager
def _vanishing_folder() -> Iterator[Path]:
    with scratch_folder(Path(gettempdir()), hidden=False) as scratch:
        yield scratch.new

"""Turn cutouts into feature vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciarada.api.arguments import PathLike, chosen_settings, paths_of
from sciarada.api.encoders import load_encoder
from sciarada.core.cutout_source import CutoutSource
from sciarada.core.embeddings import Embeddings
from sciarada.cutouts.facts import facts_of
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import read_sets
from sciarada.results.parameters import errors_name_parameters
from sciarada.running.progress import Progress, silent

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from sciarada.nn.trained import TrainedEncoder
    from sciarada.pipelines.embed import EmbedSettings


@errors_name_parameters("sciarada.pipelines.embed:EmbedSettings")
def embed(
    cutouts: PathLike | Sequence[PathLike] | CutoutSource,
    *,
    weights: str | TrainedEncoder | None = None,
    out: PathLike | None = None,
    settings: EmbedSettings | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    **options: Any,
) -> Embeddings:
    """Turn cutouts into feature vectors of a trained encoder.

    Parameters
    ----------
    cutouts : str, path, a sequence of them, or CutoutSource
        Sets, folders of images or catalogues; or cutouts in memory.
    weights : str or TrainedEncoder, optional
        A path, a name, ``default``, or an encoder; by default that of the settings.
    out : str or path, optional
        Table to write as well; its ending gives the format.
    settings : EmbedSettings, optional
        How to embed; the fields may also be given by name, as below.
    overwrite : bool
        Replace that table.
    progress : Progress
        Displays the progress.
    executor : concurrent.futures.Executor, optional
        Executor that reads the cutouts; a thread of this process by default. The encoder works
        in this process, on its device.
    **options
        Fields of `~sciarada.pipelines.embed.EmbedSettings`, such as ``batch`` and ``device``. An
        encoder in ``weights`` is moved to the device, or with ``auto`` stays where it is.

    Returns
    -------
    Embeddings
        With what is known of each cutout, and a map of the vectors, in ``facts``. A warning is
        logged if cutouts have constant channels or equal vectors; ``meta["counts"]`` has their
        numbers.

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
    from sciarada.nn.indistinct import indistinct_sentence
    from sciarada.pipelines.embed import EmbedSettings

    if isinstance(weights, str):
        options["weights"] = weights
    chosen = chosen_settings(EmbedSettings, settings, options)
    if isinstance(cutouts, str | Path | Sequence):
        paths = paths_of(cutouts)
        source = read_sets(paths, chosen.hdu)
    else:
        paths, source = [], cutouts
    inputs = inputs_of_sets(source, *paths)
    if out is not None:
        inputs.keep_apart(Path(out), option="out")
    given = chosen.weights if weights is None or isinstance(weights, str) else weights
    encoder = _encoder_on(chosen.device, given)
    chart = chosen.feature_map
    made = embedding.embed(
        source, encoder, chosen.batch, views=chosen.views, progress=progress, executor=executor
    )
    facts = facts_of(source) | chart.places(lambda: [made.vectors], len(made))
    made = replace(made, meta={**made.meta, **chart.record()}, facts=facts)
    sentence = indistinct_sentence(made.meta["counts"])
    if sentence:
        logger.warning("%s", sentence)
    inputs.check_unchanged()
    if out is not None:
        write_embeddings(made, Path(out), overwrite=overwrite)
    return made


def _encoder_on(device: str, weights: str | TrainedEncoder) -> TrainedEncoder:
    """Return the encoder that is named, or the given one, on a device."""
    from sciarada.nn.devices import AUTO, checked_device

    if isinstance(weights, str):
        return load_encoder(weights, device=device)
    return weights if device == AUTO else weights.to(checked_device(device))

"""Find trained weights: offered by plugins, in the user's folder, or by path.

Encoders without such files are found by `sciarada.nn.unstored`.

Nothing here needs torch.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pooch

from sciarada.core.model_card import ModelCard
from sciarada.errors import PluginError, SciaradaError, WeightsError
from sciarada.hooks.describing import describe_value
from sciarada.hooks.listing import preferred
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import WeightsSpec
from sciarada.io.weights import SUFFIX, card_path, read_card
from sciarada.nn.extractors import extractor_names
from sciarada.nn.hubs import hub_names
from sciarada.nn.unstored import unstored_model

logger = logging.getLogger(__name__)

DEFAULT = "default"
FOLDER = "SCIARADA_WEIGHTS"


@dataclass(frozen=True)
class StoredWeights:
    """Weights that can be used by name.

    Parameters
    ----------
    name : str
        What they are called.
    path : Path
        File ``NAME.safetensors``, its card beside it.
    sha256 : str or None
        Hash of the file that a plugin declares.
    owner : str
        Plugin that offers them, or the folder.
    """

    name: str
    path: Path
    sha256: str | None
    owner: str

    @property
    def card(self) -> ModelCard:
        """Their model card."""
        return read_card(self.path)


def weights_folder() -> Path:
    """Return the user's folder of weights: ``$SCIARADA_WEIGHTS``, or one in the user's cache."""
    return Path(os.environ.get(FOLDER) or Path(pooch.os_cache("sciarada")) / "weights")


def stored_weights(manager: PluginManager) -> Iterator[StoredWeights]:
    """Return all named weights: first from plugins, then from the folder.

    Those that a plugin offers but cannot give are named in the log.
    """
    for spec in manager.offered(WeightsSpec):
        try:
            weights = _of_plugin(spec)
        except SciaradaError as error:
            logger.warning("%s", error)
        else:
            yield weights
    yield from _of_folder()


def find_weights(name: str | Path, manager: PluginManager) -> StoredWeights:
    """Return the weights that a user chose.

    Parameters
    ----------
    name : str or Path
        The path of a file of weights, a name as `stored_weights` gives it, or ``default``: the
        first that a plugin offers as the default of encoders.
    manager : PluginManager
        Whose plugins offer weights.

    Raises
    ------
    WeightsError
        If there are none of that name, or two, or the name is that of a model without a file.
    """
    if unstored_model(name, manager):
        raise WeightsError(
            f"{name} has no file of weights and no card that could be verified: "
            f"`sciarada weights show {name}` shows what is known of it"
        )
    path = Path(name)
    if path.suffix == SUFFIX or path.is_file():
        if not path.is_file():
            raise WeightsError(f"there are no weights {path}: {_there(manager)}")
        return StoredWeights(path.stem, path, None, "a file")
    if name == DEFAULT:
        specs = preferred(
            [
                spec
                for spec in manager.offered(WeightsSpec)
                if spec.default and spec.model_kind == "encoder"
            ]
        )
        if not specs:
            raise WeightsError(f"no weights are bundled as the default: {_there(manager)}")
        name = specs[0].name
    offered = preferred([spec for spec in manager.offered(WeightsSpec) if spec.name == name])
    found = [*map(_of_plugin, offered), *(own for own in _of_folder() if own.name == name)]
    if not found:
        raise WeightsError(f"no weights are called {str(name)!r}: {_there(manager)}")
    if len(found) > 1:
        raise WeightsError(
            f"two weights are called {str(name)!r}: choose one by its path, "
            f"{' or '.join(str(weights.path) for weights in found)}"
        )
    return found[0]


def weights_files(name: str | Path, manager: PluginManager) -> list[Path]:
    """Return the files of the weights and of their card; none if there is no file.

    Raises
    ------
    WeightsError
        As `find_weights`.
    """
    if unstored_model(name, manager):
        return []
    path = find_weights(name, manager).path
    return [path, card_path(path)]


def find_card(name: str | Path, manager: PluginManager) -> ModelCard:
    """Return the model card of weights of any kind.

    Parameters
    ----------
    name : str or Path
        As in `find_weights`, or as in `sciarada.nn.unstored.unstored_model`, whose model has to be
        loaded for that.
    manager : PluginManager
        Whose plugins offer weights and hubs.

    Raises
    ------
    WeightsError, PluginError
        If there are none of that name.
    """
    model = unstored_model(name, manager)
    return model.load()[1] if model else find_weights(name, manager).card


def _of_plugin(spec: WeightsSpec) -> StoredWeights:
    """Return the weights that a plugin offers.

    Raises
    ------
    PluginError
        If it does not give the path of the file.
    """
    path = spec.build()
    if not isinstance(path, str | os.PathLike):
        raise PluginError(f"{spec.title} gives {describe_value(path)} in place of a path")
    return StoredWeights(spec.name, Path(path), spec.sha256, str(spec.owner))


def _of_folder() -> Iterator[StoredWeights]:
    """Yield the weights in the user's folder."""
    folder = weights_folder()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield StoredWeights(path.stem, path, None, str(folder))


def _there(manager: PluginManager) -> str:
    offered = {spec.name for spec in manager.offered(WeightsSpec)}
    own = {weights.name for weights in _of_folder()}
    names = sorted(offered | own | set(extractor_names(manager)))
    hubs = [f"{hub}:MODEL" for hub in hub_names(manager)]
    if names:
        return f"there are {', '.join([*names, *hubs])}"
    others = f", or take some from a hub as {' or '.join(hubs)}" if hubs else ""
    return (
        f"there are none; train some with `sciarada pretrain`, put some in {weights_folder()}"
        f"{others}"
    )

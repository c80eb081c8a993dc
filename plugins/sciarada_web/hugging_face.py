"""Models as folders: on this machine, or fetched from the Hugging Face hub into its cache.

Of a model only its configuration and its weights as safetensors are fetched, and read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import hf_hub_download, metadata_load
from huggingface_hub.errors import EntryNotFoundError, HFValidationError, LocalEntryNotFoundError

from sciarada.errors import WeightsError
from sciarada_web.encoder import Origin

WEIGHTS = "model.safetensors"
PARTS = f"{WEIGHTS}.index.json"


@dataclass(frozen=True)
class ModelFolder:
    """The files of a model.

    Parameters
    ----------
    path : Path
        Where they lie.
    origin : Origin
        Of the weights; their version is a commit, their licence what the model's page says.
    """

    path: Path
    origin: Origin


def local_folder(path: Path) -> ModelFolder:
    """Return a model stored on this machine.

    Raises
    ------
    WeightsError
        If its configuration or its weights as safetensors are not there.
    """
    if not (path / "config.json").is_file():
        raise WeightsError(f"{path} has no config.json: give the folder of a saved model")
    if not any((path / name).is_file() for name in (WEIGHTS, PARTS)):
        raise WeightsError(
            f"{path} has no {WEIGHTS}: pickled weights (.bin, .pth) are never read, for reading "
            "them runs what they contain"
        )
    name = path.resolve().name
    return ModelFolder(path, Origin(name, "local", _licence(path), f"from the folder {name}"))


def fetched_folder(model: str, *more: str) -> ModelFolder:
    """Fetch a model, unless the cache has it.

    Parameters
    ----------
    model : str
        ``OWNER/NAME``, and ``@REVISION`` if it is not to be the newest one.
    *more : str
        Further files of its configuration that are needed.

    Raises
    ------
    WeightsError
        If it cannot be downloaded, or has no safetensors.
    """
    repository, _, revision = model.partition("@")
    path = _fetched(model, repository, "config.json", revision or None).parent
    commit = path.name
    for name in more:
        _fetched(model, repository, name, commit)
    try:
        _fetched(model, repository, WEIGHTS, commit)
    except _Absent:
        index = _fetched_parts(model, repository, commit)
        for name in sorted(set(json.loads(index.read_text())["weight_map"].values())):
            _fetched(model, repository, name, commit)
    try:
        _fetched(model, repository, "README.md", commit)
    except WeightsError:
        licence = ""
    else:
        licence = _licence(path)
    notes = f"{repository} on the Hugging Face hub, commit {commit}"
    name = repository.rpartition("/")[2]
    return ModelFolder(path, Origin(name, commit[:12], licence, notes))


class _Absent(WeightsError):
    """The model has no such file."""


def _fetched_parts(model: str, repository: str, commit: str) -> Path:
    """Fetch the list of the parts in which large weights come."""
    try:
        return _fetched(model, repository, PARTS, commit)
    except _Absent as error:
        raise WeightsError(
            f"{model} has no {WEIGHTS}, and pickled weights are never read: choose a model that "
            "has them"
        ) from error


def _fetched(model: str, repository: str, name: str, revision: str | None) -> Path:
    """Fetch a file, unless the cache has it."""
    try:
        return Path(hf_hub_download(repository, name, revision=revision))
    except LocalEntryNotFoundError as error:
        cause = _one_line(error.__cause__ or error)
        raise WeightsError(
            f"{model} is not in the cache and cannot be downloaded ({cause}): try again, or fetch "
            f"it elsewhere with `hf download {repository} --local-dir FOLDER` and give FOLDER"
        ) from error
    except EntryNotFoundError as error:
        raise _Absent(f"{model} has no {name}, so it cannot be used: choose another") from error
    except (OSError, HFValidationError) as error:
        raise WeightsError(
            f"there is no {model} that could be fetched from the Hugging Face hub "
            f"({_one_line(error)}): check its name, or `hf auth login` if it is not open to all"
        ) from error


def _licence(folder: Path) -> str:
    """Return the licence that a model's page names."""
    page = folder / "README.md"
    facts = (metadata_load(page) or {}) if page.is_file() else {}
    return str(facts.get("license") or "")


def _one_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")

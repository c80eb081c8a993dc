"""Trained weights from the network, checked before they are kept."""

from __future__ import annotations

import re
from pathlib import Path

from sciarada.errors import OutputError, WeightsError
from sciarada.io.atomic import atomic_path, check_replaceable
from sciarada.io.download import DownloadError, TooLargeError, download
from sciarada.io.weights import (
    CARD,
    LARGEST_CARD,
    SUFFIX,
    TENSORS,
    card_path,
    read_card,
    read_weights,
)
from sciarada.running.scratch import scratch_folder

_ADDRESS = re.compile(rf"https?://.*/(?P<stem>[A-Za-z0-9][\w.-]*){re.escape(SUFFIX)}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST, OPTION = 2 * 10**9, "--max-size"  # bytes; what raises them


def download_weights(
    url: str, sha256: str, folder: Path, overwrite: bool = False, most: int = LARGEST
) -> Path:
    """Fetch weights and their card; both are kept only if all is as it should be.

    The digest is that of the numbers. The card comes from the same place and is not pinned: it
    has to be of these numbers, and what it says is text that nothing runs.

    Parameters
    ----------
    url : str
        Of ``NAME.safetensors``, http or https; the card is beside it, as ``NAME.json``.
    sha256 : str
        Hex digest that the weights must have; without one nothing is fetched.
    folder : Path
        Where to keep them. Weights that are there already and have the digest are left alone.
    overwrite : bool
        Replace others of that name.
    most : int
        Most bytes that the weights may have.

    Returns
    -------
    Path
        The file of weights.

    Raises
    ------
    WeightsError
        If it cannot be downloaded, or is not what the digest says; then nothing is kept.
    OutputError
        If there are others of that name, or the folder cannot be written.
    """
    sha256, address = sha256.lower(), _ADDRESS.fullmatch(url)
    if not address:
        raise WeightsError(
            f"{url} is not an address http(s)://.../NAME{SUFFIX}: other weights are not read"
        )
    if not _DIGEST.fullmatch(sha256):
        raise WeightsError(
            f"{sha256} is not a SHA-256: give its 64 hexadecimal digits with --sha256"
        )
    path = folder / f"{address['stem']}{SUFFIX}"
    if path.exists() and _is(path, sha256):
        return path
    if path.exists() and not overwrite:
        raise OutputError(
            f"{path} is there and has other weights, or no card that fits them: allow it to be "
            "replaced with --overwrite"
        )
    check_replaceable(path, overwrite, TENSORS)
    check_replaceable(card_path(path), overwrite, CARD)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with scratch_folder(folder) as scratch:
            part = scratch.new / path.name
            _fetch(url, part, sha256, most)
            with (
                atomic_path(path, overwrite, TENSORS) as weights,
                atomic_path(card_path(path), overwrite, CARD) as card,
            ):
                card_path(part).replace(card)
                part.replace(weights)
    except OSError as error:
        raise OutputError(f"cannot keep weights in {folder}: {error.strerror or error}") from error
    return path


def _fetch(url: str, part: Path, sha256: str, most: int) -> None:
    """Download a card and its weights to a hidden place, and check them."""
    card = f"{url.removesuffix(SUFFIX)}.json"
    for address, file, limit in ((card, card_path(part), LARGEST_CARD), (url, part, most)):
        try:
            download(address, file, limit)
        except DownloadError as error:
            more = isinstance(error, TooLargeError) and address == url
            remedy = f"; allow more with {OPTION}" if more else ""
            raise WeightsError(f"{address} cannot be downloaded: {error}{remedy}") from error
        try:
            read_card(part) if address == card else read_weights(part, sha256)
        except WeightsError as error:
            cause = str(error).replace(f"{part.parent}/", "")
            raise WeightsError(f"{address} was not kept: {cause}") from error


def _is(path: Path, sha256: str) -> bool:
    """Return whether weights are there, whole, and have a digest."""
    try:
        read_weights(path, sha256)
    except WeightsError:
        return False
    return True

"""Put trained weights into the plugin that comes with SCIARADA, and pin them there.

What the card of a training cannot know (what was measured afterwards, licences) is given as a JSON
file with entries of the card, which take the place of its own. Nothing is bundled unless the card
then tells all, and the weights are those that it is of.
"""

import argparse
import json
import shutil
import sys
import tomllib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from sciarada.core.model_card import ModelCard
from sciarada.errors import SciaradaError, WeightsError
from sciarada.io.atomic import atomic_path
from sciarada.io.weights import card_path, read_weights
from sciarada.testing.weights import left_out

PLUGIN = Path(__file__).resolve().parents[1] / "plugins" / "sciarada_pretrained"
PINNED = "pinned.toml"
LARGEST = 25_000_000  # bytes


def bundle(path: Path, name: str, told: dict, folder: Path, default: bool) -> ModelCard:
    """Copy weights and their card into a folder, and pin them in its table.

    Parameters
    ----------
    path : Path
        File of weights, as `sciarada pretrain` leaves it.
    name : str
        What users will call them.
    told : dict
        Entries of the card that take the place of its own.
    folder : Path
        Of the plugin.
    default : bool
        Make them what ``--weights default`` means.

    Raises
    ------
    WeightsError
        If they are not what their card says, not float16, too large, or the card leaves
        something out.
    """
    tensors, card = read_weights(path)
    card = ModelCard.from_json(card.as_json() | {"name": name} | told)
    missing = left_out(card)
    if missing:
        raise WeightsError(f"the card of {path} does not tell {', '.join(missing)}: use --told")
    wide = [key for key, array in tensors.items() if array.dtype in (np.float32, np.float64)]
    if wide:
        raise WeightsError(f"{path} is not in float16: {wide[0]} is {tensors[wide[0]].dtype}")
    if path.stat().st_size > LARGEST:
        raise WeightsError(f"{path} has more than {LARGEST:,} bytes: offer it to be pulled instead")
    target = folder / f"{name}.safetensors"
    with atomic_path(target, overwrite=True) as part:
        shutil.copyfile(path, part)
    with atomic_path(card_path(target), overwrite=True) as part:
        part.write_text(json.dumps(card.as_json(), indent=2) + "\n", encoding="utf-8")
    _pin(folder / PINNED, name, card.sha256, default)
    return card


def _pin(path: Path, name: str, digest: str, default: bool) -> None:
    """Add a line to the table, or replace it; what stands above the first entry is kept."""
    text = path.read_text(encoding="utf-8")
    comment = "".join(line for line in text.splitlines(True) if line.startswith("#"))
    table = tomllib.loads(text)
    pinned = table["sha256"] | {name: digest}
    chosen = name if default else table["default"]
    lines = [f'"{each}" = "{pinned[each]}"' for each in sorted(pinned)]
    with atomic_path(path, overwrite=True) as part:
        body = "\n".join([f'default = "{chosen}"', "", "[sha256]", *lines])
        part.write_text(f"{comment}{body}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bundle_weights", description=__doc__
    )
    parser.add_argument("weights", type=Path, help="NAME.safetensors of a training")
    parser.add_argument("--name", required=True, help="what users will call them")
    parser.add_argument("--told", type=Path, help="JSON with entries of the card")
    parser.add_argument("--default", action="store_true", help="what `--weights default` means")
    parser.add_argument("--folder", type=Path, default=PLUGIN, help="of the plugin")
    options = parser.parse_args()
    try:
        told = json.loads(options.told.read_text(encoding="utf-8")) if options.told else {}
        card = bundle(options.weights, options.name, told, options.folder, options.default)
    except (SciaradaError, OSError, ValueError) as error:
        parser.error(str(error))
    print(f"bundled {card.model_id}; try: sciarada plugins check pretrained")


if __name__ == "__main__":
    main()

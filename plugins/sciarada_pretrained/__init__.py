"""The trained weights that are bundled with SCIARADA.

Each is a file ``NAME.safetensors`` in this folder with its card beside it, and a line of
``pinned.toml``. `benchmarks.bundle_weights` puts them there.
"""

from __future__ import annotations

import json
import tomllib
from functools import partial
from pathlib import Path

from sciarada.hooks import WeightsSpec, hookimpl

FOLDER = Path(__file__).parent
PINNED = "pinned.toml"


@hookimpl
def sciarada_weights() -> list[WeightsSpec]:
    """Offer the weights of this folder."""
    return bundled(FOLDER)


def bundled(folder: Path) -> list[WeightsSpec]:
    """Return the weights pinned in a folder, in the order of its table."""
    table = tomllib.loads((folder / PINNED).read_text(encoding="utf-8"))
    return [
        _spec(folder / f"{name}.safetensors", digest, name == table["default"])
        for name, digest in table["sha256"].items()
    ]


def _spec(path: Path, digest: str, default: bool) -> WeightsSpec:
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    cutouts = sum(each["cutouts"] for each in card["trained_on"])
    what = f"{card['encoder']}, {card['options'].get('backbone', 'network')}, {card['npix']} pixels"
    return WeightsSpec(
        name=path.stem,
        summary=f"{what}, trained on {cutouts} cutouts",
        factory=partial(Path, path),
        encoder=card["encoder"],
        sha256=digest,
        default=default,
    )

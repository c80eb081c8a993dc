"""Encoders of torchvision: features are what its classifiers hand to their last layer. Archives are
served from this machine, with random weights."""

import hashlib
from types import SimpleNamespace

import pytest
import torch
from fake_hub import serving
from safetensors.torch import save_file
from sciarada_web import WebOptions, torchvision_hub
from sciarada_web.torchvision_hub import UNLIKE, TorchvisionHub
from torchvision import models
from torchvision.models import _api

from sciarada.errors import WeightsError
from sciarada.testing.hubs import loaded_checks

SMALL = "shufflenet_v2_x0_5"
WEIGHTS = models.ShuffleNet_V2_X0_5_Weights.IMAGENET1K_V1
# Where each family keeps its last layer.
LAST = {
    "convnext_tiny": "classifier.2",
    "efficientnet_b0": "classifier.1",
    "mobilenet_v3_small": "classifier.3",
    "resnet18": "fc",
    "vit_b_16": "heads.head",
}


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(1)
    made = models.get_model(SMALL, weights=None)
    made.train()(torch.randn(4, 3, 64, 64))
    return made.eval()


@pytest.fixture
def archive(network, tmp_path, monkeypatch):
    """Publish weights on this machine under a name with their hash; give the file."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    site = tmp_path / "site"
    site.mkdir()
    return publish(network.state_dict(), site)


@pytest.fixture
def address(archive, monkeypatch):
    with serving(archive.parent) as url:
        monkeypatch.setattr(WEIGHTS.value, "url", f"{url}/{archive.name}")
        yield url


@pytest.fixture
def small_vit(monkeypatch):
    """Have a transformer of torchvision be a small one."""

    def vit_b_16(*, weights: models.ViT_B_16_Weights | None = None, image_size: int = 224):
        return models.VisionTransformer(image_size, 16, 1, 2, 32, 32)

    vit_b_16.__module__ = models.vision_transformer.__name__
    monkeypatch.setitem(_api.BUILTIN_MODELS, "vit_b_16", vit_b_16)


def publish(content, site):
    torch.save(content, site / "new.pth")
    digest = hashlib.sha256((site / "new.pth").read_bytes()).hexdigest()
    return (site / "new.pth").rename(site / f"small-{digest[:8]}.pth")


def images(side):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(2))


def own_features(network, last, shown, weights=WEIGHTS):
    """What torchvision's own network hands to its last layer, as its own transforms normalise."""
    look = weights.transforms()
    mean, std = (torch.tensor(values)[:, None, None] for values in (look.mean, look.std))
    caught = []
    layer = network.get_submodule(last)
    hook = layer.register_forward_hook(lambda module, given, made: caught.append(given[0]))
    with torch.no_grad():
        network((shown - mean) / std)
    hook.remove()
    return caught[0]


def load(model, **options):
    return TorchvisionHub(WebOptions(**options)).load(model)


def features_of(encoder, shown):
    with torch.no_grad():
        return encoder.backbone(shown)


def test_an_archive_is_fetched_once(network, archive, address, tmp_path):
    encoder, card = load(SMALL)
    shown = images(224)
    torch.testing.assert_close(features_of(encoder, shown), own_features(network, "fc", shown))
    assert (card.name, card.version, card.npix, card.dimension) == (
        SMALL,
        "IMAGENET1K_V1",
        224,
        1024,
    )
    assert card.notes == f"{address}/{archive.name}"
    for _, check in loaded_checks(encoder, card):
        check()
    archive.unlink()
    assert load(f"{SMALL}.IMAGENET1K_V1")[1] == card
    kept = tmp_path / "home" / "hub" / "checkpoints" / archive.name
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    with pytest.raises(WeightsError, match=r"was changed or damaged: remove it"):
        load(SMALL)


def test_an_archive_with_more_than_tensors_is_refused(archive, address, tmp_path, monkeypatch):
    class Harm:
        def __reduce__(self):
            return exec, ("raise SystemExit('it was run')",)

    harmful = publish({"fc.weight": Harm()}, archive.parent)
    monkeypatch.setattr(WEIGHTS.value, "url", f"{address}/{harmful.name}")
    with pytest.raises(WeightsError, match=r"holds more than tensors"):
        load(SMALL)


def test_another_content_than_published_is_not_kept(archive, address, tmp_path):
    archive.write_bytes(b"something else")
    with pytest.raises(WeightsError, match=r"cannot be downloaded \(invalid hash value"):
        load(SMALL)
    assert not list((tmp_path / "home" / "hub" / "checkpoints").iterdir())


def test_without_a_network(archive, monkeypatch):
    monkeypatch.setattr(WEIGHTS.value, "url", f"http://127.0.0.1:9/{archive.name}")
    with pytest.raises(WeightsError, match=r"Connection refused.*download it elsewhere and put it"):
        load(SMALL)


@pytest.mark.parametrize("name", LAST)
def test_each_family_loses_its_last_layer_alone(name, tmp_path, small_vit):
    torch.manual_seed(1)
    network = models.get_model(name, weights=None).eval()
    path = tmp_path / "own.safetensors"
    save_file(network.state_dict(), path)
    encoder, card = load(f"{name}@{path}", channels="asinh")
    assert card.notes == "from the file own.safetensors"
    shown = images(card.npix)[:1, :1]
    wanted = own_features(
        network,
        LAST[name],
        shown.expand(-1, 3, -1, -1),
        models.get_model_weights(name).DEFAULT,
    )
    torch.testing.assert_close(features_of(encoder, shown), wanted)


def test_a_side_that_the_network_cannot_have(tmp_path, small_vit):
    path = tmp_path / "own.safetensors"
    save_file(models.get_model("vit_b_16", weights=None).state_dict(), path)
    with pytest.raises(WeightsError, match=r"images of 64 pixels.*Wrong image height"):
        load(f"vit_b_16@{path}", side=64)


def test_weights_of_another_network(network, tmp_path):
    path = tmp_path / "own.safetensors"
    save_file(network.state_dict(), path)
    with pytest.raises(WeightsError, match=r"weights do not fit resnet18 of torchvision"):
        load(f"resnet18@{path}")
    save_file(models.get_model("squeezenet1_0", weights=None).state_dict(), path)
    with pytest.raises(WeightsError, match=r"has no last layer to leave out"):
        load(f"squeezenet1_0@{path}")
    path.write_bytes(b"rubbish")
    with pytest.raises(WeightsError, match=r"own.safetensors holds no safetensors"):
        load(f"resnet18@{path}")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("resnet19", "no model of torchvision is called 'resnet19'; did you mean 'resnet18"),
        ("no such model", "no model of torchvision is called 'no such model'; there are alexnet"),
        ("resnet18.NEW", "resnet18 of torchvision has no weights 'NEW': there are IMAGENET1K_V1"),
        *((name, f"no model of torchvision is called '{name}'") for name in UNLIKE),
    ],
)
def test_what_is_not_there(model, said):
    with pytest.raises(WeightsError, match=said):
        load(model)


def test_all_published_weights_have_a_hash_and_know_how_they_are_shown():
    for name in models.list_models(models):
        for weights in models.get_model_weights(name):
            assert torch.hub.HASH_REGEX.search(weights.url), weights
            assert len(weights.transforms().mean) == len(weights.transforms().std) == 3


def test_an_archive_that_cannot_be_checked_is_refused():
    weights = SimpleNamespace(url="https://localhost/network.pth")
    with pytest.raises(WeightsError, match="no hash in its name"):
        torchvision_hub._archive(weights)

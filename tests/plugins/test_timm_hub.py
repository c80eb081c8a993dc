"""Encoders of timm: their features are timm's own, and only safetensors are read. Nothing leaves
the machine."""

import pytest
import timm
import torch
from fake_hub import COMMIT, fake_hub, point_to
from safetensors.torch import save_file
from sciarada_web import WebOptions
from sciarada_web.timm_hub import TimmHub
from timm.models import save_for_hf

from sciarada.errors import OptionError, WeightsError
from sciarada.testing.hubs import loaded_checks

MEAN, STD = 0.5, 0.5  # of timm's test networks


@pytest.fixture(scope="module")
def networks() -> dict[str, torch.nn.Module]:
    """Two of timm's own tiny networks, with random weights and statistics."""
    torch.manual_seed(1)
    made = {name: timm.create_model(name) for name in ("test_resnet", "test_vit")}
    for network in made.values():
        network.train()(torch.randn(4, 3, 160, 160))
        network.eval()
    return made


@pytest.fixture
def hub(tmp_path, monkeypatch):
    with fake_hub(tmp_path, monkeypatch) as site:
        yield site


def images(side):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(2))


def own_features(network, shown):
    """The features that timm's own network makes, with its classifier in place."""
    with torch.no_grad():
        normalised = (shown - MEAN) / STD
        return network.forward_head(network.forward_features(normalised), pre_logits=True)


def load(model, **options):
    return TimmHub(WebOptions(**options)).load(model)


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_a_folder(name, networks, tmp_path):
    save_for_hf(networks[name], tmp_path / name, safe_serialization=True)
    encoder, card = load(f"{tmp_path}/{name}")
    shown = images(160)
    with torch.no_grad():
        features = encoder.backbone(shown)
    torch.testing.assert_close(features, own_features(networks[name], shown))
    assert (card.name, card.version, card.encoder) == (name, "local", "timm")
    assert (card.npix, card.dimension) == (160, features.shape[1])
    assert card.licence == "apache-2.0"
    options = {"npix": 160, "side": 160, "crop": "whole", "channels": "sclip3"}
    assert card.options == options
    for _, check in loaded_checks(encoder, card):
        check()


def test_a_name_of_timm_is_fetched_once_as_safetensors(networks, hub):
    place = hub / "timm" / "test_resnet.r160_in1k"
    save_for_hf(networks["test_resnet"], place, safe_serialization=True)
    (place / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n")
    (place / "pytorch_model.bin").write_bytes(b"nobody reads this")
    encoder, card = load("test_resnet")
    shown = images(160)
    with torch.no_grad():
        features = encoder.backbone(shown)
    torch.testing.assert_close(features, own_features(networks["test_resnet"], shown))
    assert card.model_id.startswith(f"test_resnet.r160_in1k@{COMMIT[:12]}+{card.sha256[:12]}")
    assert card.licence == "cc-by-4.0"
    assert card.notes == f"timm/test_resnet.r160_in1k on the Hugging Face hub, commit {COMMIT}"
    (place / "model.safetensors").unlink()
    again = load(f"timm/test_resnet.r160_in1k@{COMMIT}")[1]
    assert again == card


def test_a_file_for_an_architecture(networks, tmp_path):
    path = tmp_path / "own.safetensors"
    save_file(networks["test_vit"].state_dict(), path)
    encoder, card = load(f"test_vit@{path}")
    shown = images(160)
    with torch.no_grad():
        torch.testing.assert_close(
            encoder.backbone(shown), own_features(networks["test_vit"], shown)
        )
    assert (card.name, card.licence) == ("test_vit", "")
    assert card.notes == "from the file own.safetensors"


def test_options_say_what_it_is_shown(networks, tmp_path):
    save_for_hf(networks["test_resnet"], tmp_path, safe_serialization=True)
    encoder, card = load(str(tmp_path), npix=64, side=96, channels="asinh")
    assert (card.npix, card.options["side"], encoder.backbone.channels) == (64, 96, 1)
    grey = images(64)[:, :1]
    with torch.no_grad():
        features = encoder.backbone(grey)
        larger = torch.nn.functional.interpolate(grey, (96, 96), mode="bilinear", antialias=True)
    expected = own_features(networks["test_resnet"], larger.expand(-1, 3, -1, -1))
    torch.testing.assert_close(features, expected)
    other = load(str(tmp_path), npix=64, crop="source")[1]
    assert (other.options["side"], other.crop) == (160, "source")
    with pytest.raises(OptionError, match=r"channels=none3 cannot be used.*give one of sclip3"):
        load(str(tmp_path), channels="none3")


def test_a_network_of_one_size_is_made_for_another(networks, tmp_path):
    save_for_hf(networks["test_vit"], tmp_path, safe_serialization=True)
    encoder, _ = load(str(tmp_path), side=96)
    other = timm.create_model(f"local-dir:{tmp_path}", pretrained=True, img_size=96).eval()
    shown = images(96)
    with torch.no_grad():
        torch.testing.assert_close(encoder.backbone(shown), own_features(other, shown))
    with pytest.raises(WeightsError, match=r"cannot make features of images of 8 pixels"):
        load(str(tmp_path), side=8)


def test_the_hash_is_that_of_the_numbers(networks, tmp_path):
    path = tmp_path / "own.safetensors"
    tensors = networks["test_resnet"].state_dict()
    save_file(tensors, path)
    first = load(f"test_resnet@{path}")[1].sha256
    save_file(tensors, path, metadata={"said": "something else"})
    assert load(f"test_resnet@{path}")[1].sha256 == first
    tensors["conv1.0.weight"] = tensors["conv1.0.weight"].clone()
    tensors["conv1.0.weight"][0, 0, 0, 0] += 1e-3
    save_file(tensors, path)
    assert load(f"test_resnet@{path}")[1].sha256 != first


def test_what_does_not_fit_is_refused(networks, tmp_path):
    path = tmp_path / "own.safetensors"
    tensors = networks["test_resnet"].state_dict()
    save_file({name: t for name, t in tensors.items() if "layer1" not in name}, path)
    with pytest.raises(WeightsError, match=r"timm cannot make a network of .*Missing key"):
        load(f"test_resnet@{path}")
    path.write_bytes(b"rubbish")
    with pytest.raises(WeightsError, match="timm cannot make a network of"):
        load(f"test_resnet@{path}")


def test_pickles_are_never_read(networks, tmp_path, hub):
    torch.save(networks["test_resnet"].state_dict(), tmp_path / "own.pth")
    with pytest.raises(WeightsError, match=r"own.pth is a pickle, which is never read"):
        load(f"test_resnet@{tmp_path}/own.pth")
    place = hub / "someone" / "pickled"
    save_for_hf(networks["test_resnet"], place, safe_serialization=False)
    with pytest.raises(WeightsError, match=r"has no model.safetensors: pickled weights"):
        load(str(place))
    with pytest.raises(WeightsError, match=r"someone/pickled has no model.safetensors, and pick"):
        load("someone/pickled")
    # timm would take what is pickled where weights come in parts
    (place / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"pickled has no model.safetensors: choose another"):
        load(str(place))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("test_resnat", "no model of timm is called 'test_resnat'; did you mean 'test_resnet"),
        ("no such model", "no model of timm is called 'no such model'; give OWNER/NAME"),
        ("test_resnet@gone.safetensors", "there is no file gone.safetensors"),
        ("someone/nothing", "there is no someone/nothing that could be fetched"),
        ("someone/no thing", "there is no someone/no thing that could be fetched"),
        ("resnet14t.no_tag", "no model of timm is called 'resnet14t.no_tag'"),
    ],
)
def test_what_is_not_there(model, said, hub):
    with pytest.raises(WeightsError, match=said):
        load(model)


def test_without_a_network(tmp_path, monkeypatch, hub):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(WeightsError) as caught:
        load("test_resnet")
    said = str(caught.value)
    assert said.startswith(
        "timm/test_resnet.r160_in1k is not in the cache and cannot be downloaded"
    )
    assert "Connection refused" in said
    assert "`hf download timm/test_resnet.r160_in1k --local-dir FOLDER`" in said


def test_a_model_of_which_timm_knows_no_weights_at_all_is_refused(monkeypatch):
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda name: None)
    with pytest.raises(WeightsError, match="timm has no weights for test_vit"):
        TimmHub(WebOptions()).load("test_vit")

"""Encoders of transformers: their features are what the models themselves pool. Tiny models with
random weights, and nothing leaves the machine."""

import pytest
import torch
from fake_hub import COMMIT, fake_hub
from safetensors.torch import load_file, save_file
from sciarada_web import WebOptions, transformers_hub
from sciarada_web.transformers_hub import TransformersHub
from transformers import (
    BertConfig,
    BertModel,
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    Dinov2Config,
    Dinov2Model,
    ResNetConfig,
    ResNetModel,
    Siglip2Config,
    Siglip2Model,
    SiglipConfig,
    SiglipImageProcessor,
    SiglipModel,
    SiglipVisionConfig,
    SiglipVisionModel,
    ViTConfig,
    ViTForImageClassification,
)
from transformers.utils import logging as messages

from sciarada.errors import WeightsError
from sciarada.testing.hubs import loaded_checks

SIDE = 32
MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.3, 0.25)
LOOKS = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
IMAGES = {**LOOKS, "intermediate_size": 32, "image_size": SIDE, "patch_size": 8}
SIZES = {**LOOKS, "intermediate_size": 32, "num_patches": 16, "patch_size": 8}
TEXTS = {**LOOKS, "intermediate_size": 32, "vocab_size": 50}
MODELS = {
    "siglip": lambda: SiglipModel(SiglipConfig(vision_config=IMAGES, text_config=TEXTS)),
    "siglip_vision": lambda: SiglipVisionModel(SiglipVisionConfig(**IMAGES)),
    "clip": lambda: CLIPModel(CLIPConfig(vision_config=IMAGES, text_config=TEXTS)),
    "dinov2": lambda: Dinov2Model(Dinov2Config(**LOOKS, image_size=SIDE, patch_size=8)),
    "vit_classifier": lambda: ViTForImageClassification(ViTConfig(**IMAGES)),
    "resnet": lambda: ResNetModel(
        ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1])
    ),
}
LOOKING = {"siglip": "vision_model", "clip": "vision_model", "vit_classifier": "vit"}


@pytest.fixture(autouse=True)
def no_bars():
    """Let transformers show no bars, whatever it saves."""
    messages.disable_progress_bar()
    yield
    messages.enable_progress_bar()


@pytest.fixture(scope="module")
def models() -> dict[str, torch.nn.Module]:
    torch.manual_seed(1)
    return {name: make().eval() for name, make in MODELS.items()}


def processor(**changes):
    size = {"height": SIDE, "width": SIDE}
    return SiglipImageProcessor(image_mean=MEAN, image_std=STD, size=size, **changes)


def saved(model, folder, its_processor=None):
    """Save a model and what prepares its images; return the folder as text."""
    model.save_pretrained(folder)
    (its_processor or processor()).save_pretrained(folder)
    return str(folder)


def images(side=SIDE):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(2))


def load(model, **options):
    return TransformersHub(WebOptions(**options)).load(model)


def features_of(encoder, shown):
    with torch.no_grad():
        return encoder.backbone(shown)


def looking(name, models):
    """The part of a model that looks at images."""
    return getattr(models[name], LOOKING[name]) if name in LOOKING else models[name]


def own_output(model, shown, **settings):
    normalised = (shown - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    with torch.no_grad():
        return model(pixel_values=normalised, **settings)


@pytest.mark.parametrize("name", MODELS)
def test_features_are_those_that_the_model_pools(name, models, tmp_path):
    encoder, card = load(saved(models[name], tmp_path / name))
    own = own_output(looking(name, models), images())
    # A classifier comes without a pooler; its first token stands for the image.
    wanted = own.last_hidden_state[:, 0] if name == "vit_classifier" else own.pooler_output
    features = features_of(encoder, images())
    torch.testing.assert_close(features, wanted.flatten(1))
    assert (card.name, card.encoder, card.npix) == (name, "transformers", SIDE)
    assert card.dimension == features.shape[1] == 16
    for _, check in loaded_checks(encoder, card):
        check()


@pytest.mark.parametrize("name", ["siglip_vision", "dinov2"])
def test_another_side_interpolates_the_positions(name, models, tmp_path):
    encoder, card = load(saved(models[name], tmp_path), npix=40, side=48)
    settings = {"interpolate_pos_encoding": True} if name == "siglip_vision" else {}
    own = own_output(models[name], images(48), **settings).pooler_output
    torch.testing.assert_close(features_of(encoder, images(48)), own)
    assert (card.npix, card.options["side"]) == (40, 48)


@pytest.mark.parametrize(
    ("changes", "scale", "mean", "std"),
    [
        ({"do_normalize": False}, 1, (0, 0, 0), (1, 1, 1)),
        ({"rescale_factor": 2 / 255}, 2, MEAN, STD),
        ({"do_rescale": False}, 255, MEAN, STD),
    ],
)
def test_images_are_prepared_as_the_processor_does(changes, scale, mean, std, models, tmp_path):
    prepared = processor(**changes)
    encoder, _ = load(saved(models["dinov2"], tmp_path, prepared))
    bytes_shown = torch.randint(0, 256, (2, 3, SIDE, SIDE), dtype=torch.uint8)
    theirs = prepared(list(bytes_shown), return_tensors="pt", do_resize=False).pixel_values
    ours = (bytes_shown / 255 - encoder.backbone.mean) / encoder.backbone.std
    torch.testing.assert_close(ours, theirs.float(), rtol=1e-4, atol=1e-4)
    values = bytes_shown / 255 * scale
    direct = (values - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    torch.testing.assert_close(ours, direct, rtol=1e-4, atol=1e-4)


def test_the_crop_is_the_side(models, tmp_path):
    crop = CLIPImageProcessor(size={"shortest_edge": 40}, crop_size={"height": 32, "width": 32})
    assert load(saved(models["clip"], tmp_path, crop))[1].npix == 32


def test_a_model_of_the_hub(models, tmp_path, monkeypatch):
    with fake_hub(tmp_path, monkeypatch) as site:
        place = site / "someone" / "tiny"
        saved(models["siglip"], place)
        (place / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n")
        encoder, card = load("someone/tiny")
        assert load(f"someone/tiny@{COMMIT}")[1] == card
        with pytest.raises(WeightsError, match="there is no someone/tiny@other"):
            load("someone/tiny@other")
    wanted = own_output(models["siglip"].vision_model, images()).pooler_output
    torch.testing.assert_close(features_of(encoder, images()), wanted)
    assert card.model_id == f"tiny@{COMMIT[:12]}+{card.sha256[:12]}"
    assert card.licence == "apache-2.0"


def test_weights_in_parts(models, tmp_path, monkeypatch):
    with fake_hub(tmp_path, monkeypatch) as site:
        place = site / "someone" / "large"
        models["dinov2"].save_pretrained(place, max_shard_size="8KB")
        processor().save_pretrained(place)
        assert len(list(place.glob("model-*.safetensors"))) > 1
        encoder, _ = load("someone/large")
    wanted = own_output(models["dinov2"], images()).pooler_output
    torch.testing.assert_close(features_of(encoder, images()), wanted)


def test_half_precision_is_shown_in_full(models, tmp_path):
    place = saved(models["dinov2"], tmp_path)
    halves = {name: t.half() for name, t in load_file(tmp_path / "model.safetensors").items()}
    save_file(halves, tmp_path / "model.safetensors", metadata={"format": "pt"})
    encoder, _ = load(place)
    assert {p.dtype for p in encoder.backbone.parameters()} == {torch.float32}


def test_nothing_is_said_on_the_way(models, tmp_path, capsys):
    place = saved(models["clip"], tmp_path)
    messages.enable_progress_bar()
    capsys.readouterr()
    load(place)
    assert capsys.readouterr() == ("", "")
    assert messages.is_progress_bar_enabled()


def test_weights_that_are_missing_are_not_made_up(models, tmp_path):
    place = saved(models["dinov2"], tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    tensors.pop("layernorm.weight")
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsError, match=r"lacks weights of its network, layernorm.weight"):
        load(place)


def test_what_cannot_be_used(models, tmp_path):
    place = tmp_path / "dinov2"
    models["dinov2"].save_pretrained(place)
    with pytest.raises(WeightsError, match=r"has no preprocessor_config.json"):
        load(str(place))
    text = tmp_path / "text"
    saved(BertModel(BertConfig(**TEXTS)), text)
    with pytest.raises(WeightsError, match=r"text is not a model of images"):
        load(str(text))
    sizes = tmp_path / "sizes"  # of any size, which it has to be told
    saved(Siglip2Model(Siglip2Config(vision_config=SIZES, text_config=TEXTS)), sizes)
    with pytest.raises(WeightsError, match=r"cannot make features of images of 32 pixels.*spatial"):
        load(str(sizes))
    (place / "config.json").write_text("{}")
    processor().save_pretrained(place)
    with pytest.raises(WeightsError, match=r"transformers cannot make a network of"):
        load(str(place))
    (place / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"dinov2 has no config.json"):
        load(str(place))


def test_a_processor_that_does_not_give_the_side_is_refused():
    processor = CLIPImageProcessor(do_center_crop=False, size={"longest_edge": 64})
    with pytest.raises(WeightsError, match="does not give the side of its images"):
        transformers_hub._shown(processor, "some/model")

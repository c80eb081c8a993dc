"""What is exported is run by ONNX Runtime, and gives the features of torch."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from click.testing import CliRunner
from sciarada_simclr import SimCLROptions
from sciarada_simclr.pretrainer import SimCLR
from torch import nn

import sciarada.nn.store
import sciarada.nn.trained
from sciarada.cli.main import main
from sciarada.core.model_card import ModelCard
from sciarada.errors import OutputError, WeightsError
from sciarada.nn import onnx_export
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.onnx_export import export_onnx
from sciarada.nn.trained import TrainedEncoder

NPIX = 32


def trained(backbone="resnet18", stem="standard", channels="sclip3"):
    """Return an encoder with random weights whose normalisations are not those of the start."""
    torch.manual_seed(1)
    options = SimCLROptions(backbone=backbone, stem=stem, channels=channels, hidden=8, outputs=4)
    encoder = SimCLR(options)
    with torch.no_grad():
        encoder.backbone(torch.rand(4, encoder.backbone.channels, NPIX, NPIX))
    written = {"backbone": backbone, "stem": stem, "channels": channels}
    dimension = encoder.backbone.dimension
    card = ModelCard("tiny", "1", "simclr", written, NPIX, dimension, "0" * 64)
    return TrainedEncoder(encoder.eval().requires_grad_(False), card)


# Each backbone once and each stem once, for one export takes seconds.
@pytest.mark.parametrize(
    ("backbone", "stem", "channels"),
    [
        ("resnet18", "half", "asinh"),
        ("resnet50", "standard", "sclip3"),
        ("regnet_y_400mf", "full", "sclip3"),
    ],
)
def test_a_file_gives_the_features_of_torch(tmp_path, backbone, stem, channels):
    encoder, path = trained(backbone, stem, channels), tmp_path / "model.onnx"
    assert export_onnx(encoder, path) <= 1e-4
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(path)
    chance = np.random.default_rng(1)
    for number in (1, 5):
        pixels = chance.normal(size=(number, NPIX, NPIX)).astype(np.float32)
        pixels[0, :4] = np.nan
        images = encoder.encoder.channels(torch.from_numpy(pixels)).numpy()
        (features,) = session.run(["features"], {"images": images})
        np.testing.assert_allclose(features, encoder.features(pixels), atol=1e-4)
    told = session.get_modelmeta().custom_metadata_map
    assert ModelCard.from_json(json.loads(told["card"])) == encoder.card
    assert told["channels"] == channels
    assert told["model_id"] == encoder.card.model_id
    assert session.get_inputs()[0].shape == ["n", len(encoder.encoder.channels), NPIX, NPIX]


class Plain(nn.Module):
    """A backbone that is translated quickly."""

    channels, dimension = 1, 4

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(NPIX * NPIX, self.dimension)

    def forward(self, images):
        return self.line(images.flatten(1))


class Untranslatable(Plain):
    """One whose features depend on their values in a way that no graph can say."""

    def forward(self, images):
        return super().forward(images) if images.sum() > 0 else images


@pytest.fixture
def plain():
    return with_backbone(Plain())


def with_backbone(backbone):
    encoder = nn.Module()
    encoder.backbone, encoder.channels = backbone, RECIPES["asinh"]
    card = ModelCard("plain", "1", "none", {}, NPIX, 4, "0" * 64)
    return TrainedEncoder(encoder.eval().requires_grad_(False), card)


def test_the_command_tells_what_it_wrote(plain, tmp_path, monkeypatch):
    monkeypatch.setattr(sciarada.nn.trained, "load_encoder", lambda name, device: plain)
    monkeypatch.setattr(sciarada.nn.store, "weights_files", lambda name, manager: ())
    path = tmp_path / "model.onnx"
    command = ["weights", "export", "plain", "-o", str(path)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert "has the backbone of plain@1+000000000000" in result.output
    assert "those of torch within" in result.output
    before = path.read_bytes()
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 2
    assert "allow it to be replaced with --overwrite" in again.output
    assert path.read_bytes() == before
    assert CliRunner().invoke(main, [*command, "--overwrite", "--quiet"]).output == ""


def test_a_file_with_other_features_is_not_kept(plain, tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    export_onnx(plain, path)
    before = path.read_bytes()
    monkeypatch.setattr(onnx_export, "TOLERANCE", -1.0)
    with pytest.raises(WeightsError, match="gives other features than torch"):
        export_onnx(plain, path, overwrite=True)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_somebody_else_is_not_replaced(plain, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="not an exported backbone that SCIARADA wrote"):
        export_onnx(plain, path, overwrite=True)
    assert path.read_bytes() == b"mine"


def test_what_cannot_be_translated_is_one_sentence(tmp_path):
    with pytest.raises(
        WeightsError, match=r"^the backbone of plain@1.* cannot be put in ONNX: "
    ) as e:
        export_onnx(with_backbone(Untranslatable()), tmp_path / "model.onnx")
    assert "\n" not in str(e.value)
    assert not list(tmp_path.iterdir())


def test_without_the_extra_there_is_a_command_that_gets_it(plain, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "missing_requirements", lambda requires: requires)
    with pytest.raises(WeightsError, match=r"get them with: pip install 'sciarada\[onnx\]'$"):
        export_onnx(plain, tmp_path / "model.onnx")

"""Encoders without weights: by name, in every verb, and what they are refused for."""

import types

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from sciarada.cli.main import main
from sciarada.errors import OptionError, PluginError, WeightsError
from sciarada.hooks import EncoderSpec, FeatureColumn, hookimpl
from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import read_embeddings
from sciarada.nn.building import build_encoder
from sciarada.nn.extractors import extractor_model, extractor_names
from sciarada.nn.onnx_export import export_onnx
from sciarada.nn.probes.encoders import load_probed_encoders
from sciarada.nn.probes.settings import ProbeSettings
from sciarada.nn.store import find_card, find_weights, weights_files
from sciarada.nn.trained import load_encoder


class Extremes:
    """The lowest and the highest pixel."""

    columns = (FeatureColumn("lowest", "Minimum"), FeatureColumn("highest", "Maximum"))
    npix, crop, version = 32, "whole", "2"

    def features(self, pixels):
        flat = pixels.reshape(len(pixels), -1)
        return np.stack([np.nanmin(flat, axis=1), np.nanmax(flat, axis=1)], axis=1)


def offering(factory=Extremes, name="extremes"):
    spec = EncoderSpec(name=name, summary="Extremes", factory=factory, needs_weights=False)
    plugin = types.ModuleType("extremes")
    plugin.sciarada_encoders = hookimpl(lambda: [spec], specname="sciarada_encoders")
    return PluginManager.of(extremes=plugin)


@pytest.fixture(scope="module")
def manager():
    return PluginManager.discover()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:40, :40] - 20
    for number in range(12):
        source = 200 * np.exp(-(x**2 + y**2 / (1 + number % 2) ** 2) / 20)
        kind = folder / ("long" if number % 2 else "round")
        kind.mkdir(exist_ok=True)
        values = (source + rng.normal(20, 5, x.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(values).save(kind / f"{number}.png")
    return folder


def test_missing_pixels_reach_the_extractor():
    pixels = np.array([[[2.0, np.nan], [5.0, np.inf]]], np.float32)
    encoder = load_encoder("extremes", offering())
    assert encoder.features(pixels).tolist() == [[2, 5]]
    assert encoder.columns == Extremes.columns
    assert (encoder.card.version, encoder.card.dimension, encoder.card.npix) == ("2", 2, 32)


@pytest.mark.parametrize("text", ["shape", "sciarada:shape", "shape:npix=64,crop=source"])
def test_names_with_and_without_options(text, manager):
    assert load_encoder(text, manager).card == load_encoder("shape", manager).card
    assert "shape" in extractor_names(manager)


@pytest.mark.parametrize("text", ["simclr", "default", "timm:shape", "shape.safetensors", "a:b=c"])
def test_other_names_are_no_extractors(text, manager):
    assert extractor_model(text, manager) is None


def test_the_hash_follows_from_the_rule_and_its_options(manager):
    plain, other = (load_encoder(name, manager).card for name in ("shape", "shape:npix=32"))
    assert plain.model_id != other.model_id
    newer = type("Newer", (Extremes,), {"version": "3"})
    assert (
        load_encoder("extremes", offering()).card.sha256
        != load_encoder("extremes", offering(newer)).card.sha256
    )


def test_there_is_a_card_but_no_file(manager):
    assert find_card("shape", manager).encoder == "shape"
    assert weights_files("shape", manager) == []
    with pytest.raises(WeightsError, match="shape has no file of weights"):
        find_weights("shape", manager)
    with pytest.raises(WeightsError, match=r"no weights are called 'shap': there are .*shape"):
        find_weights("shap", manager)
    with pytest.raises(OptionError, match="did you mean 'npix'"):
        load_encoder("shape:npx=3", manager)


def test_an_extractor_cannot_be_trained(manager, pictures, tmp_path):
    with pytest.raises(OptionError, match="'shape' has no weights, so it cannot be trained: use"):
        build_encoder(manager.find(EncoderSpec, "shape"), None, to_train=True)
    out = tmp_path / "run"
    ran = CliRunner().invoke(
        main, ["pretrain", str(pictures), "--encoder", "shape", "-o", str(out)]
    )
    assert ran.exit_code == 2
    assert ran.stderr.count("\n") == 1
    assert "has no weights, so it cannot be trained" in ran.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("weights", "kinds", "message"),
    [
        (("shape",), ("linear", "finetune"), "shape has no weights that could be fine-tuned"),
        (("shape", "scratch"), ("linear",), "'shape' has no weights, so it cannot be trained"),
        (("scratch:shape",), ("linear",), "'shape' has no weights, so it cannot be trained"),
    ],
)
def test_probes_that_need_weights_are_refused(weights, kinds, message, manager):
    settings = ProbeSettings("label", weights=weights, kinds=kinds)
    with pytest.raises(OptionError, match=message):
        load_probed_encoders(settings, manager)


def test_it_cannot_be_written_as_onnx(manager, tmp_path):
    with pytest.raises(WeightsError, match="shape is no network"):
        export_onnx(load_encoder("shape", manager), tmp_path / "shape.onnx")


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (lambda self, pixels: 1 / 0, "cannot compute features: ZeroDivisionError"),
        (lambda self, pixels: np.zeros((1, 3)), r"an array of shape \(1, 3\), not \(2, 2\)"),
    ],
)
def test_a_faulty_extractor_is_named(features, message):
    encoder = load_encoder("extremes", offering(type("Bad", (Extremes,), {"features": features})))
    with pytest.raises(PluginError, match=f"the encoder 'extremes' .*{message}"):
        encoder.features(np.zeros((2, 8, 8), np.float32))


def test_a_factory_must_make_an_extractor():
    with pytest.raises(PluginError, match="has no method features, which every encoder needs"):
        load_encoder("extremes", offering(object))


@pytest.mark.parametrize("option", ["--encoder", "--weights", "-w"])
def test_embed_writes_features_with_their_meanings(option, pictures, tmp_path):
    path = tmp_path / "shapes.fits"
    ran = CliRunner().invoke(main, ["embed", str(pictures), option, "shape", "-o", str(path)])
    assert ran.exit_code == 0, ran.output
    found = read_embeddings(path)
    assert list(found.meta["features"]) == [c.name for c in load_encoder("shape").columns]
    assert found.meta["features"]["axis_ratio"] == "Minor over major axis"
    ratio = dict(zip(found.meta["features"], found.vectors.T, strict=True))["axis_ratio"]
    long = np.array([int(name) % 2 == 1 for name in found.ids])
    assert ratio[long].max() < ratio[~long].min()


def test_weights_and_an_encoder_are_not_both_used(pictures, tmp_path):
    command = ["embed", str(pictures), "-w", "byol-32", "--encoder", "shape"]
    ran = CliRunner().invoke(main, [*command, "-o", str(tmp_path / "features.fits")])
    assert ran.exit_code == 2
    assert "--weights and --encoder choose two encoders: give one of them" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_probe_takes_it_as_one_of_the_encoders(pictures, tmp_path):
    command = ["probe", str(pictures), "--labels", "label", "--encoder", "shape:npix=32"]
    how = ["--kind", "knn", "--folds", "2", "-o", str(tmp_path / "probe")]
    ran = CliRunner().invoke(main, command + how)
    assert ran.exit_code == 0, ran.output
    assert "100.0 %" in ran.stdout

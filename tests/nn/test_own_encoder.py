"""Encoders that no plugin offers are trained by the same trainer as those of plugins."""

import tempfile

import numpy as np
import pytest
import torch
from torch import nn

import sciarada as sc
from sciarada.errors import OptionError, PluginError
from sciarada.hooks import Losses
from sciarada.io.weights import read_weights
from sciarada.pipelines import pretrain as pipeline

HOW = {"npix": 32, "epochs": 2, "warmup": 0, "batch": 4, "device": "cpu", "checkpoint": 1}


class Alike(nn.Module):
    """Makes the features of two views of one cutout alike."""

    views = 2

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16, 3))
        self.backbone.channels, self.backbone.dimension = 1, 3

    def channels(self, pixels):
        return pixels.nan_to_num(0.0)[:, None] * 1e3

    def loss(self, views):
        first, second = (self.backbone(view) for view in views)
        distance = (first - second).square().mean() - first.var(0).clamp(max=1).mean()
        return Losses(distance, {"distance": distance})

    def after_step(self, progress):
        pass


@pytest.fixture(scope="module")
def cutouts():
    image = sc.simulate("emu", size=192, seed=3, workers=1).image
    x, y = np.random.default_rng(1).uniform(20, 170, (2, 12))
    return sc.CutoutSet.from_positions(image, *image.pixel_to_sky(x, y), size=32)


def weights(folder):
    return read_weights(folder / "encoder.safetensors")[0]


def same(first, second):
    return first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name]) for name in first
    )


@pytest.fixture(scope="module")
def trained(cutouts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "run"
    return sc.pretrain(cutouts, out=folder, encoder=Alike, name="encoder", seed=5, **HOW), folder


def test_weights_follow_from_the_seed(trained, cutouts, tmp_path):
    for number, seed in enumerate((5, 6)):
        out = tmp_path / str(seed)
        sc.pretrain(cutouts, out=out, encoder=Alike, name="encoder", seed=seed, **HOW)
        assert same(weights(out), weights(trained[1])) == (number == 0)


def test_the_encoder_that_is_returned_is_the_one_that_was_written(trained, cutouts):
    encoder, folder = trained
    assert encoder.card.encoder == "alike"
    assert (encoder.card.npix, encoder.card.dimension) == (32, 3)
    assert encoder.card.trained_on[0]["cutouts"] == len(cutouts)
    kept = weights(folder)
    for name, tensor in encoder.encoder.backbone.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), kept[name].astype(np.float32))
    assert sc.embed(cutouts, weights=encoder).vectors.shape == (12, 3)


def test_a_training_that_was_stopped_goes_on(trained, cutouts, tmp_path, monkeypatch):
    train, out = pipeline.train, tmp_path / "run"

    def stopped(fabric, module, optimiser, feed, plan, after_step, spec):
        def after(step, *numbers):
            after_step(step, *numbers)
            if step == 3:
                raise KeyboardInterrupt

        train(fabric, module, optimiser, feed, plan, after, spec)

    monkeypatch.setattr(pipeline, "train", stopped)
    how = {"encoder": Alike, "name": "encoder", "seed": 5} | HOW
    with pytest.raises(KeyboardInterrupt):
        sc.pretrain(cutouts, out=out, **how)
    monkeypatch.undo()
    assert not (out / "encoder.safetensors").exists()
    sc.pretrain(cutouts, out=out, resume=True, **how)
    assert same(weights(out), weights(trained[1]))


def test_an_encoder_that_was_made_is_trained_in_place(cutouts, tmp_path):
    torch.manual_seed(9)
    own = Alike()
    before = own.backbone[2].weight.detach().clone()
    encoder = sc.pretrain(cutouts, out=tmp_path / "run", encoder=own, **HOW)
    assert encoder.encoder is own
    assert not torch.equal(own.backbone[2].weight, before)


def test_what_is_no_encoder_is_refused(cutouts, tmp_path):
    with pytest.raises(OptionError, match="encoder is the name of an encoder, a Pretrainer"):
        sc.pretrain(cutouts, out=tmp_path / "a", encoder=3, **HOW)
    with pytest.raises(PluginError, match="no method channels"):
        sc.pretrain(cutouts, out=tmp_path / "b", encoder=nn.Linear(2, 2), **HOW)
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_the_weights_are_in_the_encoder_alone(cutouts, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    how = {**HOW, "name": "encoder", "seed": 5}
    kept = sc.pretrain(cutouts, out=tmp_path / "run", encoder=Alike, **how)
    alone = sc.pretrain(cutouts, encoder=Alike, **how)
    pixels = np.random.default_rng(1).normal(size=(3, HOW["npix"], HOW["npix"]))
    np.testing.assert_array_equal(alone(pixels), kept(pixels))
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("given", [{"resume": True}, {"devices": 2}])
def test_what_needs_the_folder_of_the_training_asks_for_it(cutouts, given):
    with pytest.raises(OptionError, match="name it with out"):
        sc.pretrain(cutouts, encoder=Alike, **HOW, **given)

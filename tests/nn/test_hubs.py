"""Models of hubs by name: which hub is meant, what it is asked, and what becomes of its answer."""

import json
import types

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from torch import nn

from sciarada.cli.main import main
from sciarada.core.model_card import ModelCard
from sciarada.errors import OptionError, PluginError, WeightsError
from sciarada.hooks import HubSpec, hookimpl
from sciarada.hooks.manager import PluginManager
from sciarada.io.embeddings import read_embeddings
from sciarada.nn.hubs import hub_model, hub_names
from sciarada.nn.store import find_card, find_weights
from sciarada.nn.trained import load_encoder

SOURCE = """
    from dataclasses import dataclass

    from sciarada.hooks import HubSpec, hookimpl, option


    @dataclass(frozen=True)
    class Options:
        npix: int = option(16, help="side", min=4)
        sides: tuple[int, ...] = option((1,), help="several")


    @hookimpl
    def sciarada_hubs():
        made = "test_hubs:Means"
        return [HubSpec(name="means", summary="Means", factory=made, options=Options)]
"""


class Mean(nn.Module):
    """Features: the mean of each image, and the number 1."""

    channels, dimension = 1, 2

    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.ones(1, 1))

    def forward(self, images):
        return torch.cat([images.mean(dim=(1, 2, 3))[:, None], self.one.expand(len(images), 1)], 1)


class MeanEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Mean()

    def channels(self, pixels):
        return pixels.nan_to_num()[:, None]


class Means:
    """A hub of one model."""

    def __init__(self, options):
        self.options = options

    def load(self, model):
        if model == "broken":
            raise KeyError("weight")
        if model != "own/mean":
            raise WeightsError(f"there is no {model}")
        card = ModelCard("mean", "1", "means", {}, self.options.npix, 2, "f" * 64, notes="a mean")
        return MeanEncoder(), card


@pytest.fixture
def manager(install_plugin):
    install_plugin("averages", SOURCE)
    return PluginManager.discover()


@pytest.mark.parametrize(
    ("text", "name", "npix", "sides"),
    [
        ("means:own/mean", "own/mean", 16, (1,)),
        ("means:own/mean:npix=8", "own/mean", 8, (1,)),
        ("means:a:b@c:sides=1,2,npix=9", "a:b@c", 9, (1, 2)),
        ("averages:means:own/mean", "own/mean", 16, (1,)),
        ("dist-averages:means:own/mean:npix=8", "own/mean", 8, (1,)),
        ("means:averages:x", "averages:x", 16, (1,)),
    ],
)
def test_a_hub_its_model_and_options_are_told_apart(text, name, npix, sides, manager):
    model = hub_model(text, manager)
    assert (model.spec.name, model.name) == ("means", name)
    assert (model.options.npix, model.options.sides) == (npix, sides)


@pytest.mark.parametrize("text", ["default", "mean", "means", "means:", "mean:x", "x/means:y", ""])
def test_other_names_are_no_models_of_hubs(text, manager):
    assert hub_model(text, manager) is None


def test_a_folder_with_a_sign_of_equality_is_no_option(manager, tmp_path, monkeypatch):
    (tmp_path / "rate=1").mkdir()
    monkeypatch.chdir(tmp_path)
    assert hub_model("means:./rate=1", manager).name == "./rate=1"


def test_a_path_is_never_a_model_of_a_hub(manager, tmp_path):
    assert hub_model(tmp_path / "means:x", manager) is None


def test_wrong_options_are_refused(manager):
    with pytest.raises(OptionError, match="npix=2 of means cannot be used"):
        hub_model("means:own/mean:npix=2", manager)


def test_the_encoder_is_used_as_any_other(manager):
    encoder = load_encoder("means:own/mean", manager)
    features = encoder.features(np.full((3, 16, 16), 0.5, np.float32))
    np.testing.assert_array_equal(features, [[0.5, 1.0]] * 3)
    assert encoder.card.model_id == f"mean@1+{'f' * 12}"
    assert not any(parameter.requires_grad for parameter in encoder.encoder.parameters())
    assert find_card("means:own/mean:npix=9", manager).npix == 9


def test_what_a_hub_raises(manager):
    with pytest.raises(WeightsError, match="there is no other"):
        load_encoder("means:other", manager)
    with pytest.raises(PluginError, match="the hub 'means' of plugin dist-averages/av"):
        load_encoder("means:broken", manager)


def test_there_is_no_card_to_verify(manager):
    with pytest.raises(WeightsError, match="weights show means:own/mean` shows what is known"):
        find_weights("means:own/mean", manager)


def test_hubs_are_named_where_weights_are_missing(manager, monkeypatch, tmp_path):
    assert {"means", "timm", "torchvision", "transformers"} <= set(hub_names(manager))
    monkeypatch.setenv("SCIARADA_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsError, match=r"no weights are called 'x'.*means:MODEL"):
        find_weights("x", manager)


def test_one_hub_of_two_has_to_be_chosen(manager, install_plugin):
    install_plugin("second", SOURCE)
    both = PluginManager.discover()
    with pytest.raises(PluginError, match=r"averages:means or .*second:means"):
        hub_model("means:own/mean", both)
    assert hub_model("second:means:own/mean", both).spec.owner.plugin == "second"


def test_a_hub_that_lacks_something_says_how_to_get_it():
    @hookimpl
    def sciarada_hubs():
        made = HubSpec(name="bare", summary="x", factory=list, requires=("numpy[no_such_extra]",))
        return [made]

    plugin = types.ModuleType("bare")
    plugin.sciarada_hubs = sciarada_hubs
    with pytest.raises(PluginError, match=r"install it with: pip install 'numpy\[no_such_extra\]'"):
        load_encoder("bare:x", PluginManager.of(bare=plugin))


def test_on_the_command_line(manager, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for value in (50, 100):
        Image.fromarray(np.full((20, 20), value, np.uint8)).save(folder / f"{value}.png")
    out = tmp_path / "features.fits"
    arguments = ["embed", str(folder), "-w", "means:own/mean:npix=8", "-o", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    made = read_embeddings(out)
    assert made.dimension == 2
    assert made.meta["model_id"] == f"mean@1+{'f' * 12}"
    shown = CliRunner().invoke(main, ["weights", "show", "means:own/mean"])
    assert json.loads(shown.output)["notes"] == "a mean"

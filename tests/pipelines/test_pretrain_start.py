"""A training that starts from earlier weights."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
from sciarada.cutouts.table_files import write_cutouts
from sciarada.errors import OutputError, WeightsError
from sciarada.hooks.manager import PluginManager
from sciarada.io.fits_image import read_image
from sciarada.io.weights import read_card, read_cover, read_weights, write_weights
from sciarada.nn.trained import load_encoder
from sciarada.nn.training.initial_weights import InitialWeights
from sciarada.nn.training.settings import PretrainSettings
from sciarada.pipelines.pretrain import run_pretrain
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image

SMALL = PretrainSettings(
    options=("hidden=16", "outputs=8", "stem=standard", "channels=asinh"),
    views=("rotation",),
    npix=32,
    epochs=1,
    batch=8,
    warmup=0,
    name="first",
    device="cpu",
)


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    write_image(simulate_field("emu", 200, 3).image, folder / "field.fits")
    image = read_image(folder / "field.fits")
    paths = [folder / "one.fits", folder / "two.fits"]
    for seed, path in enumerate(paths):
        write_cutouts(sample_random(image, RandomSampler(16, size=32, seed=seed)), path)
    return paths


@pytest.fixture(scope="module")
def first(sets, tmp_path_factory):
    """Weights of a training on the first set."""
    run = tmp_path_factory.mktemp("first") / "run"
    run_pretrain(sets[:1], run, SMALL)
    return run / "first.safetensors"


def test_a_training_that_hardly_moves_stays_where_it_started(sets, first, tmp_path):
    still = replace(SMALL, init=str(first), name="second", learning_rate=1e-12, seed=7)
    card = run_pretrain(sets[1:], tmp_path / "run", still)
    before, after = (read_weights(p)[0] for p in (first, tmp_path / "run" / "second.safetensors"))
    weights = [name for name in before if "running" not in name and "num_batches" not in name]
    assert len(weights) > 40
    for name in weights:
        np.testing.assert_allclose(after[name], before[name], atol=1e-3)
    earlier = read_card(first)
    assert card.recipe["start"] == earlier.model_id
    assert card.recipe["init"] == str(first)
    assert card.notes.startswith(f"Started from {earlier.model_id}")
    configuration = json.loads((tmp_path / "run" / "configuration.json").read_text())
    assert configuration["start"] == earlier.model_id


def test_what_the_earlier_training_saw_counts_as_seen(sets, first, tmp_path):
    card = run_pretrain(sets[1:], tmp_path / "run", replace(SMALL, init=str(first), name="second"))
    assert [each["sets"] for each in card.trained_on] == ["two.fits", "one.fits"]
    cover = read_cover(tmp_path / "run" / "second.safetensors")
    assert len(cover) == sum(each["placed"] for each in card.trained_on) == 32
    np.testing.assert_array_equal(cover.ra[16:], read_cover(first).ra)


@pytest.mark.parametrize("encoder", ["simclr", "byol"])
def test_each_copy_of_the_backbone_starts_there(first, encoder):
    manager = PluginManager.discover(quiet=True)
    spec = manager.find("encoder", encoder)
    options = spec.options(hidden=16, outputs=8, stem="standard", channels="asinh")
    built = spec.build(options)
    heads = {name: value.clone() for name, value in built.projector.state_dict().items()}
    InitialWeights.of(str(first), manager, vars(options)).give_to(built)
    wanted = load_encoder(str(first), manager).encoder.backbone.state_dict()
    backbones = [built.backbone] + ([built.slow_backbone] if encoder == "byol" else [])
    for backbone in backbones:
        for name, value in backbone.state_dict().items():
            np.testing.assert_array_equal(value, wanted[name])
    for name, value in built.projector.state_dict().items():
        np.testing.assert_array_equal(value, heads[name])
    if encoder == "byol":
        assert not any(value.requires_grad for value in built.slow_backbone.parameters())


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ("stem=half", "trained with stem=standard, and cannot start a training with stem=half"),
        ("channels=minmax", "give -O channels=asinh, or other weights with --init"),
        ("backbone=resnet50", "trained with backbone=resnet18"),
    ],
)
def test_weights_of_another_network_are_refused(sets, first, tmp_path, changed, sentence):
    options = tuple(o for o in SMALL.options if o.split("=")[0] != changed.split("=")[0])
    settings = replace(SMALL, options=(*options, changed), init=str(first))
    with pytest.raises(WeightsError, match=sentence):
        run_pretrain(sets[:1], tmp_path / "run", settings)
    assert not (tmp_path / "run").exists()


def test_weights_whose_card_says_too_little_are_refused_when_they_do_not_fit(first, tmp_path):
    manager = PluginManager.discover(quiet=True)
    spec = manager.find("encoder", "simclr")
    built = spec.build(spec.options(backbone="regnet_y_400mf", hidden=16, outputs=8))
    start = InitialWeights.of(str(first), manager, {})
    with pytest.raises(WeightsError, match="its backbone is another network than that of"):
        start.give_to(built)


def test_weights_that_are_not_there_or_changed_are_refused(sets, first, tmp_path):
    with pytest.raises(WeightsError, match="there are no weights"):
        run_pretrain(sets, tmp_path / "run", replace(SMALL, init="gone.safetensors"))
    tensors, card = read_weights(first)
    path = tmp_path / "spoilt.safetensors"
    write_weights(tensors, card, path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match="changed or damaged"):
        run_pretrain(sets, tmp_path / "run", replace(SMALL, init=str(path)))
    assert not (tmp_path / "run").exists()


def test_going_on_needs_the_same_start(sets, first, tmp_path):
    run_pretrain(sets[1:], tmp_path / "run", replace(SMALL, init=str(first)))
    with pytest.raises(OutputError, match="a training with different"):
        run_pretrain(sets[1:], tmp_path / "run", SMALL, resume=True)

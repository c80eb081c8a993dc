"""Who may be compared: sizes, random weights, and what an encoder was trained on."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from probe_samples import write_encoder, write_set

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.reading import read_set
from sciarada.errors import CutoutError, OptionError
from sciarada.hooks.manager import PluginManager
from sciarada.nn.probes.encoders import load_probed_encoders
from sciarada.nn.probes.labelled_set import read_labels
from sciarada.nn.probes.leakage import refuse_known
from sciarada.nn.probes.settings import ProbeSettings

ALL_PLACED = ({"cutouts": 20, "placed": 20},)


@pytest.fixture(scope="module")
def manager():
    return PluginManager.discover()


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory):
    """20 pictures of each class; those called single lie at a declination of -40 degrees."""
    return read_labels(read_set(write_set(tmp_path_factory.mktemp("set") / "pictures")), "label")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write_encoder(tmp_path_factory.mktemp("weights") / "first.safetensors")


def cover_at(dec):
    """Where 20 cutouts of a training set lie."""
    return SkyCover(10.0 + np.arange(20), np.full(20, dec), np.full(20, 60.0))


def contenders(manager, *weights, npix=None):
    chosen = ProbeSettings("label", weights=tuple(map(str, weights)), npix=npix)
    return load_probed_encoders(chosen, manager)


@pytest.fixture
def seen(manager, tmp_path):
    """A contender that was trained where the cutouts called single are."""
    path = tmp_path / "seen.safetensors"
    return contenders(manager, write_encoder(path, cover=cover_at(-40.0), trained_on=ALL_PLACED))


def test_testing_on_what_was_trained_on_is_refused_unless_allowed(seen, cutouts, caplog):
    every = np.arange(40)
    with pytest.raises(CutoutError, match=r"seen: 20 of the 40 test cutouts.*--allow-leakage"):
        refuse_known(seen, cutouts, every, allowed=False)
    known = refuse_known(seen, cutouts, every, allowed=True)
    assert (known.shown, known.notes) == ({"seen": 20}, ())
    assert "20 of the 40 test cutouts" in caplog.text


def test_only_rows_that_are_tested_on_count(seen, cutouts):
    test = np.flatnonzero(cutouts.labels == "double")
    assert refuse_known(seen, cutouts, test, allowed=False).shown == {"seen": 0}


def test_what_cannot_be_known_is_said(seen, weights, manager, cutouts, tmp_path):
    every = np.arange(40)
    (silent,) = refuse_known(
        contenders(manager, weights, "scratch"), cutouts, every, allowed=False
    ).notes
    assert "its weights do not say where they were trained" in silent
    path = tmp_path / "partly.safetensors"
    write_encoder(path, cover=cover_at(5.0), trained_on=({"cutouts": 25, "placed": 20},))
    (partly,) = refuse_known(contenders(manager, path), cutouts, every, allowed=False).notes
    assert partly.startswith("5 of the 25 cutouts that partly was trained on have no position")
    nowhere = replace(cutouts, find_cover=lambda: SkyCover(*np.full((3, 40), np.nan)))
    (unplaced,) = refuse_known((*seen, *seen), nowhere, every, allowed=False).notes
    assert unplaced.startswith("40 of the 40 tested cutouts have no position")


def test_what_a_hub_has_seen_is_not_known(weights, manager, cutouts):
    (ours,) = contenders(manager, weights)
    hub = replace(ours, name="photographs", path=None)  # as models of hubs come
    known = refuse_known((hub,), cutouts, np.arange(40), allowed=False)
    (note,) = known.notes
    assert note.startswith("whether photographs was trained on what it is tested on cannot be")
    assert known.shown == {}


def test_contenders_are_shown_one_size_or_what_each_knows(weights, manager, tmp_path):
    other = write_encoder(tmp_path / "other.safetensors", npix=40)
    with pytest.raises(OptionError, match="32 and 40 pixels: give --npix 32"):
        contenders(manager, weights, other)
    for npix, sizes in ((64, [64, 64]), ("own", [32, 40])):
        made = contenders(manager, weights, other, npix=npix)
        assert [contender.card.npix for contender in made] == sizes


def test_names_are_given_or_taken_from_the_card(weights, manager):
    made = contenders(manager, weights, f"ours={weights}", f"scratch:{weights}", "scratch")
    assert [contender.name for contender in made] == ["first", "ours", "scratch", "scratch-2"]
    with pytest.raises(OptionError, match="scratch takes the network of other weights"):
        contenders(manager, "scratch")


def test_names_are_in_any_script(weights, manager):
    (greek,) = contenders(manager, f"λ={weights}")
    assert greek.name == "λ"
    (spaced,) = contenders(manager, f" ours ={weights}")
    assert spaced.name == "ours"


def test_scratch_is_the_same_network_with_weights_that_follow_the_seed(weights, manager):
    trained, scratch = contenders(manager, weights, "scratch")
    first, again, other = (scratch.network(seed).state_dict() for seed in (1, 1, 2))
    assert {n: t.shape for n, t in first.items()} == {
        n: t.shape for n, t in trained.network(1).state_dict().items()
    }
    name = "backbone.body.conv1.weight"
    assert torch.equal(first[name], again[name])
    assert not torch.equal(first[name], other[name])
    assert not torch.equal(first[name], trained.network(1).state_dict()[name])

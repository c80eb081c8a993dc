"""Fine-tuning a network in a few steps, and what must not change its outcome."""

import numpy as np
import pytest
import torch
from probe_samples import picture

from sciarada.errors import OptionError
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options
from sciarada.hooks.protocols import SkyInfo
from sciarada.nn.probes.fine_tuning import fine_tune
from sciarada.nn.probes.settings import FineTuneSettings

NAMES = np.array(["double", "single"])
TRAIN, TEST = np.arange(24), np.arange(24, 40)
SHORT = FineTuneSettings(epochs=1, steps=14, batch=12, learning_rate=1e-3, views=("flip",))


@pytest.fixture(scope="module")
def manager():
    return PluginManager.discover()


@pytest.fixture(scope="module")
def encoder(manager):
    spec = manager.find("encoder", "simclr")
    chosen = ("hidden=16", "outputs=8", "stem=standard", "channels=asinh")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        made = spec.build(parse_options(spec.options, chosen, plugin="simclr"))
    return made.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(1)
    labels = NAMES[np.arange(40) % 2]
    return labels, np.stack([picture(name, rng)[4:36, 4:36] for name in labels])


def tuned(encoder, samples, manager, settings=SHORT, labels=None, **more):
    pixels = samples[1]
    return fine_tune(
        encoder,
        lambda rows: pixels[rows],
        SkyInfo.unknown(torch.from_numpy(pixels)).of,
        samples[0] if labels is None else labels,
        TRAIN,
        TEST,
        settings,
        npix=32,
        classes=tuple(NAMES),
        manager=manager,
        **more,
    )


def test_a_network_learns_and_is_left_as_it_was(encoder, samples, manager):
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    made = tuned(encoder, samples, manager, balanced=True)
    assert (made.given == samples[0][TEST]).mean() > 0.8
    np.testing.assert_allclose(made.probabilities.sum(axis=1), 1, atol=1e-5)
    assert all(torch.equal(before[n], value) for n, value in encoder.state_dict().items())
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_the_seed_alone_decides_and_labels_of_test_rows_do_not(encoder, samples, manager):
    quick = FineTuneSettings(epochs=1, steps=2, batch=12, views=("flip",))
    hidden = samples[0].copy()
    hidden[TEST] = "double"
    torch.manual_seed(5)
    first = tuned(encoder, samples, manager, quick, seed=1)
    torch.manual_seed(6)
    again = tuned(encoder, samples, manager, quick, hidden, seed=1)
    other = tuned(encoder, samples, manager, quick, seed=2)
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    assert np.abs(first.probabilities - other.probabilities).max() > 0


def test_what_cannot_be_used_is_one_sentence(encoder, samples, manager):
    with pytest.raises(OptionError, match="the device 'abacus' is unavailable"):
        tuned(encoder, samples, manager, device="abacus")
    with pytest.raises(OptionError, match="shows another cutout has another label"):
        tuned(encoder, samples, manager, FineTuneSettings(views=("rsv",)))

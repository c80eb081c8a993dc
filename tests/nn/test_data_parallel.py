"""Two processes that share a batch train as one does that has the whole batch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from data_parallel import main
from hypothesis import given
from hypothesis import strategies as st
from small_encoders import ENCODERS
from torch import nn

from sciarada.nn.normalisation import GlobalBatchNorm, synchronised

PROGRAM = Path(__file__).with_name("data_parallel.py")


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, dict]:
    """What one process finds, and what each of two finds."""
    folder = tmp_path_factory.mktemp("processes")
    environment = os.environ | {
        "GLOO_SOCKET_IFNAME": "lo",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    children = [
        subprocess.Popen(
            [sys.executable, PROGRAM, str(rank), "2", folder],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    threads = torch.get_num_threads()
    main(0, 1, folder)
    torch.set_num_threads(threads)
    for child in children:
        _, errors = child.communicate(timeout=300)
        assert child.returncode == 0, errors
    return {path.stem: torch.load(path) for path in folder.glob("*.pt")}


@pytest.mark.parametrize("part", [*ENCODERS, "exchange"])
@pytest.mark.parametrize("rank", [0, 1])
def test_two_processes_find_what_one_does(found, part, rank):
    alone, shared = found["0-of-1"][part], found[f"{rank}-of-2"][part]
    assert alone.keys() == shared.keys()
    for name, wanted in alone.items():
        torch.testing.assert_close(
            shared[name],
            wanted,
            rtol=1e-6,
            atol=1e-9,
            msg=lambda text, name=name: f"{name}: {text}",
        )


@pytest.mark.parametrize("name", ENCODERS)
def test_the_losses_of_that_training_are_no_zeros(found, name):
    alone = found["0-of-1"][name]
    assert alone["total 0"] != alone["total 1"]
    assert any(n.startswith("gradient of backbone") and g.any() for n, g in alone.items())


@given(shape=st.sampled_from([(5, 3), (4, 3, 6), (2, 3, 4, 5)]), training=st.booleans())
def test_a_lone_process_has_plain_batch_normalisation(shape, training):
    plain = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d}[len(shape)](3)
    ours = synchronised(type(plain)(3))
    values = torch.randn(shape)
    torch.testing.assert_close(ours.train(training)(values), plain.train(training)(values))
    torch.testing.assert_close(dict(ours.state_dict()), dict(plain.state_dict()))


def test_synchronised_modules_keep_their_parameters_and_names():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sequential(nn.BatchNorm2d(2), nn.ReLU())).eval()
    names, parameters = list(module.state_dict()), list(module.parameters())
    same = synchronised(module)
    assert same is module
    assert isinstance(module[1][0], GlobalBatchNorm)
    assert not module[1][0].training
    assert list(module.state_dict()) == names
    assert all(map(lambda a, b: a is b, module.parameters(), parameters))
    assert synchronised(module)[1][0] is module[1][0]


def test_on_cuda_torch_s_own_layers_take_over():
    module = synchronised(nn.Sequential(nn.BatchNorm2d(2)), "cuda:0")
    assert isinstance(module[0], nn.SyncBatchNorm)

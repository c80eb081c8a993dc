"""A checkpoint gives back the very state, and refuses all else in one sentence of ours."""

import pickle
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import torch

from sciarada.errors import OutputError
from sciarada.nn.training.checkpoint import load_checkpoint, save_checkpoint

STEPS = 30


def training(width=3, steps=1):
    torch.manual_seed(1)
    module = torch.nn.Linear(4, width)
    optimiser = torch.optim.AdamW(module.parameters())
    for _ in range(steps):
        module(torch.ones(2, 4)).sum().backward()
        optimiser.step()
    return module, optimiser


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, *training(), step=7)
    return path


def test_the_state_comes_back(path):
    module, optimiser = training(steps=0)
    assert load_checkpoint(path, module, optimiser, STEPS) == 7
    expected, moments = training()
    torch.testing.assert_close(module.state_dict(), expected.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(optimiser.state_dict(), moments.state_dict(), rtol=0, atol=0)


class Malice:
    """Would make a folder when it is unpickled."""

    def __reduce__(self):
        import os

        return os.mkdir, ("malice",)


def changed(**entries):
    """Return what writes a checkpoint with other entries."""

    def write(path):
        module, optimiser = training()
        state = {"step": 7, "module": module.state_dict(), "optimiser": optimiser.state_dict()}
        torch.save(state | entries, path)

    return write


def packed(path):
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def of_another_network(path):
    save_checkpoint(path, *training(width=5), step=7)


def with_moments_of_another(path):
    module, _ = training()
    _, optimiser = training(width=5)
    state = {"step": 7, "module": module.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save(state, path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: path.write_bytes(b"no checkpoint"),
        lambda path: path.write_bytes(pickle.dumps({"step": 7})),
        lambda path: torch.save({"step": 7, "module": Malice()}, path),
        lambda path: torch.save([1, 2], path),
        lambda path: torch.save({"step": 7}, path),
        changed(step=None),
        changed(step=-1),
        changed(step=STEPS + 1),
        changed(step=2**70),
        changed(module={"weight": 5}),
        changed(optimiser={}),
        packed,
        of_another_network,
        with_moments_of_another,
        changed(module={"weight": torch.full((3, 4), torch.nan), "bias": torch.zeros(3)}),
    ],
)  # fmt: skip
def test_all_else_is_one_sentence(path, damage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    damage(path)
    with pytest.raises(OutputError) as raised:
        load_checkpoint(path, *training(), STEPS)
    said = str(raised.value)
    assert said.startswith(f"the checkpoint {path} ")
    assert "start again with --overwrite" in said
    assert not any(
        word in said for word in ("weights_only", "torch", "pickle", "Error", "size mis")
    )
    assert not (tmp_path / "malice").exists()


def test_bits_that_flip_never_end_in_a_traceback(path):
    sound = path.read_bytes()
    random = np.random.default_rng(4)
    for _ in range(150):
        data = bytearray(sound)
        for place in random.integers(len(data), size=4):
            data[place] ^= 1 << int(random.integers(8))
        path.write_bytes(data)
        with suppress(OutputError):
            assert load_checkpoint(path, *training(), STEPS) <= STEPS

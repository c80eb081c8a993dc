"""The log of a training loses only lines that are newer, or unfinished."""

import json

import pytest

from sciarada.errors import OutputError
from sciarada.nn.training.run_folder import RunFolder

LOG = "step,epoch,loss\n2,1,5.5\n4,2,4.5\n6,3,3.5\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    return RunFolder(tmp_path)


def test_newer_lines_are_dropped(folder):
    folder.forget_after(4)
    assert (folder.path / "log.csv").read_text().split() == LOG.split()[:3]


@pytest.mark.parametrize("end", range(len(LOG) - 8, len(LOG)))
def test_an_unfinished_last_line_is_dropped(folder, end):
    (folder.path / "log.csv").write_text(LOG[:end])
    folder.forget_after(100)
    assert (folder.path / "log.csv").read_text().split() == LOG.split()[:3]


@pytest.mark.parametrize("end", range(len("step,epoch,loss\n2,1")))
def test_a_log_without_a_whole_line_is_begun_again(folder, end):
    (folder.path / "log.csv").write_text(LOG[:end])
    folder.forget_after(100)
    folder.log({"step": 2, "other": 1.5})
    assert (folder.path / "log.csv").read_text().split() == ["step,other", "2,1.5"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe\n1,2\n3,4\n", "is damaged: move it away"),
        (b"epoch,loss\n1,2\n3,4\n", "has no column step"),
        (b"step,step\n1,2\n3,4\n", "has no column step, or one twice"),
        (b"step,loss\n1,2\nx,3\n3,4\n", "is damaged in line 3"),
        (b"step,loss\n1\n3,4\n", "is damaged in line 2"),
        (b"step,loss\n1,2,3\n3,4\n", "is damaged in line 2"),
        (b'step,loss\n"1"x,2\n3,4\n', "is damaged: move it away"),
        (b"step,loss\n" + b"9" * 200_000 + b",2\n", "is damaged: move it away"),
    ],
)
def test_a_damaged_log_is_left_as_it_is(folder, content, fault):
    (folder.path / "log.csv").write_bytes(content)
    with pytest.raises(OutputError, match=rf"log\.csv {fault}"):
        folder.forget_after(4)
    assert (folder.path / "log.csv").read_bytes() == content


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is not JSON, or cut short"),
        (b"[]", "is not one JSON object"),
        (b"\xff", "is not text in UTF-8"),
        (b'{"a": 1, "a": 1}', "has 'a' twice"),
        (b"[" * 100_000, "has more than 40 levels"),
    ],
)
def test_a_damaged_configuration_is_one_sentence(folder, content, fault):
    (folder.path / "configuration.json").write_bytes(content)
    with pytest.raises(OutputError, match=rf"configuration\.json {fault}.*--overwrite"):
        folder.difference({})


def test_settings_are_compared_under_their_present_names(folder):
    settings = {"rate": 0.1, "frame": "source", "accelerator": "cpu", "epochs": 3}
    (folder.path / "configuration.json").write_text(json.dumps({"settings": settings}))
    present = {"learning_rate": 0.1, "crop": "source", "device": "cpu", "epochs": 3}
    assert folder.difference({"settings": present}) is None
    assert folder.difference({"settings": present | {"learning_rate": 0.2}}) == "settings"

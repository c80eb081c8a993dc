"""Finished products never take the place of something that appeared meanwhile."""

import errno
import json
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from sciarada.errors import OutputError
from sciarada.io import free_names
from sciarada.io.atomic import atomic_folder, atomic_path
from sciarada.io.kinds import Kind
from sciarada.io.place import Place

ROUNDS = 150
OURS = Kind("test file", lambda path: path.read_text().startswith("ours"))


def write(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(json.dumps({"text": text}))
    (folder / "map.fits").write_text(text)


def make(out: Path, text: str, **how) -> None:
    with atomic_folder(out, "run.json", **how) as part:
        write(part, text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def in_turns(first, second, rounds=ROUNDS) -> None:
    """Call both at the same time, again and again."""
    barrier = threading.Barrier(2)

    def repeat():
        for number in range(rounds):
            barrier.wait(30)
            second(number)
            barrier.wait(30)

    thread = threading.Thread(target=repeat)
    thread.start()
    for number in range(rounds):
        barrier.wait(30)
        first(number)
        barrier.wait(30)
    thread.join(30)
    assert not thread.is_alive()


def test_a_folder_made_at_the_same_moment_keeps_its_files(tmp_path):
    """Another program makes the folder and writes a file into it, at any moment."""
    early = set()

    def publish(number):
        try:
            make(tmp_path / str(number), "new")
        except OutputError as error:
            if "already exists" in str(error):  # before there was any work
                early.add(number)

    def write_notes(number):
        out = tmp_path / str(number)
        for _ in range(number % 40):
            out.exists()  # some microseconds
        try:
            out.mkdir()
        except FileExistsError:
            return
        while True:
            try:
                (out / "notes.txt").write_text("mine")
                return
            except FileNotFoundError:  # it is between two renames
                continue

    in_turns(publish, write_notes)
    for number in range(ROUNDS):
        out, beside = tmp_path / str(number), tmp_path / f"{number}_2"
        whole = beside if beside.exists() else out
        assert number in early or (whole / "map.fits").read_text() == "new"
        if number in early or beside.exists():
            assert names(out) == ["notes.txt"]
    assert not [path for path in tmp_path.iterdir() if path.name[0] == "."]


def test_a_file_added_while_a_folder_is_replaced_stays(tmp_path):
    for number in range(ROUNDS):
        make(tmp_path / str(number), "old")
    early = set()

    def publish(number):
        try:
            make(tmp_path / str(number), "new", overwrite=True)
        except OutputError as error:
            if "is not replaced" in str(error):  # before there was any work
                early.add(number)

    def write_notes(number):
        for _ in range(number % 40):
            tmp_path.exists()
        while not (tmp_path / str(number) / "notes.txt").exists():
            with suppress(FileNotFoundError):  # the place is empty for a moment
                (tmp_path / str(number) / "notes.txt").write_text("mine")

    in_turns(publish, write_notes)
    for number in range(ROUNDS):
        out, beside = tmp_path / str(number), tmp_path / f"{number}_2"
        assert (out / "notes.txt").read_text() == "mine"
        if not (out / "map.fits").exists():  # the notes came while the place was empty
            both = {(tmp_path / f"{number}_{n}" / "map.fits").read_text() for n in (2, 3)}
            assert both == {"old", "new"}
            continue
        kept = number in early or beside.exists()
        assert (out / "map.fits").read_text() == ("old" if kept else "new")
        if beside.exists():
            assert (beside / "map.fits").read_text() == "new"
    assert not [path for path in tmp_path.iterdir() if path.name[0] == "."]


def test_a_file_made_at_the_same_moment_is_not_replaced(tmp_path):
    def publish(number):
        path = tmp_path / f"{number}.txt"
        try:
            with atomic_path(path) as part:
                part.write_text("ours")
        except OutputError:
            found = [each.read_text() for each in tmp_path.glob(f"{number}_2.txt")]
            assert found in ([], ["ours"])  # refused at once, or kept beside it

    def write_notes(number):
        try:
            with (tmp_path / f"{number}.txt").open("x") as stream:
                stream.write("mine")
        except FileExistsError:
            (tmp_path / f"{number}.txt").rename(tmp_path / f"{number}.lost")

    in_turns(publish, write_notes)
    for number in range(ROUNDS):
        path, lost = tmp_path / f"{number}.txt", tmp_path / f"{number}.lost"
        assert path.read_text() == "mine" if path.exists() else lost.read_text() == "ours"


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file", "link"])
def test_whatever_appears_is_left_as_it_is(tmp_path, kind):
    out = tmp_path / "out"

    def appear():
        match kind:
            case "folder":
                out.mkdir()
                (out / "notes.txt").write_text("mine")
            case "empty folder":
                out.mkdir()
            case "file":
                out.write_text("mine")
            case "link":
                out.symlink_to("nowhere")

    def publish():
        with atomic_folder(out, "run.json") as part:
            write(part, "new")
            appear()

    with pytest.raises(OutputError, match=r"out was changed while .* products are in .*out_2"):
        publish()
    assert names(tmp_path) == ["out", "out_2"]
    assert (tmp_path / "out_2" / "map.fits").read_text() == "new"
    assert out.is_symlink() == (kind == "link")
    assert out.is_file() == (kind == "file")


def test_the_first_free_name_is_taken_and_endings_stay(tmp_path):
    (tmp_path / "set_2.zarr").mkdir()
    for name in ("set.zarr", "set.ecsv"):
        (tmp_path / "part").mkdir()
        moved = free_names.name_beside(tmp_path / "part", tmp_path / name, free_names.name_folder)
        assert moved.name == {"set.zarr": "set_3.zarr", "set.ecsv": "set_2.ecsv"}[name]


def test_an_empty_folder_that_was_there_is_filled_and_keeps_its_permissions(tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o750)
    make(out, "new")
    assert out.stat().st_mode & 0o777 == 0o750
    make(out, "newer", overwrite=True)
    assert out.stat().st_mode & 0o777 == 0o750


def test_an_empty_folder_that_is_filled_meanwhile_is_left_alone(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    place = Place.look(out, "run.json")
    (out / "notes.txt").write_text("mine")
    (tmp_path / "part").mkdir()
    with pytest.raises(OutputError, match="products are in"):
        place.publish(tmp_path / "part")
    assert names(out) == ["notes.txt"]


def test_a_folder_that_is_gone_in_the_end_is_no_trouble(tmp_path):
    out = tmp_path / "out"
    make(out, "old")
    place = Place.look(out, "run.json", overwrite=True)
    out.rename(tmp_path / "moved by the user")
    (tmp_path / "part").mkdir()
    write(tmp_path / "part", "new")
    place.publish(tmp_path / "part")
    assert (out / "map.fits").read_text() == "new"
    assert (tmp_path / "moved by the user" / "map.fits").read_text() == "old"


@pytest.mark.parametrize("step", [1, 2])
def test_a_system_that_refuses_leaves_the_old_folder(tmp_path, monkeypatch, step):
    out = tmp_path / "out"
    make(out, "old")
    rename, calls = Path.rename, []

    def refuse(self, target):
        calls.append(target)
        if len(calls) == step:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="Input/output error"):
        make(out, "new", overwrite=True)
    monkeypatch.undo()
    assert names(tmp_path) == ["out"]
    assert (out / "map.fits").read_text() == "old"


def test_a_file_that_takes_the_place_in_the_moment_of_the_exchange(tmp_path, monkeypatch):
    """The old folder is moved away, and before the new one comes somebody makes another."""
    out = tmp_path / "out"
    make(out, "old")

    mkdir = Path.mkdir

    def mkdir_too_late(self, *arguments, **options):
        if self == out and not out.exists():
            mkdir(out)
            (out / "notes.txt").write_text("mine")
        mkdir(self)

    with atomic_folder(out, "run.json", overwrite=True) as part:
        write(part, "new")
        place = Place.look(out, "run.json", overwrite=True)
        monkeypatch.setattr(Path, "mkdir", mkdir_too_late)
        with pytest.raises(OutputError, match=r"products are in .*out_3"):
            place.publish(part)
        monkeypatch.undo()
        part.mkdir()
        write(part, "another")
        (out / "notes.txt").rename(tmp_path / "notes.txt")
        out.rmdir()
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "out_2" / "map.fits").read_text() == "old"
    assert (tmp_path / "out_3" / "map.fits").read_text() == "new"


def test_a_file_system_without_hard_links(tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with atomic_path(tmp_path / "x.txt") as part:
        part.write_text("ours")
    assert (tmp_path / "x.txt").read_text() == "ours"
    (tmp_path / "part").write_text("new")
    with pytest.raises(FileExistsError):
        free_names.name_file(tmp_path / "part", tmp_path / "x.txt")
    assert (tmp_path / "x.txt").read_text() == "ours"


def replace(path: Path, text: str, meanwhile=lambda: None) -> None:
    with atomic_path(path, overwrite=True, kind=OURS) as part:
        part.write_text(text)
        meanwhile()


def test_a_file_of_somebody_else_is_not_replaced(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("thesis")
    with pytest.raises(OutputError, match=r"x\.txt is not replaced: it is not a test file that"):
        replace(path, "ours, newer")
    assert path.read_text() == "thesis"
    path.write_text("ours")
    replace(path, "ours, newer")
    assert path.read_text() == "ours, newer"


def test_a_file_that_is_changed_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("ours")
    with pytest.raises(OutputError, match=r"written is in .*x_2\.txt"):
        replace(path, "ours, newer", lambda: path.write_text("mine"))
    assert path.read_text() == "mine"
    assert (tmp_path / "x_2.txt").read_text() == "ours, newer"


@pytest.mark.parametrize("make_it", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(tmp_path, make_it):
    make_it(tmp_path / "x.txt")
    with pytest.raises(OutputError, match="is not replaced"):
        replace(tmp_path / "x.txt", "ours")


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "x.txt").symlink_to("far/x.txt")
    with atomic_path(tmp_path / "x.txt") as part:
        part.write_text("ours")
    replace(tmp_path / "x.txt", "ours, newer")
    assert (tmp_path / "x.txt").is_symlink()
    assert (tmp_path / "far" / "x.txt").read_text() == "ours, newer"

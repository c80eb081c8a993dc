"""Outputs stay apart from the inputs of a run, and inputs must not change meanwhile."""

import os
from pathlib import Path

import pytest

from sciarada.errors import ChangedInputError, OutputError
from sciarada.io.inputs import Inputs


@pytest.fixture
def sky(tmp_path) -> Path:
    """A folder with an image, as a user has one."""
    (tmp_path / "sky").mkdir()
    (tmp_path / "sky" / "image.fits").write_bytes(b"pixels" * 1000)
    return tmp_path / "sky"


def linked(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


def hard_linked(path: Path, target: Path) -> Path:
    path.hardlink_to(target)
    return path


REFUSED = {
    "the same file": lambda sky: (sky / "image.fits", sky / "image.fits"),
    "by another path": lambda sky: (sky / "image.fits", sky / ".." / "sky" / "image.fits"),
    "output is a link to it": lambda sky: (
        sky / "image.fits",
        linked(sky / "x.fits", sky / "image.fits"),
    ),
    "input is a link to it": lambda sky: (
        linked(sky / "x.fits", sky / "image.fits"),
        sky / "image.fits",
    ),
    "a hard link": lambda sky: (
        sky / "image.fits",
        hard_linked(sky / "x.fits", sky / "image.fits"),
    ),
    "its folder": lambda sky: (sky / "image.fits", sky),
    "a folder above": lambda sky: (sky / "image.fits", sky.parent),
    "a link to its folder": lambda sky: (
        sky / "image.fits",
        linked(sky.parent / "s", sky),
    ),
    "the folder of a link to it": lambda sky: (
        linked(sky.parent / "x.fits", sky / "image.fits"),
        sky,
    ),
    "the folder in which a link to it lies": lambda sky: (
        linked(sky / "x.fits", hard_linked(sky.parent / "far.fits", sky / "image.fits")),
        sky,
    ),
    "the input folder itself": lambda sky: (sky, sky),
    "in the input folder": lambda sky: (sky, sky / "out"),
    "deep in the input folder": lambda sky: (sky, sky / "not" / "there" / "out.fits"),
    "in a link to the input folder": lambda sky: (sky, linked(sky.parent / "s", sky) / "out"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_an_output_that_touches_an_input_is_refused(sky, case):
    read, out = case(sky)
    with pytest.raises(OutputError, match="an input of this run: give another OUT") as caught:
        Inputs.of(read).keep_apart(out, option="OUT")
    assert str(out) in str(caught.value)


ALLOWED = {
    "beside it": lambda sky: (sky / "image.fits", sky / "out"),
    "another file": lambda sky: (sky / "image.fits", hard_linked(sky / "y", sky.parent / "far")),
    "an input that is not there": lambda sky: (sky / "none.fits", sky / "other.fits"),
    "a name that begins alike": lambda sky: (sky, sky.with_name("sky_out")),
    "the folder of a file linked elsewhere": lambda sky: (
        hard_linked(sky.parent / "z" / "image.fits", sky / "image.fits"),
        sky,
    ),
    "none": lambda sky: (None, sky),
}


@pytest.mark.parametrize("case", ALLOWED.values(), ids=ALLOWED)
def test_an_output_that_touches_no_input_is_allowed(sky, case):
    (sky.parent / "far").write_text("another file")
    (sky.parent / "z").mkdir()
    read, out = case(sky)
    Inputs.of(read).keep_apart(out)


def in_place(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(b"P")


def in_place_with_old_time(path: Path) -> None:
    facts = path.stat()
    in_place(path)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def replaced(path: Path) -> None:
    path.with_name("new").write_bytes(b"PIXELS" * 1000)
    path.with_name("new").replace(path)


def replaced_with_old_time(path: Path) -> None:
    facts = path.stat()
    path.with_name("new").write_bytes(b"PIXELS" * 1000)
    os.utime(path.with_name("new"), ns=(facts.st_atime_ns, facts.st_mtime_ns))
    path.with_name("new").replace(path)


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "change",
    [
        in_place,
        in_place_with_old_time,
        replaced,
        replaced_with_old_time,
        replaced_by_a_folder,
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: path.rename(path.with_name("moved")),
    ],
)
@pytest.mark.parametrize("name", ["image.fits", "link.fits"])
def test_a_changed_input_is_found(sky, change, name):
    (sky / "link.fits").symlink_to("image.fits")
    inputs = Inputs.of(sky / name)
    inputs.check_unchanged()
    change(sky / "image.fits")
    with pytest.raises(ChangedInputError, match=rf"{name} (changed|went away) while it was read"):
        inputs.check_unchanged()


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.chmod(0o600),
        lambda path: path.with_name("kept").hardlink_to(path),
        lambda path: path.read_bytes(),
        lambda path: path.with_name("catalogue.fits").write_bytes(b""),
    ],
)
def test_what_does_not_change_the_content_is_no_change(sky, change):
    inputs = Inputs.of(sky / "image.fits", sky)
    change(sky / "image.fits")
    inputs.check_unchanged()


def test_the_files_of_a_store_are_inputs(tmp_path):
    chunk = tmp_path / "set.zarr" / "pixels" / "c" / "0"
    chunk.parent.mkdir(parents=True)
    chunk.write_bytes(b"pixels")
    inputs = Inputs.of(tmp_path / "set.zarr")
    chunk.write_bytes(b"PIXELS")
    with pytest.raises(ChangedInputError, match=r"set\.zarr/pixels/c/0 changed"):
        inputs.check_unchanged()


def test_many_inputs_are_known_without_reading_them(tmp_path, monkeypatch):
    paths = [tmp_path / str(number) for number in range(40)]
    for path in paths:
        path.write_text("pixels")
    monkeypatch.setattr("sciarada.io.inputs.file_fingerprint", None)
    inputs = Inputs.of(*paths)
    inputs.keep_apart(tmp_path / "out")
    inputs.check_unchanged()
    paths[7].write_text("PIXELS!")
    with pytest.raises(ChangedInputError):
        inputs.check_unchanged()


def test_parts_are_given_before_the_inputs_are_checked(sky):
    inputs = Inputs.of(sky / "image.fits")
    assert list(inputs.unchanged_after([1, 2])) == [1, 2]
    parts = inputs.unchanged_after([1, 2])
    assert next(parts) == 1
    in_place(sky / "image.fits")
    assert next(parts) == 2
    with pytest.raises(ChangedInputError):
        next(parts)

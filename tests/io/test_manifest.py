"""What a run wrote is known from its record, and anything else is not taken for it."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.fingerprint import READ_COMPLETELY
from sciarada.errors import OutputError
from sciarada.io.manifest import is_as_written, own_contents, renew, seal

FILES = {"a.fits": b"pixels", "b.vot": b"", "pixels/c/0/0": b"12345678"}


def make(folder: Path, record: dict | None = None) -> Path:
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "run.json").write_text(json.dumps({"counts": 3} if record is None else record))
    seal(folder, "run.json")
    return folder


def edit(path: Path) -> None:
    """Change a file without changing its size or the time of its last change."""
    facts = path.stat()
    path.write_bytes(bytes(255 - byte for byte in path.read_bytes()))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def edit_record(folder: Path) -> None:
    facts = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**facts, "note": "mine"}))


def forge_record(folder: Path) -> None:
    """List a file of one's own, by hand."""
    facts = json.loads((folder / "run.json").read_text())
    (folder / "thesis.tex").write_text("years")
    facts["files"].append({**facts["files"][0], "name": "thesis.tex", "size": 5})
    (folder / "run.json").write_text(json.dumps(facts))


def replace_by_link(folder: Path) -> None:
    (folder / "a.fits").rename(folder.with_name("elsewhere.fits"))
    (folder / "a.fits").symlink_to(folder.with_name("elsewhere.fits"))


REFUSED = {
    "edited": lambda f: edit(f / "a.fits"),
    "edited below": lambda f: edit(f / "pixels/c/0/0"),
    "longer": lambda f: (f / "b.vot").write_bytes(b"x"),
    "new file": lambda f: (f / "notes.txt").write_text("mine"),
    "new file below": lambda f: (f / "pixels/c/notes.txt").write_text("mine"),
    "hidden file": lambda f: (f / ".notes").write_text("mine"),
    "not UTF-8": lambda f: Path(os.fsdecode(os.fsencode(f) + b"/\xff")).write_text("mine"),
    "new folder": lambda f: (f / "figures").mkdir(),
    "link": lambda f: (f / "more.fits").symlink_to("a.fits"),
    "link to a folder": lambda f: (f / "data").symlink_to(f),
    "replaced by a link": replace_by_link,
    "pipe": lambda f: os.mkfifo(f / "pipe"),
    "renamed": lambda f: (f / "a.fits").rename(f / "d.fits"),
    "record edited": edit_record,
    "record forged": forge_record,
    "record gone": lambda f: (f / "run.json").unlink(),
    "record cut": lambda f: (f / "run.json").write_text('{"files": ['),
    "record of another kind": lambda f: (f / "run.json").write_text("[1, 2]"),
    "record without a list": lambda f: (f / "run.json").write_text("{}"),
    "record nested beyond reason": lambda f: (f / "run.json").write_text("[" * 100_000),
    "record a link": lambda f: (
        (f / "run.json").rename(f.with_name("r.json"))
        and (f / "run.json").symlink_to(f.with_name("r.json"))
    ),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_a_run_did_not_write_is_not_its_own(tmp_path, change):
    folder = make(tmp_path / "out")
    change(folder)
    with pytest.raises(OutputError, match=r"out is not replaced: .*--out") as caught:
        own_contents(folder, "run.json")
    assert "\n" not in str(caught.value)


ALLOWED = {
    "nothing": lambda f: None,
    "touched": lambda f: os.utime(f / "a.fits"),
    "other permissions": lambda f: (f / "a.fits").chmod(0o600),
    "hard link elsewhere": lambda f: f.with_name("kept.fits").hardlink_to(f / "a.fits"),
    "a file removed": lambda f: (f / "a.fits").unlink(),
    "the folder renamed": lambda f: f.rename(f.with_name("x")) and f.with_name("x").rename(f),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_loses_nothing_is_allowed(tmp_path, change):
    folder = make(tmp_path / "out")
    change(folder)
    assert set(own_contents(folder, "run.json")) >= {"b.vot", "pixels/", "run.json"}


def test_the_sentence_names_three_files(tmp_path):
    folder = make(tmp_path / "out")
    for number in range(5):
        (folder / f"n{number}").write_text("mine")
    with pytest.raises(OutputError, match="n0, n1, n2 and 2 more"):
        own_contents(folder, "run.json")


def test_a_large_file_that_was_changed_between_the_blocks_that_are_read(tmp_path):
    folder = make(tmp_path / "out")
    with (folder / "map.fits").open("wb") as stream:
        stream.truncate(3 * READ_COMPLETELY)
    seal(folder, "run.json")
    assert "map.fits" in own_contents(folder, "run.json")
    with (folder / "map.fits").open("r+b") as stream:
        stream.seek((1 << 16) + 1)  # just after the first block
        stream.write(b"x")
    with pytest.raises(OutputError, match=r"map\.fits"):
        own_contents(folder, "run.json")


def test_the_attributes_of_a_zarr_group_hold_the_list(tmp_path):
    record = {"zarr_format": 3, "attributes": {"mine": 1}}
    folder = make(tmp_path / "out", record)
    facts = json.loads((folder / "run.json").read_text())
    assert facts["zarr_format"] == 3
    assert [entry["name"] for entry in facts["attributes"]["files"]] == sorted(FILES)
    own_contents(folder, "run.json")
    facts["zarr_format"] = 2
    (folder / "run.json").write_text(json.dumps(facts))
    with pytest.raises(OutputError, match="was changed after the run"):
        own_contents(folder, "run.json")


def test_a_file_that_a_later_run_changed_is_entered_again(tmp_path):
    folder = make(tmp_path / "out")
    assert is_as_written(folder / "a.fits", "run.json")
    (folder / "a.fits").write_bytes(b"pixels and scores")
    assert not is_as_written(folder / "a.fits", "run.json")
    renew(folder / "a.fits", "run.json")
    assert is_as_written(folder / "a.fits", "run.json")
    own_contents(folder, "run.json")


NAMES = st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h"])


@settings(max_examples=40)
@given(
    written=st.dictionaries(NAMES, st.binary(max_size=8), min_size=1),
    later=st.dictionaries(NAMES, st.binary(max_size=8)),
)
def test_a_folder_is_its_own_exactly_if_no_file_is_new_or_different(written, later):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in (written, later):
            for file, data in each.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(data)
            if each is written:
                (folder / "run.json").write_text("{}")
                seal(folder, "run.json")
        if all(written.get(file) == data for file, data in later.items()):
            own_contents(folder, "run.json")
        else:
            with pytest.raises(OutputError):
                own_contents(folder, "run.json")

"""The list of files that a run wrote into a folder, so that no run removes any other file.

The record of a run, a JSON file in that folder, lists the name, size, time of last change and
fingerprint of each file, and has a digest of itself. A fingerprint reads at most 16 MiB of a file
(`sciarada.core.fingerprint`): hashing the four maps of a field of 4096 pixels on a side completely
would add 5 % to the time of the run. For larger files the time of last change counts as well.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from sciarada.core.fingerprint import READ_COMPLETELY, file_fingerprint
from sciarada.core.stamp import Stamp
from sciarada.errors import OutputError
from sciarada.io.folder_contents import Contents, contents_of, listed

FILES, DIGEST = "files", "record_sha256"

Entry = dict[str, Any]


class _Unusable(Exception):
    """The reason why a record does not list the files of a run."""


def seal(
    folder: Path, record: str, names: Iterable[str] | None = None, *, read: bool = True
) -> None:
    """Add the list of written files to the record of a run.

    Parameters
    ----------
    folder : `~pathlib.Path`
        Folder of products.
    record : str
        Name of its record, a JSON file that holds an object.
    names : iterable of str, optional
        Files that the run wrote; by default everything in the folder.
    read : bool
        Whether to read the files for their fingerprints; otherwise they are known by size and
        time of last change alone.

    Raises
    ------
    OSError
        If a file cannot be read or the record cannot be written.
    """
    names = contents_of(folder) if names is None else names
    written = sorted(name for name in names if name != record and not name.endswith("/"))
    _write(folder / record, [_entry(folder / name, name, read) for name in written])


def renew(path: Path, record: str) -> None:
    """Enter the present state of a file into the record beside it, after a run changed the file.

    Raises
    ------
    OSError
        If the file cannot be read or the record cannot be written.
    """
    entries = {**(_entries(path.with_name(record)) or {})}
    entries[path.name] = _entry(path, path.name)
    _write(path.with_name(record), [entries[name] for name in sorted(entries)])


def is_as_written(path: Path, record: str) -> bool:
    """Return whether the record beside a file lists it, and the file has not changed since."""
    try:
        entries = _entries(path.with_name(record)) or {}
        return _is_unchanged(path, Stamp.of(path), entries.get(path.name))
    except (OSError, _Unusable):
        return False


def is_sealed(folder: Path, record: str) -> bool:
    """Return whether the record of a folder has a list of files."""
    try:
        return _entries(folder / record) is not None
    except _Unusable:
        return False


def facts_of(record: Path) -> dict[str, Any] | None:
    """Return the facts of a record without its list of files, None if it is not a record.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if not record.is_file():
        return None
    try:
        facts = json.loads(record.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict):
        return None
    return {name: value for name, value in facts.items() if name not in (FILES, DIGEST)}


def own_contents(
    folder: Path, record: str, option: str = "--out", unfinished: Collection[str] = ()
) -> Contents:
    """Return the content of a folder, if a run wrote all of it and nothing has changed since.

    Parameters
    ----------
    folder : `~pathlib.Path`
        Folder of products.
    record : str
        Name of its record.
    option : str
        What gives the folder on the command line, for messages.
    unfinished : collection of str
        Files that a run may have written before its record lists any.

    Raises
    ------
    OutputError
        If there are other files, changed files, or no such record.
    OSError
        If a file cannot be read.
    """
    found = contents_of(folder)
    try:
        entries = _entries(folder / record)
        if entries is None and not unfinished:
            raise _Unusable("does not list the files that the run wrote")
    except _Unusable as error:
        raise OutputError(
            f"{folder} is not replaced: its {record} {error}, so some of its files may be yours; "
            f"move the folder away or give another {option}"
        ) from error
    if entries is None:
        others = sorted(name for name in found if name not in unfinished)
    else:
        others = _others(folder, found, entries, record)
    if others:
        raise OutputError(
            f"{folder} is not replaced: a run did not write {listed(others)}, or not in its "
            f"present state; move it elsewhere or give another {option}"
        )
    return found


def _others(folder: Path, found: Contents, entries: dict[str, Entry], record: str) -> list[str]:
    """Return the names of files that differ from those that the run wrote."""
    others = []
    for name, stamp in found.items():
        if stat.S_ISDIR(stamp.kind):
            own = any(each.startswith(name) for each in entries)
        else:
            own = name == record or _is_unchanged(folder / name, stamp, entries.get(name))
        if not own:
            others.append(name)
    return sorted(others)


def _is_unchanged(path: Path, stamp: Stamp, entry: Entry | None) -> bool:
    if entry is None or not stat.S_ISREG(stamp.kind) or stamp.size != entry["size"]:
        return False
    fingerprint, same_time = entry["fingerprint"], stamp.mtime_ns == entry["mtime_ns"]
    if fingerprint is None:
        return same_time
    if stamp.size > READ_COMPLETELY and not same_time:
        return False
    return file_fingerprint(path) == fingerprint


def _entry(path: Path, name: str, read: bool = True) -> Entry:
    stamp = Stamp.of(path)
    return {
        "name": name,
        "size": stamp.size,
        "mtime_ns": stamp.mtime_ns,
        "fingerprint": file_fingerprint(path) if read else None,
    }


def _entries(record: Path) -> dict[str, Entry] | None:
    """Return the listed files by name; None where an intact record has no list."""
    if record.is_symlink() or not record.is_file():
        raise _Unusable("is missing")
    try:
        facts = json.loads(record.read_text(encoding="utf-8"))
        part = _part(facts)
        if FILES not in part:
            return None
        if part.get(DIGEST) != _digest(facts):
            raise _Unusable("was changed after the run")
        return {entry["name"]: entry for entry in part[FILES]}
    except OSError as error:
        raise _Unusable(f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _Unusable("is damaged") from error


def _part(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a record that holds the list: the attributes of a Zarr group."""
    return facts["attributes"] if "zarr_format" in facts else facts


def _digest(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of a record without its digest."""
    part = {name: value for name, value in _part(facts).items() if name != DIGEST}
    facts = {**facts, "attributes": part} if "zarr_format" in facts else part
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _write(record: Path, files: list[Entry]) -> None:
    facts = json.loads(record.read_text(encoding="utf-8"))
    part = _part(facts)
    part[FILES] = files
    part[DIGEST] = _digest(facts)
    written = record.with_name(f".{record.name}.part")
    written.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    written.replace(record)

"""The inputs of a run, which no output may touch and which must not change during the run."""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sciarada.core.fingerprint import file_fingerprint, files_in
from sciarada.core.image import SkyImage
from sciarada.core.stamp import Stamp
from sciarada.errors import ChangedInputError, OutputError

ZARR = ".zarr"
_FEW = 16  # files that are also known by a fingerprint, which takes some hundredths of a second

Part = TypeVar("Part")
Identity = tuple[int, int]
"""Device and inode: the same for all names of a file or folder."""


@dataclass(frozen=True)
class Inputs:
    """The inputs of a run as they were when it began.

    Parameters
    ----------
    paths : tuple of `~pathlib.Path`
        Files and folders; those that do not exist are left to who reads them.
    stamps : mapping of `~pathlib.Path` to Stamp
        State of each file, also of those in a Zarr store.
    fingerprints : mapping of `~pathlib.Path` to str
        Of the same files, where they are few.
    """

    paths: tuple[Path, ...] = ()
    stamps: Mapping[Path, Stamp] = field(default_factory=dict)
    fingerprints: Mapping[Path, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *inputs: str | Path | SkyImage | None) -> Inputs:
        """Return the state of files, folders and images; None and images in memory are omitted.

        An image counts as it was when it was opened.
        """
        images = {
            each.path: each.stamp
            for each in inputs
            if isinstance(each, SkyImage) and each.path is not None
        }
        named = (each.path if isinstance(each, SkyImage) else each for each in inputs)
        paths = tuple(dict.fromkeys(Path(each) for each in named if each is not None))
        stamps = {file: images.get(file) or stamp for file, stamp in _files(paths, set(images))}
        return cls(paths, stamps, _fingerprints(stamps))

    def joined(self, others: Inputs) -> Inputs:
        """Return these and other inputs; a file of both counts as it was for these."""
        return Inputs(
            tuple(dict.fromkeys([*self.paths, *others.paths])),
            {**others.stamps, **self.stamps},
            {**others.fingerprints, **self.fingerprints},
        )

    def keep_apart(self, *outputs: Path, option: str = "--out") -> None:
        """Refuse an output that is an input, contains one, or is inside one.

        Links do not matter: a file or folder is the same under each of its names.

        Parameters
        ----------
        outputs : `~pathlib.Path`
            Files and folders to make; they need not exist.
        option : str
            What gives them on the command line, for messages.

        Raises
        ------
        OutputError
            If there is such an output.
        """
        inputs = [(path, _identity(path)) for path in self.paths]
        above = {parent: _above(parent) for parent in {path.parent for path in self.paths}}
        for out in outputs:
            this, around = _identity(out), _above(out.parent)
            for path, identity in inputs:
                if identity is not None and identity == this:
                    raise OutputError(f"{out} is an input of this run: give another {option}")
                real = path.resolve().parent if path.is_symlink() else None
                if this in above[path.parent] or (real and this in _above(real)):
                    raise OutputError(
                        f"{out} holds {path}, an input of this run: give another {option}"
                    )
                if identity in around:
                    raise OutputError(
                        f"{out} lies in {path}, an input of this run: give another {option}"
                    )

    def check_unchanged(self) -> None:
        """Raise an error if an input was written, replaced or removed since the run began.

        Raises
        ------
        ChangedInputError
            If there is such an input.
        """
        for path, before in self.stamps.items():
            try:
                now = Stamp.of(path, follow=True)
                changed = before.is_rewritten(now) or (
                    now != before and self._has_other_content(path)
                )
            except OSError as error:
                raise ChangedInputError(
                    f"{path} went away while it was read ({error.strerror}): put it back and run "
                    "the command again"
                ) from error
            if changed:
                raise ChangedInputError(
                    f"{path} changed while it was read: run the command again when it is complete"
                )

    def unchanged_after(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield the results of the inputs part by part, and check the inputs after the last one.

        Raises
        ------
        ChangedInputError
            If an input has changed by then.
        """
        yield from parts
        self.check_unchanged()

    def _has_other_content(self, path: Path) -> bool:
        known = self.fingerprints.get(path)
        return known is not None and known != file_fingerprint(path)


NO_INPUTS = Inputs()


def _files(paths: Iterable[Path], images: Container[Path]) -> Iterator[tuple[Path, Stamp]]:
    """Yield each file, and its stamp; of folders, those that are a Zarr store or an image."""
    for path in paths:
        try:
            stamp = Stamp.of(path, follow=True)
        except OSError:
            continue
        if stat.S_ISREG(stamp.kind):
            yield path, stamp
        elif path.suffix.lower() == ZARR or path in images:
            yield from _files([path / name for name in files_in(path)], ())


def _fingerprints(stamps: Mapping[Path, Stamp]) -> dict[Path, str]:
    found = {}
    for path in stamps if len(stamps) <= _FEW else ():
        try:
            found[path] = file_fingerprint(path)
        except OSError:
            continue
    return found


def _identity(path: Path) -> Identity | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _above(folder: Path) -> set[Identity]:
    """Return the identities of a folder and of all its parents."""
    real = Path(os.path.realpath(folder))
    return {found for each in (real, *real.parents) if (found := _identity(each)) is not None}

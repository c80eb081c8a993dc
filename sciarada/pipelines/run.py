"""Common parts of all verbs: protect inputs, time stages, write products and record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.table import Table

from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import read_sets
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.io.staging import Staging, staging
from sciarada.pipelines.record import PAGE, now, versions, write_record
from sciarada.running.progress import Stopwatch

if TYPE_CHECKING:
    from sciarada.report.evaluation_html import Page


class Run:
    """A run that is under way: its inputs, its warnings and the time of its stages.

    Parameters
    ----------
    inputs : Inputs
        What is read.
    *outputs : `~pathlib.Path`
        Files and folders to make.

    Attributes
    ----------
    warnings : list of str
        What the user has to know, one sentence each.

    Raises
    ------
    OutputError
        If an output is an input, contains one, or is inside one.
    """

    def __init__(self, inputs: Inputs, *outputs: Path) -> None:
        inputs.keep_apart(*outputs)
        self.inputs = inputs
        self.outputs = outputs
        self.warnings: list[str] = []
        self._watch = Stopwatch()
        self.seconds = self._watch.seconds
        self.time = self._watch.time

    def add_inputs(self, inputs: Inputs) -> None:
        """Keep the outputs apart from further inputs, which are known only after reading others.

        Raises
        ------
        OutputError
            If an output is one of them, contains one, or is inside one.
        """
        inputs.keep_apart(*self.outputs)
        self.inputs = self.inputs.joined(inputs)

    def read_sets(
        self, sets: Sequence[str | Path] | CutoutSource, hdu: str | None = None
    ) -> CutoutSource:
        """Read sets of cutouts; the files of their pixels become inputs.

        Parameters
        ----------
        sets, hdu
            As of `sciarada.cutouts.reading.read_sets`; or cutouts, which are returned.

        Raises
        ------
        CutoutError, CatalogueError, ImageError
            If a set cannot be read.
        OutputError
            As of `add_inputs`.
        """
        source = read_sets(sets, hdu) if isinstance(sets, Sequence) else sets
        self.add_inputs(inputs_of_sets(source))
        return source


class FolderRun(Run):
    """A run that fills a folder; see `folder_run`.

    Parameters
    ----------
    stage : Staging
        Where the products are written before they appear together.
    inputs : Inputs
    out : `~pathlib.Path`
        Folder to make.

    Attributes
    ----------
    folder : `~pathlib.Path`
        Where products are written.
    finished : `~pathlib.Path`
        Where the results of finished steps are kept.
    resumed : bool
        Whether steps of an earlier run were found.
    """

    def __init__(self, stage: Staging, inputs: Inputs, out: Path) -> None:
        super().__init__(inputs, out)
        self.folder = stage.products
        self.finished = stage.finished
        self.resumed = stage.resumed

    def write_tables(self, tables: Mapping[str, Table], formats: Sequence[str]) -> None:
        """Write each table as ``NAME.FORMAT`` in all formats."""
        for name, table in tables.items():
            for ending in formats:
                write_table(table, name.upper(), self.folder / f"{name}.{ending}")

    def record(self, facts: Mapping[str, Any], libraries: Sequence[str] = ()) -> dict[str, Any]:
        """Return the content of ``run.json``.

        Parameters
        ----------
        facts : mapping of str to object
            What only this verb knows. What it says of ``versions``, ``warnings`` and ``created``
            has precedence.
        libraries : sequence of str
            Distributions that took part beside those of every run.

        Returns
        -------
        dict
            Its timings continue until it is written.
        """
        own = {name: version(name) for name in libraries}
        closing = {
            "versions": versions({}) | own,
            "timings": self.seconds,
            "warnings": self.warnings,
            "created": now(),
        }
        return {**facts, **{name: fact for name, fact in closing.items() if name not in facts}}

    def finish(self, record: dict[str, Any], page: Page | None = None) -> None:
        """Write the page, if there is one, and ``run.json``."""
        if page is not None:
            page.write(self.folder / PAGE, record["created"])
        write_record(self.folder, record)


@contextmanager
def folder_run(
    out: Path,
    inputs: Inputs,
    *,
    key: str = "",
    overwrite: bool = False,
    resume: bool = False,
    keep: bool = False,
) -> Iterator[FolderRun]:
    """Yield a run with a folder that is complete at the end, or absent.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder to make.
    inputs : Inputs
        What is read; it must not change meanwhile.
    key, overwrite, resume, keep
        As of `sciarada.io.staging.staging`.

    Raises
    ------
    ChangedInputError, OutputError
        As of `sciarada.io.staging.staging`.
    """
    with staging(
        Path(out), key, inputs=inputs, overwrite=overwrite, resume=resume, keep=keep
    ) as stage:
        run = FolderRun(stage, inputs, Path(out))
        yield run
        run.inputs.check_unchanged()

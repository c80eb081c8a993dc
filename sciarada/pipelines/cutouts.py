"""The run of ``sciarada cutouts``: from images or sets to a filtered set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.catalogue_set import CATALOGUE
from sciarada.cutouts.concatenated import distinct_names
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.exclusion import without_excluded, without_faults
from sciarada.cutouts.folder_set import FolderSet, shortened
from sciarada.cutouts.pixel_files import inputs_of_sets
from sciarada.cutouts.reading import ZARR, read_sets, table_of_set
from sciarada.cutouts.sampling.centred import CentredSampler, sample_centred
from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
from sciarada.cutouts.settings import CutoutsSettings
from sciarada.cutouts.table_files import TABLE, write_cutout_regions
from sciarada.cutouts.zarr_layout import DOCUMENT
from sciarada.cutouts.zarr_set import write_zarr
from sciarada.errors import CatalogueError, CutoutError, OptionError, OutputError
from sciarada.io.atomic import check_folder_replaceable, check_replaceable
from sciarada.io.ds9 import REGIONS
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.io.tables import find_format, read_catalogue, table_kind
from sciarada.io.user_tables.reading import read_user_table
from sciarada.pipelines.record import now, versions
from sciarada.pipelines.run import Run
from sciarada.running.invocation import invoked
from sciarada.running.progress import Progress, silent

MAX_BOXES = 100_000  # DS9 takes minutes to show more


@dataclass(frozen=True, eq=False)
class CutoutsResult:
    """A set that was made.

    Parameters
    ----------
    cutouts : CutoutSource
        The set.
    products : tuple of path
        What was written.
    notes : tuple of str
        What was left out, one sentence each.
    seconds : dict
        Wall-clock time of each stage.
    """

    cutouts: CutoutSource
    products: tuple[Path, ...]
    notes: tuple[str, ...]
    seconds: dict[str, float]


def run_cutouts(
    inputs: Sequence[Path],
    out: Path,
    settings: CutoutsSettings,
    *,
    overwrite: bool = False,
    progress: Progress = silent,
) -> CutoutsResult:
    """Make a set of cutouts and write it as a table, DS9 boxes and, if wanted, pixels.

    Parameters
    ----------
    inputs : sequence of path
        Images for a sampler, else sets.
    out : `~pathlib.Path`
        Table to make, such as ``set.ecsv``; boxes go to ``set.reg`` and pixels to
        ``set.zarr``. If it ends in ``.zarr`` itself only the pixels are written, which
        also hold the table.
    settings : CutoutsSettings
        What to do.
    overwrite : bool
        Replace files of these names.
    progress : Progress
        Shows how far the pixels have come.

    Returns
    -------
    CutoutsResult

    Raises
    ------
    SciaradaError
        If an input, an option or the output cannot be used. No file is half-written then.
    """
    out = Path(out)
    outputs = _outputs(out, settings)
    given = Inputs.of(*inputs, *settings.catalogues, *settings.exclude, settings.about)
    run = Run(given, *outputs)
    notes = run.warnings
    _check(out, settings, outputs, overwrite)
    with run.time("positions"):
        if settings.sampler is None:
            cutouts = _read(inputs, settings)
        else:
            cutouts = _sampled(inputs, settings, settings.sampler, notes)
    if isinstance(cutouts, FolderSet):
        with run.time("check of files"):
            cutouts = without_faults(cutouts, notes)
    with run.time("exclusion"):
        cutouts = without_excluded(cutouts, settings.exclude, settings.radius, notes)
    run.add_inputs(inputs_of_sets(cutouts))
    has_table = out.suffix.lower() != ZARR
    record = _record(cutouts, settings)
    table = table_of_set(cutouts, out, record) if has_table else None
    products = []
    if settings.materialise is not None:
        with run.time("pixels"):
            store, npix = out.with_suffix(ZARR), settings.materialise
            blank = write_zarr(cutouts, store, npix, overwrite, progress, run.inputs, record)
            products.append(store)
            if blank:
                names = shortened([str(name) for name in cutouts.ids[blank].tolist()])
                notes.append(f"{len(blank)} of {len(cutouts)} cutouts are blank: {names}")
    if table is not None:
        with run.time("products"):
            write_table(table, TABLE, out, overwrite=overwrite)
            products = [out, *_write_boxes(cutouts, out, overwrite, notes), *products]
    return CutoutsResult(cutouts, tuple(products), tuple(notes), run.seconds)


def _outputs(out: Path, settings: CutoutsSettings) -> list[Path]:
    """Return everything that is to be written."""
    table = [] if out.suffix.lower() == ZARR else [out, out.with_suffix(".reg")]
    return table + [out.with_suffix(ZARR)] * (settings.materialise is not None)


def _check(out: Path, settings: CutoutsSettings, outputs: list[Path], overwrite: bool) -> None:
    """Refuse, before the work, outputs that cannot be written."""
    if out.suffix.lower() != ZARR:
        find_format(out)
    elif settings.materialise is None:
        raise OptionError(f"--out {out} holds pixels: say how many a side with --materialise NPIX")
    if not out.absolute().parent.is_dir():
        raise OutputError(f"cannot write {out}: there is no folder {out.parent}; make it first")
    for path in outputs:
        match path.suffix.lower():
            case ".zarr":
                check_folder_replaceable(path, DOCUMENT, overwrite)
            case ".reg":
                check_replaceable(path, overwrite, REGIONS)
            case _:
                check_replaceable(path, overwrite, table_kind(find_format(path), TABLE))


def _sampled(
    inputs: Sequence[Path],
    settings: CutoutsSettings,
    sampler: RandomSampler | CentredSampler,
    notes: list[str],
) -> CutoutSet:
    catalogues = _catalogues(settings, sampler) if isinstance(sampler, CentredSampler) else []
    images = [settings.reading.read(path) for path in inputs]
    names = distinct_names([image.name for image in images])
    images = [replace(image, name=n) for image, n in zip(images, names, strict=True)]
    if isinstance(sampler, CentredSampler):
        return sample_centred(catalogues, images, sampler, notes)
    return sample_random(images, sampler)


def _catalogues(settings: CutoutsSettings, sampler: CentredSampler) -> list[SourceCatalogue]:
    """Return the catalogues, checked before an image is opened."""
    if not settings.catalogues:
        raise OptionError(
            "the centred sampler needs the sources of a catalogue: give --catalogue FILE, as "
            "`sciarada detect` makes it"
        )
    for path in settings.catalogues:
        if not path.exists():
            raise OptionError(
                f"there is no catalogue {path}: give --catalogue a file or folder that "
                "`sciarada detect` made"
            )
    catalogues = [
        read_catalogue(path / CATALOGUE if path.is_dir() else path) for path in settings.catalogues
    ]
    for catalogue in catalogues:
        sampler.chosen(catalogue)
    return catalogues


def _read(inputs: Sequence[Path], settings: CutoutsSettings) -> CutoutSource:
    cutouts = read_sets(inputs, settings.reading.hdu)
    if settings.about is None:
        return cutouts
    if not isinstance(cutouts, FolderSet):
        raise OptionError("--about tells of the files of a folder: give one folder as SET")
    table = read_user_table(settings.about)
    try:
        return cutouts.with_known(table)
    except (CutoutError, CatalogueError) as error:
        raise CutoutError(f"{settings.about} cannot be used with --about: {error}") from error


def _record(cutouts: CutoutSource, settings: CutoutsSettings) -> dict[str, Any]:
    """Return the metadata of the table about its origin."""
    record = {
        "cutouts": settings.record(),
        "data_hash": cutouts.data_hash(),
        "versions": versions({}),
        "created": now(),
        **invoked(),
    }
    if settings.sampler is not None:
        return record
    before = getattr(cutouts, "meta", {}).get("cutouts")
    return record if before is None else {**record, "made_from": before}


def _write_boxes(cutouts: CutoutSource, out: Path, overwrite: bool, notes: list[str]) -> list[Path]:
    if not isinstance(cutouts, CutoutSet):
        return []
    if len(cutouts) > MAX_BOXES:
        notes.append(f"no DS9 boxes: they are drawn of up to {MAX_BOXES:,} cutouts")
        return []
    path = out.with_suffix(".reg")
    write_cutout_regions(cutouts, path, overwrite)
    return [path]

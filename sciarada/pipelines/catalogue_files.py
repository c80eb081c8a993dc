"""The files of one catalogue: a table in each format, and DS9 regions."""

from __future__ import annotations

from pathlib import Path

from sciarada.core.catalogue import SourceCatalogue
from sciarada.io.regions import write_component_regions, write_source_regions
from sciarada.io.tables import write_catalogue


def write_catalogue_files(
    folder: Path, catalogue: SourceCatalogue, name: str, regions: str, parquet: bool
) -> None:
    """Write a catalogue into a folder in all forms.

    Parameters
    ----------
    folder : `~pathlib.Path`
    catalogue : SourceCatalogue
    name : str
        What its tables are called, without ending.
    regions : str
        What the outlines of its sources are called, without ending; those of the components
        are always ``components.reg``.
    parquet : bool
        Also as Parquet.
    """
    for suffix in ("fits", "vot", "ecsv", *(["parquet"] if parquet else [])):
        write_catalogue(catalogue, folder / f"{name}.{suffix}")
    write_source_regions(catalogue, folder / f"{regions}.reg")
    write_component_regions(catalogue, folder / "components.reg")

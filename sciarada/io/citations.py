"""Citations for a run: SCIARADA, the plugins that took part, and the libraries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sciarada.errors import CatalogueError

RECORD = "run.json"


@dataclass(frozen=True)
class Citation:
    """One work and why it is cited.

    Parameters
    ----------
    reason : str
        Part that it played, such as ``detector islands``.
    work : str
        Authors, year and identifier.
    """

    reason: str
    work: str


SCIARADA = (
    Citation("SCIARADA", "Riggi et al. 2024, PASA, arXiv:2404.18462"),
    Citation("SCIARADA", "Baron Perez et al. 2025, A&A 699, A302, doi:10.1051/0004-6361/202554735"),
)
LIBRARIES = {
    "astropy": "Astropy Collaboration 2022, ApJ 935, 167, doi:10.3847/1538-4357/ac7c74",
    "numpy": "Harris et al. 2020, Nature 585, 357, doi:10.1038/s41586-020-2649-2",
    "scipy": "Virtanen et al. 2020, Nature Methods 17, 261, doi:10.1038/s41592-019-0686-2",
    "photutils": "Bradley et al., photutils, doi:10.5281/zenodo.596036",
    "scikit-learn": "Pedregosa et al. 2011, JMLR 12, 2825",
    "torch": "Ansel et al. 2024, ASPLOS, doi:10.1145/3620665.3640366",
}


def citations_of_run(folder: str | Path) -> list[Citation]:
    """Return the references to cite for the products in a folder.

    Parameters
    ----------
    folder : str or path
        Folder of a run, with its ``run.json``.

    Returns
    -------
    list of Citation
        Each work once.

    Raises
    ------
    CatalogueError
        If there is no record of a run, or it is damaged.
    """
    record = _record(Path(folder))
    found = [*SCIARADA, *_plugins(record), *_libraries(record)]
    return list({citation.work: citation for citation in reversed(found)}.values())[::-1]


def _record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be read: {error.strerror}; give the folder of a run"
        ) from error
    except ValueError as error:
        raise CatalogueError(f"{path} is damaged: run the command again") from error
    if not isinstance(record, dict):
        raise CatalogueError(f"{path} is not a record of a run: give the folder of a run")
    return record


def _plugins(record: dict[str, Any]) -> Iterator[Citation]:
    detector = record.get("detector")
    if isinstance(detector, dict) and isinstance(detector.get("citation"), str):
        yield Citation(f"detector {detector.get('name')}", detector["citation"])


def _libraries(record: dict[str, Any]) -> Iterator[Citation]:
    used = record.get("versions")
    for name, work in LIBRARIES.items():
        if isinstance(used, dict) and name in used:
            yield Citation(f"{name} {used[name]}", work)

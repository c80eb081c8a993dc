"""Fields of known truth, and what every finder finds in them, ready for `sciarada evaluate`.

Simulated surveys have a field a seed, each at its own place in the sky; fields of one survey are
then scored as one. SKA Science Data Challenge 1 has a truth of other origin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io.fits import getdata
from astropy.table import Table, vstack

from benchmarks import peers
from benchmarks.processes import measure_process
from sciarada.core.catalogue import SourceCatalogue
from sciarada.io.tables import read_catalogue, write_catalogue
from sciarada.pipelines.simulate import run_simulate
from sciarada.simulation.settings import SimulateSettings

SDC1 = Path(__file__).resolve().parents[1] / "../shared/data/sdc1_b1/dev"
SDC1_IMAGE = SDC1 / "sdc1_b1_1000h.fits"
MICRO = 1e-6
FINDERS = ("sciarada", "pybdsf", "aegean", "photutils")
LISTS = {
    "PyBDSF": ("pybdsf", "srl.fits"),
    "Aegean": ("aegean", "aegean_comp.fits"),
    "photutils": ("photutils", "sources.fits"),
    "PyBDSF Gaussians": ("pybdsf", "gaul.fits"),
}
"""Each list of a peer: its finder, and the file as the finder wrote it."""
COMPONENTS = "SCIARADA components"


@dataclass(frozen=True)
class SimulatedSurvey:
    """Fields of one survey.

    Parameters
    ----------
    name, title : str
        Of the survey.
    side : int
        Pixels of a field.
    centres : tuple of (float, float)
        Right ascension and declination of the field of each seed, in degrees; far enough from
        each other that no source has a neighbour in another field.
    """

    name: str
    title: str
    side: int
    centres: tuple[tuple[float, float], ...]


SURVEYS = (
    SimulatedSurvey("emu", "ASKAP EMU, simulated", 1024, ((314.0, -51.5), (316.0, -51.5))),
    SimulatedSurvey("lotss", "LoTSS, simulated", 1280, ((191.0, 44.5), (193.0, 44.5))),
    SimulatedSurvey(
        "scorpio", "ATCA Scorpio, simulated", 1536, ((254.03, -42.07), (255.66, -40.53))
    ),
)


@dataclass(frozen=True)
class Found:
    """A truth and the lists to be scored with it.

    Parameters
    ----------
    truth, sciarada : Path
        What `sciarada evaluate` is given as truth and as CATALOGUE.
    lists : dict of str to Path
        What it is to compare.
    images : tuple of Path
        The images.
    """

    truth: Path
    sciarada: Path
    lists: dict[str, Path]
    images: tuple[Path, ...]


def find_in_survey(survey: SimulatedSurvey, work: Path, environment: Path, cores: int) -> Found:
    """Simulate the fields of a survey, run the finders, and join what belongs together."""
    fields = []
    for seed, (ra, dec) in enumerate(survey.centres, start=1):
        field = work / f"{survey.name}-{seed}"
        run_simulate(
            field,
            survey.name,
            SimulateSettings((survey.side,) * 2, seed, [f"centre=[{ra}, {dec}]"]),
            overwrite=True,
        )
        fields.append(field)
    runs = {
        finder: [run_finder(finder, f / "image.fits", f, environment, cores) for f in fields]
        for finder in FINDERS
    }
    joined = work / survey.name
    joined.mkdir(exist_ok=True)
    join_catalogues([field / "truth.fits" for field in fields], joined / "truth.fits")
    join_catalogues([run / "catalogue.fits" for run in runs["sciarada"]], joined / "sciarada.fits")
    lists = {}
    for name, (finder, file) in LISTS.items():
        lists[name] = join_tables([run / file for run in runs[finder]], joined / f"{finder}_{file}")
    components = [write_components(run) for run in runs["sciarada"]]
    lists[COMPONENTS] = join_tables(components, joined / "components.fits")
    images = tuple(field / "image.fits" for field in fields)
    return Found(joined / "truth.fits", joined / "sciarada.fits", lists, images)


def find_in_sdc1(work: Path, environment: Path, cores: int, min_flux: float) -> Found:
    """Run the finders on the challenge's field; its truth is cut at a flux in uJy."""
    field = work / "sdc1"
    runs = {finder: run_finder(finder, SDC1_IMAGE, field, environment, cores) for finder in FINDERS}
    field.mkdir(exist_ok=True)
    truth = field / f"truth_{min_flux:g}.fits"
    sdc1_truth(Table.read(SDC1 / "truth.csv"), min_flux).write(truth, overwrite=True)
    lists = {name: runs[finder] / file for name, (finder, file) in LISTS.items()}
    lists[COMPONENTS] = write_components(runs["sciarada"])
    return Found(truth, runs["sciarada"] / "catalogue.fits", lists, (SDC1_IMAGE,))


def sdc1_truth(published: Table, min_flux: float) -> Table:
    """Return the challenge's truth above a flux in uJy, in columns named as ours."""
    bright = published[published["flux_jy"] > min_flux * MICRO]
    return Table(
        {
            "ra": np.asarray(bright["ra_cent"]) % 360.0,
            "dec": np.asarray(bright["dec_cent"]),
            "total_flux": np.asarray(bright["flux_jy"]),
        },
        units={"ra": "deg", "dec": "deg", "total_flux": "Jy"},
    )


def run_finder(finder: str, image: Path, field: Path, environment: Path, cores: int) -> Path:
    """Run a finder on an image; return the folder of its lists.

    Another's lists of the same image are kept from earlier runs, for some take minutes.
    """
    out = field.with_name(f"{field.name}.{finder}")
    finished = field.with_name(f"{out.name}.sha256")
    with image.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if finder == "sciarada" or not finished.exists() or finished.read_text() != digest:
        command = peers.command(finder, image, out, environment=environment, cores=cores)
        measure_process(command, field.with_name(f"{out.name}.log"))
        finished.write_text(digest)
    return out


def write_components(run: Path) -> Path:
    """Write the components of a run of `sciarada detect` as a table of their own."""
    path = run.with_name(f"{run.name}_components.fits")
    components = getdata(run / "catalogue.fits", extname="COMPONENTS")
    Table(components)["ra", "dec", "peak_flux", "total_flux", "e_total_flux"].write(
        path, overwrite=True
    )
    return path


def join_catalogues(paths: Sequence[Path], out: Path) -> Path:
    """Put catalogues of ours one after the other, their sources and components numbered on."""
    catalogues = [read_catalogue(path) for path in paths]
    last = {"source_id": 0, "component_id": 0}
    for catalogue in catalogues:
        for key, table in (
            ("source_id", catalogue.components),  # before the sources, which say how many
            ("source_id", catalogue.sources),
            ("component_id", catalogue.components),
        ):
            table[key] += last[key]
        last = {
            "source_id": int(max(catalogue.sources["source_id"], default=last["source_id"])),
            "component_id": int(
                max(catalogue.components["component_id"], default=last["component_id"])
            ),
        }
    sources, components = (
        vstack([getattr(catalogue, kind) for catalogue in catalogues], metadata_conflicts="silent")
        for kind in ("sources", "components")
    )
    write_catalogue(SourceCatalogue(sources, components, catalogues[0].meta), out, overwrite=True)
    return out


def join_tables(paths: Sequence[Path], out: Path) -> Path:
    """Put tables of another finder one after the other, as they are."""
    tables = [Table.read(path) for path in paths]
    vstack(tables, metadata_conflicts="silent").write(out, overwrite=True)
    return out

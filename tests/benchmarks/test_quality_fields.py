import numpy as np
import pytest
from astropy.table import Table

from benchmarks.quality_fields import SURVEYS, join_catalogues, join_tables, sdc1_truth
from sciarada.core.catalogue import SourceCatalogue
from sciarada.evaluation.matching import separations
from sciarada.io.tables import read_catalogue, write_catalogue
from sciarada.simulation.survey import load_survey


def catalogue(ra, numbers, of):
    """Return sources at some right ascensions and components that belong to them."""
    sources = {"ra": ra, "dec": np.zeros(len(ra)), "source_id": numbers}
    components = {
        "ra": np.zeros(len(of)),
        "dec": np.zeros(len(of)),
        "component_id": np.arange(len(of)) + 1,
        "source_id": of,
    }
    return SourceCatalogue.from_columns(sources, components, {"survey": "emu"})


def test_joined_catalogues_keep_their_sources_and_components(tmp_path):
    parts = [
        catalogue([10.0, 11.0], [1, 4], [1, 4, 4]),
        catalogue([20.0, 21.0, 22.0], [2, 3, 7], [7, 2]),
        catalogue([30.0], [1], [1]),
    ]
    paths = [tmp_path / f"{number}.fits" for number in range(3)]
    for part, path in zip(parts, paths, strict=True):
        write_catalogue(part, path)
    joined = read_catalogue(join_catalogues(paths, tmp_path / "joined.fits"))
    assert list(joined.sources["ra"]) == [10, 11, 20, 21, 22, 30]
    assert len(np.unique(joined.sources["source_id"])) == 6
    ra = dict(zip(joined.sources["source_id"], joined.sources["ra"], strict=True))
    assert [ra[number] for number in joined.components["source_id"]] == [10, 11, 11, 22, 20, 30]
    assert joined.meta == {"survey": "emu"}


def test_a_catalogue_without_sources_joins(tmp_path):
    paths = [tmp_path / "none.fits", tmp_path / "some.fits"]
    write_catalogue(SourceCatalogue.empty(), paths[0])
    write_catalogue(catalogue([10.0], [1], [1]), paths[1])
    assert len(read_catalogue(join_catalogues(paths, tmp_path / "joined.fits"))) == 1


def test_joined_tables_keep_names_and_units(tmp_path):
    for number in (1, 2):
        Table({"RA": [number], "Maj": [0.1]}, units={"Maj": "deg"}).write(
            tmp_path / f"{number}.fits"
        )
    out = join_tables([tmp_path / "1.fits", tmp_path / "2.fits"], tmp_path / "both.fits")
    both = Table.read(out)
    assert list(both["RA"]) == [1, 2]
    assert both["Maj"].unit == "deg"


def test_truth_of_the_challenge_is_cut_and_lies_on_the_sky():
    published = Table({"ra_cent": [-0.3, 0.2], "dec_cent": [-30.0, -29.0], "flux_jy": [5e-6, 1e-6]})
    truth = sdc1_truth(published, 3.0)
    assert list(truth["ra"]) == [pytest.approx(359.7)]
    assert list(truth["dec"]) == [-30.0]
    assert list(truth["total_flux"]) == [5e-6]


@pytest.mark.parametrize("survey", SURVEYS, ids=lambda survey: survey.name)
def test_fields_of_a_survey_lie_apart(survey):
    side = survey.side * load_survey(survey.name).pixel_scale
    (ra, dec), (other_ra, other_dec) = survey.centres
    apart = separations(*(np.array([value]) for value in (ra, dec, other_ra, other_dec)))[0]
    assert apart > 2 * side

"""The tables of the page about the surveys are those of the files."""

from pathlib import Path

import pytest

from sciarada.geometry.beam import Beam
from sciarada.simulation.generators import generator_names
from sciarada.simulation.instrument.options import Instrument
from sciarada.simulation.populations import Diffuse, Mix, Population
from sciarada.simulation.survey import load_survey, survey_names
from sciarada.simulation.survey_values import field_types

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "surveys.md"
_UNSAID = {Beam: ["origin"]}


def table(page, heading):
    """Return the rows of the table below a heading, cells as text."""
    below = page.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in below.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [cells[0], *cells[2:]]


def test_the_figures_of_the_surveys():
    expected = []
    for name in survey_names():
        survey = load_survey(name)
        beam = survey.beam
        shape = (
            f"{beam.major:g}" if beam.major == beam.minor else f"{beam.major:g} x {beam.minor:g}"
        )
        expected.append(
            [
                f"`{name}`",
                survey.title,
                f"{survey.frequency / 1e9:g}",
                shape,
                f"{survey.pixel_scale:g}",
                f"{survey.rms * 1e6:g}",
                f"{survey.faintest * 1e6:g}",
                survey.reference,
            ]
        )
    assert table(PAGE, "Bundled surveys")[1:] == expected, "\n".join(
        f"| {' | '.join(row)} |" for row in expected
    )


def test_how_many_of_each_morphology_there_are():
    surveys = [name for name in survey_names() if name != "benchmark"]
    numbers = {name: load_survey(name).per_square_degree() for name in surveys}
    expected = [["", *(f"`{name}`" for name in surveys)]]
    for morphology in sorted(generator_names()):
        row = [f"{numbers[name].get(morphology, 0):.2g}" for name in surveys]
        row = [f"{float(cell):g}" if float(cell) else "" for cell in row]
        expected.append([f"`{morphology}`", *row])
    assert table(PAGE, "Number of sources") == expected, "\n".join(
        f"| {' | '.join(row)} |" for row in expected
    )


@pytest.mark.parametrize("kind", [Population, Diffuse, Mix, Beam, Instrument])
def test_every_key_is_explained(kind):
    text = PAGE.read_text()
    assert [key for key in field_types(kind) if f"`{key}`" not in text] == _UNSAID.get(kind, [])

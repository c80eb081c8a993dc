"""Score `islands`, PyBDSF, Aegean and photutils on simulated surveys and on SDC1.

Everything is scored by SCIARADA's own `sciarada evaluate`, which reads the catalogues of the
others as they wrote them. Their lists are kept in a work folder and used again as long as the image
is the same; fields and our own lists are always made again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import pages, peers
from benchmarks.processes import use_cores
from benchmarks.quality_fields import (
    COMPONENTS,
    MICRO,
    SURVEYS,
    Found,
    SimulatedSurvey,
    find_in_sdc1,
    find_in_survey,
)
from benchmarks.quality_mistakes import draw_mistakes
from benchmarks.quality_tables import (
    class_table,
    difference_table,
    headline_table,
    measurement_table,
)
from sciarada.pipelines.evaluate import EvaluateResult, EvaluateSettings, run_evaluate
from sciarada.report.evaluation_picture import draw_scores

IMAGES = pages.PAGES.parent / "images"
REMARKS = Path(__file__).with_suffix(".md")
OURS = "SCIARADA"
DRAWN = (OURS, "PyBDSF", "Aegean", "photutils")
WORK = peers.CACHE / "sciarada-detection-quality"
SDC1_RADIUS, SDC1_LIMIT, SDC1_FAINT = 1.5, 3.0, 1.0  # arcsec, uJy, uJy


def score(
    name: str, title: str, facts: str, found: Found, settings: EvaluateSettings, work: Path
) -> EvaluateResult:
    """Evaluate all lists of a field and draw the curves of the main ones."""
    result = run_evaluate(
        found.sciarada, found.truth, work / f"{name}_evaluation", settings,
        compare=found.lists, overwrite=True,
    )  # fmt: skip
    chosen = [str(finder) in DRAWN for finder in result.matches["finder"]]
    draw_scores(
        [row for row in result.rows if row.finder in DRAWN],
        result.matches[np.array(chosen)],
        picture(name),
        title=title,
        facts=facts,
        radius=result.run["matching"]["radius_arcsec"],
    )
    draw_mistakes(result.matches, OURS, found.truth, found.sciarada, found.images, mistakes(name))
    return result


def picture(name: str) -> Path:
    """Return the picture of a field's scores."""
    return IMAGES / f"quality_{name}.png"


def mistakes(name: str) -> Path:
    """Return the picture of what we missed and found in vain."""
    return IMAGES / f"mistakes_{name}.png"


def mistakes_text(name: str) -> str:
    """Return the picture of the mistakes and what it shows."""
    return f"""```{{image}} ../images/{mistakes(name).name}
:alt: Cutouts of the brightest sources that were missed and of the brightest false detections
```

*Above: the brightest sources that {OURS} had to find and did not; below: its brightest detections
that are no source of their own. Crosses: true sources, also faint ones; rings: what {OURS} found;
numbers: peak S/N.*"""


def survey_section(survey: SimulatedSurvey, found: Found, work: Path) -> str:
    """Score a survey and tell of it."""
    fields = len(survey.centres)
    facts = f"{fields} fields of {survey.side} × {survey.side} px   ·   S/N ≥ 5   ·   shaded: 95 %"
    scored = score(survey.name, survey.title, facts, found, EvaluateSettings(), work)
    counts = scored.run["counts"]
    radius = scored.run["matching"]["radius_arcsec"]
    return f"""
## {survey.title}

`sciarada simulate --survey {survey.name} --size {survey.side}`, {fields} fields (seeds 1 to
{fields}): {counts["true"]} true sources, of which {counts["asked_for"]} have a true peak of at
least five times the noise and had to be found. Match radius {radius:g} arcsec.

```{{image}} ../images/{picture(survey.name).name}
:alt: Completeness, reliability, fluxes, positions, pulls and classes, {survey.title}
```

{headline_table(scored)}

{OURS} less the others, on the same sources:

{difference_table(scored.rows, OURS)}

{measurement_table(scored.rows)}

Completeness of each class of the truth:

{class_table(scored.rows)}

{mistakes_text(survey.name)}
"""


def sdc1_section(work: Path, environment: Path, cores: int) -> str:
    """Score the data challenge's field, with fainter sources allowed and without."""
    settings = EvaluateSettings(radius=SDC1_RADIUS, flux_limit=SDC1_LIMIT * MICRO)
    title = "SKA Science Data Challenge 1, 560 MHz"
    facts = f"645 × 957 px   ·   flux ≥ {SDC1_LIMIT:g} µJy   ·   shaded: 95 %"
    found = find_in_sdc1(work, environment, cores, SDC1_FAINT)
    lenient = score("sdc1", title, facts, found, settings, work)
    literal = run_evaluate(
        found.sciarada,
        find_in_sdc1(work, environment, cores, SDC1_LIMIT).truth,
        work / "sdc1_literal_evaluation",
        settings,
        compare=found.lists,
        overwrite=True,
    )
    counts = lenient.run["counts"]
    chance = counts["true"] * np.pi * SDC1_RADIUS**2 / (645 * 957 * 0.604**2)
    return f"""
## {title}

A part of 645 x 957 px of the 1000 h image, with {counts["asked_for"]} true sources above
{SDC1_LIMIT:g} uJy, which had to be found, matched within {SDC1_RADIUS:g} arcsec. The image is
deeper than that: detections of the {counts["true"] - counts["asked_for"]} sources of
{SDC1_FAINT:g} to {SDC1_LIMIT:g} uJy are no mistakes. A position taken at random has a true source
within the radius in {chance:.0%} of cases. The image is not corrected for the primary beam: its
fluxes are about 0.85 of the true ones for every finder. PyBDSF is given a frequency, PyBDSF and
Aegean a position angle of the beam, which they need and the image lacks.

```{{image}} ../images/{picture("sdc1").name}
:alt: Completeness, reliability, fluxes, positions and pulls on the data challenge's field
```

{headline_table(lenient)}

{OURS} less the others, on the same sources:

{difference_table(lenient.rows, OURS)}

{measurement_table(lenient.rows)}

{mistakes_text("sdc1")}

The same, but every detection that matches no source above {SDC1_LIMIT:g} uJy is false, though most
of these are real:

{headline_table(literal)}

{difference_table(literal.rows, OURS)}
"""


def body(sections: Sequence[str]) -> str:
    """Return the page without its last section."""
    return f"""
What the detector `islands` (as `sciarada detect` runs it), PyBDSF, Aegean and photutils find in
three simulated surveys, with the noise, sidelobes, rays and bowls of their telescopes, and in a
field of SKA Science Data Challenge 1. All with their default thresholds (5 sigma peaks), all scored
by `sciarada evaluate` ([how](../explanation/scores.md)) from the files that they wrote. *PyBDSF* is
its list of sources; *PyBDSF Gaussians* and *{COMPONENTS}* are the Gaussians that the sources are
made of, which Aegean lists, too; they show what joining costs and brings.

*Completeness*: share of the sources asked for that have a detection of their own. *Reliability*:
share of the detections that are a source of their own; the parts of a source that was found in
pieces are false. *Touched* and *genuine* are the same if a part, or the detection of a neighbour
that covers the source, is good enough. *Merged*: found only within the detection of another.

Sources are matched one to one by position, also for {OURS}, whose masks are not used, for the
others have none. Extended sources are matched within a quarter of their size. In brackets: 95 %
intervals; those of differences come from sources drawn together. How long the finders take is
[another page](speed.md).

{REMARKS.read_text().strip()}
{"".join(sections)}"""


def main() -> None:
    """Measure and write docs/benchmarks/detection_quality.md."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detection_quality", description=__doc__
    )
    parser.add_argument("--work", type=Path, default=WORK, help="where fields and lists are kept")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--env", type=Path, default=peers.DEFAULT_ENVIRONMENT)
    options = parser.parse_args()
    use_cores(options.cores)
    options.work.mkdir(parents=True, exist_ok=True)
    sections = [
        survey_section(
            survey,
            find_in_survey(survey, options.work, options.env, options.cores),
            options.work,
        )
        for survey in SURVEYS
    ]
    sections.append(sdc1_section(options.work, options.env, options.cores))
    versions = pages.own_versions() | peers.versions(options.env)
    pages.write_page(
        "detection_quality", "What is found, and how well it is measured", body(sections), versions
    )


if __name__ == "__main__":
    main()

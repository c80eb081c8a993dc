"""``CITATION.cff`` keeps to the Citation File Format 1.2.0, and states what the package states."""

import datetime
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import sciarada

ROOT = Path(__file__).resolve().parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKS = [CITATION, *CITATION["references"]]

REQUIRED = {"authors", "cff-version", "message", "title"}
REQUIRED_OF_A_REFERENCE = {"authors", "title", "type"}
OPTIONAL = {
    "abstract",
    "commit",
    "contact",
    "date-released",
    "doi",
    "identifiers",
    "keywords",
    "license",
    "license-url",
    "preferred-citation",
    "references",
    "repository",
    "repository-artifact",
    "repository-code",
    "type",
    "url",
    "version",
}
OF_AN_ARTICLE = {"authors", "title", "type", "year", "journal", "volume", "start", "doi"}
PERSON = {"family-names", "given-names", "name-particle", "name-suffix", "orcid", "affiliation"}
DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")


def test_the_file_has_what_the_format_requires_and_nothing_that_it_does_not_know():
    assert CITATION.keys() >= REQUIRED
    assert CITATION.keys() <= REQUIRED | OPTIONAL
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    assert isinstance(CITATION["date-released"], datetime.date)
    assert len(CITATION["keywords"]) == len(set(CITATION["keywords"])) > 0


def test_it_states_what_the_package_states():
    assert CITATION["version"] == sciarada.__version__
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["authors"] == PROJECT["authors"]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work["title"][:30])
def test_every_author_is_a_person_or_an_entity(work):
    assert work["authors"]
    for author in work["authors"]:
        assert author.keys() == {"name"} or {"family-names"} <= author.keys() <= PERSON
        assert all(isinstance(value, str) and value for value in author.values())


@pytest.mark.parametrize("work", CITATION["references"], ids=lambda work: work["title"][:30])
def test_every_reference_is_an_article_that_can_be_found(work):
    assert work.keys() >= REQUIRED_OF_A_REFERENCE
    assert work.keys() <= OF_AN_ARTICLE | {"identifiers"}
    assert work["type"] == "article"
    assert 2000 < work["year"] < 2100
    assert "doi" not in work or DOI.fullmatch(work["doi"])
    for identifier in work["identifiers"]:
        assert identifier.keys() == {"type", "value"}
        assert identifier["type"] in ("doi", "url", "swh", "other")
        assert re.fullmatch(r"arXiv:\d{4}\.\d{5}", identifier["value"])

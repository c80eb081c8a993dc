"""Tests in fresh environments: `nox` runs all sessions, `nox -s coverage` one of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.13"]
nox.options.sessions = ["oldest", "newest", "style"]
CONTEMPORARY = ["numcodecs<0.16.4", "pyparsing<3.3"]  # newer ones warn about zarr and matplotlib


def oldest_versions() -> list[str]:
    """Return the runtime dependencies, each at the oldest version that is allowed."""
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    return [re.sub(r">=", "==", name, count=1) for name in project["dependencies"]]


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """Test with the oldest dependencies on the oldest Python."""
    session.install(*oldest_versions(), *CONTEMPORARY)
    session.install(".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """Test with the newest dependencies."""
    session.install("--upgrade", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def style(session: nox.Session) -> None:
    """Check style, types and layers."""
    session.install("-e", ".[test]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def coverage(session: nox.Session) -> None:
    """Report which lines and branches the tests run, in a table and in htmlcov/."""
    session.install("-e", ".[test]", "pytest-cov")
    reports = ("--cov-report=term:skip-covered", "--cov-report=html")
    session.run("pytest", "-n", "auto", "--cov", *reports, *session.posargs)

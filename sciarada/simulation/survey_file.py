"""Survey files: TOML tables, one built on another, with values overridden by the user.

Here a survey is a plain mapping, in which the lists ``population`` and ``diffuse`` are tables
by the name of the morphology, so that each value has a dotted name: ``noise.rms``,
``population.fr2.share``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sciarada.errors import OptionError
from sciarada.simulation.survey_values import nearest, survey_value
from sciarada.tabular.plain_values import checked

SURVEYS = Path(__file__).parent / "surveys"
_SKIES = SURVEYS / "skies"
_LINE = re.compile(r"at line (\d+)")
LISTS = ("population", "diffuse")


def survey_names() -> list[str]:
    """Return the names of the surveys that come with sciarada."""
    return _names(SURVEYS)


def survey_path(survey: str | Path, folder: Path = Path()) -> Path:
    """Return the file of a survey that is given by its name or by a path from a folder.

    Beside the surveys, the skies that several of them share have names: ``extragalactic`` and
    ``galactic``.
    """
    for known in (SURVEYS, _SKIES):
        if survey in _names(known):
            return known / f"{survey}.toml"
    return folder / survey


def read_survey_file(survey: str | Path) -> dict[str, Any]:
    """Return the tables of a survey file, merged with those of its ``base``.

    Parameters
    ----------
    survey : str or path
        Name of a survey that comes with sciarada, or the path of a TOML file.

    Raises
    ------
    OptionError
        There is no such file, it is not valid TOML, names a morphology twice or none, or
        is its own base.
    """
    chain: list[Path] = []
    tables: dict[str, Any] = {}
    path = survey_path(survey)
    while True:
        if path in chain:
            raise OptionError(f"the survey file {path} is its own base: name another one there")
        asking = chain[-1] if chain else None
        chain.append(path)
        own = _read(path, asking)
        base = own.pop("base", None)
        tables = _merged(own, tables)
        if base is None:
            return tables
        if not isinstance(base, str):
            raise OptionError(f"the survey file {path} cannot be used: base must be a text")
        path = survey_path(base, path.parent)


def flat(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the value of everything in nested tables."""
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def check_tables(tables: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a survey by their dotted names, as the types that are wanted.

    Raises
    ------
    ValueError
        A name is unknown, or a value does not fit.
    """
    values = {}
    for name, value in flat(tables):
        if name not in known:
            raise ValueError(f"{name} is unknown{nearest(name, known)}")
        try:
            values[name] = checked(value, known[name])
        except ValueError as error:
            raise ValueError(f"{name} must be {error}, not {value!r}") from None
    return values


def overridden(
    values: Mapping[str, Any], overrides: Iterable[str], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a survey with those that a user gave in their place.

    Parameters
    ----------
    values : mapping
        By dotted names.
    overrides : iterable of str
        ``dotted.name=value``; the last one of a name counts.
    known : mapping
        Types of all names.

    Raises
    ------
    OptionError
        An override is not of this form, its name is unknown, or its value does not fit.
    """
    values = dict(values)
    for override in overrides:
        name, equals, text = override.partition("=")
        name = name.strip()
        if not equals:
            raise OptionError(
                f"the survey option {override!r} must be given as name=value, "
                "such as noise.rms=2e-5"
            )
        if name not in known:
            raise OptionError(f"there is no survey option {name!r}{nearest(name, known)}")
        try:
            values[name] = survey_value(text, known[name])
        except ValueError as error:
            raise OptionError(
                f"the survey option {override.strip()!r} cannot be used: it must be {error}"
            ) from None
    return values


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def _read(path: Path, asking: Path | None) -> dict[str, Any]:
    """Return the tables of one file, its lists as tables by morphology.

    ``asking`` is the file that names this one as its base, if there is one.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        which = f"the base of the survey file {asking}: there" if asking else "there"
        raise OptionError(
            f"{which} is no survey {str(path)!r}: choose one of {', '.join(survey_names())}, "
            "or give the path of a survey's TOML file"
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _LINE.search(str(error))
        where = f" in line {line[1]}" if line else ""
        raise OptionError(
            f"the survey file {path} is not valid TOML{where}: correct it there"
        ) from error
    for name in LISTS:
        if name in tables:
            tables[name] = _by_morphology(tables[name], name, path)
    return tables


def _by_morphology(items: Any, name: str, path: Path) -> dict[str, dict[str, Any]]:
    """Return a list of tables as a table by the morphology of each."""
    found: dict[str, dict[str, Any]] = {}
    for item in items if isinstance(items, list) else [items]:
        morphology = item.get("morphology") if isinstance(item, Mapping) else None
        if not isinstance(morphology, str):
            raise OptionError(
                f"the survey file {path} cannot be used: each [[{name}]] needs a morphology"
            )
        if morphology in found:
            raise OptionError(
                f"the survey file {path} cannot be used: it has two [[{name}]] of {morphology}, "
                "join them into one"
            )
        found[morphology] = {key: value for key, value in item.items() if key != "morphology"}
    return found


def _merged(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables in which the values of ``below`` replace those of ``above``."""
    merged = dict(above)
    for key, value in below.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            value = _merged(old, value)
        merged[key] = value
    return merged

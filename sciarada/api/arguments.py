"""Arguments that several verbs take alike, and the folder that their products go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, TypeVar

from sciarada.errors import OptionError
from sciarada.results.products import Products
from sciarada.running.scratch import ScratchFolder

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PathLike = str | Path
Settings = TypeVar("Settings", bound="DataclassInstance")
Result = TypeVar("Result", bound=Products)


def chosen_settings(
    kind: type[Settings], settings: Settings | None, given: dict[str, Any]
) -> Settings:
    """Return settings with some fields replaced by those given by name."""
    unknown = given.keys() - {field.name for field in fields(kind)}
    if unknown:
        names = ", ".join(field.name for field in fields(kind))
        raise OptionError(f"{min(unknown)} is not a setting; the settings are {names}")
    return kind(**given) if settings is None else replace(settings, **given)


def make_products(run: Callable[[Path], Result], out: PathLike | None) -> Result:
    """Return the result of a run into a folder.

    Parameters
    ----------
    run : callable
        Takes the folder.
    out : str, path or None
        The folder; by default a temporary one, which vanishes when the result is no longer used.
    """
    if out is not None:
        return run(Path(out))
    scratch = ScratchFolder(Path(gettempdir()), hidden=False)
    try:
        result = run(scratch.new)
    except BaseException:
        scratch.remove()
        raise
    result.remove_with_last_use(scratch)
    return result


def folder_of(where: PathLike | Products) -> Path:
    """Return the folder of the products of a result, or a path."""
    return where.out if isinstance(where, Products) else Path(where)


def paths_of(sets: PathLike | Sequence[PathLike]) -> list[Path]:
    """Return one path or several as a list."""
    return [Path(sets)] if isinstance(sets, str | Path) else [Path(path) for path in sets]

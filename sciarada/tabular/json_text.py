"""JSON that others wrote: read strictly, and refused in words that a user understands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sciarada.errors import SciaradaError

DEEPEST = 40  # lists and objects inside one another
_DIGITS = 40  # of a whole number


class JsonError(SciaradaError):
    """A text is not JSON; the message follows the name of a file: "is not JSON: line 3"."""


def parse_json(text: str | bytes) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    text : str or bytes
        In UTF-8 where it is bytes.

    Raises
    ------
    JsonError
        If the text is not UTF-8 or no JSON, has a number that JSON or a computer does not have
        (``NaN``, ``1e999``), the same key twice in one object, or more than `DEEPEST` levels.
    """
    try:
        text = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(
            text,
            parse_int=_whole,
            parse_float=_number,
            parse_constant=_not_a_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise JsonError("is not text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise JsonError(f"is not JSON, or cut short: line {error.lineno}") from error
    except RecursionError as error:
        raise JsonError(_TOO_DEEP) from error
    _check_depth(value)
    return value


def parse_json_object(text: str | bytes) -> dict[str, Any]:
    """Return the object of a JSON text; see `parse_json`.

    Raises
    ------
    JsonError
        Also if it is a list, a text or a number.
    """
    value = parse_json(text)
    if not isinstance(value, dict):
        raise JsonError("is not one JSON object { ... }")
    return value


_TOO_DEEP = f"has more than {DEEPEST} levels of lists and objects inside one another"


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            raise JsonError(_TOO_DEEP)
        level = [part for whole in level for part in _parts(whole)]
        depth += 1


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JsonError(f"has {twice[:40]!r} twice in one object")
    return made


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise JsonError(f"has a number of {len(digits)} digits")
    return int(digits)


def _number(text: str) -> float:
    value = float(text)
    if value - value != 0:  # infinite
        raise JsonError(f"has a number that is too large: {text[:40]}")
    return value


def _not_a_number(name: str) -> None:
    raise JsonError(f"has {name}, which is not a number in JSON")

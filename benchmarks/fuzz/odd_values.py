"""Values that nobody expects: in JSON, in cells of tables, as options."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

Random = np.random.Generator

PLAIN = (
    None, True, False, 0, 1, -1, 2, 3.5, -0.0, 1e-300, 1e300, 2**31, 2**53 + 1, 2**63, 10**30,
    -(10**9), "", " ", "nan", "inf", "1", "-1", "none", "0x10", "é", "名前", "\u0000", "\x1b[31m",
    "a" * 5000, "../../etc/passwd", "/", "http://127.0.0.1:9/x.fits", "'; drop", "%s", "{}",
    [], {}, [[]], [1, 2, 3], ["a"], {"a": 1}, [None], {"": {}}, [1e300, "x", None],
)  # fmt: skip
TEXTS = (
    "", " ", "nan", "NaN", "inf", "-inf", "1e400", "-1", "0", "1", "2.5", "1e308", "1e-320", "-0",
    "99999999999999999999", "0x1F", "1_000", "1,2", ",", ";", "=", "a=b", "true", "none", "null",
    "é", "名", "\t", "\n", "\x07", "'", '"', "{", "[1, 2", "..", "/", "/dev/null", "~", "-", "--",
    "*", "a" * 3000, "12:34:56", "1 2 3", "%d", "{0}", "$HOME", "http://127.0.0.1:9/", "١٢",
)  # fmt: skip


def any_of(values: tuple, random: Random) -> Any:
    """Return one of the values."""
    return values[int(random.integers(len(values)))]


def changed_json(value: Any, random: Random) -> Any:
    """Return a JSON value with one entry replaced, removed, doubled, renamed or wrapped."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.15:
        return any_of(PLAIN, random)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[int(random.integers(len(keys)))]
    made = dict(value) if isinstance(value, dict) else list(value)
    choice = random.random()
    if choice < 0.65:
        made[key] = changed_json(value[key], random)
    elif choice < 0.8:
        del made[key]
    elif choice < 0.9:
        made[key] = any_of(([value[key]], {"x": value[key]}, [value[key]] * 3), random)
    elif isinstance(made, dict):
        made[f"{key}{any_of(('', 's', '_', 'X'), random)}"] = any_of(PLAIN, random)
    else:
        made.append(any_of(PLAIN, random))
    return made


def json_edited(path: Path, random: Random) -> None:
    """Change an entry of a JSON file, which stays JSON."""
    try:
        value = json.loads(path.read_text())
    except (ValueError, RecursionError):
        return
    path.write_text(json.dumps(changed_json(value, random)))


def json_odd(path: Path, random: Random) -> None:
    """Put text into a JSON file that a lenient reader takes, or that has no end."""
    text = path.read_text(errors="replace")
    value = re.search(r": *[^,\[{\n]+", text)
    odd = any_of(
        (": NaN", ": Infinity", ": 1e999", f": {'9' * 5000}", f": {'[' * 5000}{']' * 5000}"),
        random,
    )
    if value:
        text = text[: value.start()] + odd + text[value.end() :]
    path.write_text(text)


def cell_edited(path: Path, random: Random) -> None:
    """Replace a word of a text file: a cell, the value of an attribute, a name."""
    text = path.read_text(errors="replace")
    words = list(re.finditer(r"[\w.+-]+", text))
    if words:
        word = words[int(random.integers(len(words)))]
        text = text[: word.start()] + any_of(TEXTS, random) + text[word.end() :]
        path.write_text(text, errors="replace")


def line_edited(path: Path, random: Random) -> None:
    """Remove, double, or swap lines of a text file."""
    lines = path.read_text(errors="replace").splitlines(keepends=True)
    if lines:
        one, other = random.integers(len(lines), size=2)
        match int(random.integers(3)):
            case 0:
                del lines[one]
            case 1:
                lines.insert(other, lines[one])
            case _:
                lines[one], lines[other] = lines[other], lines[one]
        path.write_text("".join(lines), errors="replace")

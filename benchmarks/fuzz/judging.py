"""How a command ended: well, with one clear sentence, or in a way that is a fault."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from benchmarks.fuzz.running import Ended
from benchmarks.fuzz.trial import Trial
from sciarada.tabular.escaping import shown_unicode


class Outcome(StrEnum):
    """What came of a trial; all but the first two are faults."""

    DONE = "done"
    REFUSED = "one sentence"
    TRACEBACK = "traceback"
    HANG = "hang"
    CRASH = "crash"
    STATUS = "wrong exit status"
    SENTENCES = "not one sentence"
    LIBRARY = "words of a library"
    NAMELESS = "names neither file nor option"
    ACCEPTED = "accepted what is wrong"
    LEFTOVERS = "left something behind"
    NETWORK = "asked the network"
    ONCE = "fault that did not repeat"


SOUND = (Outcome.DONE, Outcome.REFUSED)
LONGEST = 700  # characters of a sentence
CLICK_USAGE = re.compile(r"^Usage: .*^Error: ", re.DOTALL | re.MULTILINE)
OPTION = re.compile(r"(?<!\w)--[a-z][a-z-]+")
QUOTED = re.compile(r"(?<!\w)'[^']*'(?!\w)")
NOTES = re.compile(r"^sciarada: (?:warning|info|debug): ")

LIBRARY_WORDS = re.compile(
    "|".join(
        (
            # Python
            r"\b[A-Z]\w+(?:Error|Exception|Warning)\b|\[Errno|0x[0-9a-f]{6,}|<(?:class|function|_io)",
            r"object has no attribute|NoneType|operand|not subscriptable|not iterable|unhashable",
            r"object is not callable|object cannot be interpreted|positional argument|to unpack",
            r"unexpected keyword|invalid literal|could not convert|list index|index out of range",
            r"codec can't|invalid start byte|must be str|must be real|embedded null|\bNaN to int",
            r"not JSON serializable|maximum recursion|string indices|object of type",
            # json, csv, toml, yaml, xml
            r"Expecting (?:value|property|',')|Extra data|Unterminated string|\(char \d+\)",
            r"Invalid (?:control|\\escape|statement|initial|value \(at)|\(at line \d+, column",
            r"not well-formed|mismatched tag|no element found|while (?:parsing|scanning)",
            # numpy, torch, safetensors
            r"\bdtype\b|ndarray|broadcast|reshape|\bshape \(|structured void|allow_pickle|pickle",
            r"weights_only|torch\.|state_dict|size mismatch|(?:Unexpected|Missing) key|Pytorch",
            r"deserializ|invalid header|HeaderTooLarge|InvalidHeader|IncompleteBuffer",
            # astropy, arrow, zarr, pillow
            r"astropy|\bW\d\d\b|\bE\d\d:|\?:\?:|HDU.*not found|Card .*not FITS|Header missing",
            r"pyarrow|[Pp]arquet magic|Thrift|arrow::|zarr\.\w+\.|numcodecs|blosc|\bPIL\b",
            r"cannot identify image|image file is truncated|decompression bomb|broken data stream",
        )
    )
)


def judge(trial: Trial, ended: Ended, folder: Path) -> Outcome:
    """Return what came of a trial."""
    if ended.timed_out:
        return Outcome.HANG
    if ended.asked_network:
        return Outcome.NETWORK
    if "Traceback (most recent call last)" in ended.errors:
        return Outcome.TRACEBACK
    if ended.status < 0:
        return Outcome.CRASH
    if ended.status == 0:
        return Outcome.ACCEPTED if trial.must_refuse else Outcome.DONE
    if ended.status != 2:
        return Outcome.STATUS
    return _refusal(trial, ended.errors, folder)


def _refusal(trial: Trial, errors: str, folder: Path) -> Outcome:
    """Return what is to be said of a refusal."""
    sentences = refusals(errors)
    if len(sentences) != 1 or len(sentences[0]) > LONGEST:
        return Outcome.SENTENCES
    if LIBRARY_WORDS.search(_without_names(sentences[0], trial)):
        return Outcome.LIBRARY
    names = map(shown_unicode, trial.names)  # as the program shows them
    if not any(name in sentences[0] for name in names) and not OPTION.search(sentences[0]):
        return Outcome.NAMELESS
    if any((folder / name).exists() for name in trial.outputs) or any(folder.glob(".*.part")):
        return Outcome.LEFTOVERS
    return Outcome.REFUSED


def _without_names(sentence: str, trial: Trial) -> str:
    """Return a sentence without what the user named or a file holds, which may be anything."""
    for name in sorted({*trial.names, *trial.arguments}, key=len, reverse=True):
        sentence = sentence.replace(name, "...") if len(name) > 3 else sentence
    return QUOTED.sub("...", sentence)


def refusals(errors: str) -> list[str]:
    """Return the sentences on stderr that are no notes; the usage that click shows is none."""
    usage = CLICK_USAGE.search(errors)
    if usage:
        return [" ".join(errors[usage.end() :].split())]
    return [line for line in errors.splitlines() if line.strip() and not NOTES.match(line)]

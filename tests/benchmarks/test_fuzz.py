"""A small part of the campaign of damaged input: every refusal is one sentence of ours."""

import pytest

from benchmarks.fuzz.campaign import try_seeds
from benchmarks.fuzz.judging import SOUND, Outcome, judge
from benchmarks.fuzz.running import Ended
from benchmarks.fuzz.samples import samples
from benchmarks.fuzz.trial import Trial

TRIAL = Trial(("cutouts", "set.fits"), ("set.fits",), ("cut short",), ("out.fits",))


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    work = tmp_path_factory.mktemp("fuzz")
    samples(work, trained=False)
    return work


@pytest.mark.parametrize(("kind", "number"), [("tables", 25), ("stores", 25), ("folders", 12)])
def test_damaged_input_ends_in_one_sentence(work, kind, number):
    results = list(try_seeds(kind, range(1, number + 1), work))
    assert len(results) == number
    at_fault = [(r.seed, r.outcome, r.arguments, r.said) for r in results if r.outcome not in SOUND]
    assert at_fault == []
    # What cannot be read in a folder is omitted with a note.
    refused = sum(result.outcome is Outcome.REFUSED for result in results)
    assert refused > number / 3 or kind == "folders"


@pytest.mark.parametrize(
    ("status", "errors", "outcome"),
    [
        (0, "", Outcome.DONE),
        (2, "sciarada: set.fits is cut short; fetch it again\n", Outcome.REFUSED),
        (1, "Traceback (most recent call last):\n  ...\nKeyError: 5\n", Outcome.TRACEBACK),
        (-11, "", Outcome.CRASH),
        (1, "sciarada: set.fits is cut short\n", Outcome.STATUS),
        (2, "sciarada: set.fits: bad operand type for abs(): 'str'\n", Outcome.LIBRARY),
        (2, "sciarada: set.fits has 'dtype' twice in one object\n", Outcome.REFUSED),
        (2, "sciarada: set.fits has no dtype\n", Outcome.LIBRARY),
        (2, "sciarada: the table is cut short\n", Outcome.NAMELESS),
        (2, "sciarada: set.fits is bad\nand more\n", Outcome.SENTENCES),
    ],
)
def test_how_an_end_is_judged(status, errors, outcome, tmp_path):
    ended = Ended(status, errors, 0.1, 0, False, False)
    assert judge(TRIAL, ended, tmp_path) is outcome


def test_a_name_of_blanks_counts_as_the_program_shows_it(tmp_path):
    ended = Ended(2, "sciarada: \\t cannot be read: No such file\n", 0.1, 0, False, False)
    assert judge(Trial((), ("\t",), (), ()), ended, tmp_path) is Outcome.REFUSED
    assert judge(Trial((), ("\n",), (), ()), ended, tmp_path) is Outcome.NAMELESS


def test_what_is_left_behind_is_seen(tmp_path):
    (tmp_path / "out.fits").touch()
    ended = Ended(2, "sciarada: set.fits is cut short\n", 0.1, 0, False, False)
    assert judge(TRIAL, ended, tmp_path) is Outcome.LEFTOVERS

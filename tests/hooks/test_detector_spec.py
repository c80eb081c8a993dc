"""What is declared about a detector: thresholds, where it runs, and the defaults."""

from dataclasses import dataclass

import pytest

from sciarada.errors import PluginError
from sciarada.hooks import DetectorSpec, TaskSpec, Thresholds
from sciarada.hooks.owner import Owner


@dataclass(frozen=True)
class Options:
    level: float = 4.0


def detector(**changes) -> DetectorSpec:
    owner = Owner("x", "dist-x", "1", "x")
    given = {"name": "x", "summary": "An x", "factory": list, "options": Options, "owner": owner}
    return DetectorSpec(**(given | changes))


def test_a_plain_task_of_this_kind_has_the_defaults():
    owner = Owner("x", "dist-x", "1", "x")
    task = TaskSpec(
        kind="detector", name="x", summary="s", factory=list, formerly=("y",), owner=owner
    )
    spec = DetectorSpec.of(task)
    assert (spec.name, spec.formerly, spec.owner.plugin) == ("x", ("y",), "x")
    assert spec.thresholds_for(None) == Thresholds(5.0, 3.0)
    assert (spec.multiscale, spec.runs_on) == (False, "processes")
    assert DetectorSpec.of(spec) is spec


def test_thresholds_follow_the_options():
    spec = detector(thresholds=lambda options: Thresholds(options.level, 1.5))
    assert spec.thresholds_for(Options(6.0)) == Thresholds(6.0, 1.5)
    assert detector(thresholds=Thresholds(7, 2)).thresholds_for(Options()) == Thresholds(7, 2)


@pytest.mark.parametrize(
    ("thresholds", "sentence"),
    [
        (lambda options: options.none, "cannot state its thresholds: AttributeError"),
        (lambda options: Thresholds(3, options.level), "grow_sigma must be from 0 to peak_sigma"),
        (lambda options: (5, 3), r"states \(5, 3\) as its thresholds, not Thresholds"),
    ],
)
def test_wrong_thresholds_name_the_plugin(thresholds, sentence):
    with pytest.raises(PluginError, match=f"the detector 'x' of plugin dist-x/x .*{sentence}"):
        detector(thresholds=thresholds).thresholds_for(Options())


@pytest.mark.parametrize("values", [(3, 5), (5, -1), (float("nan"), 1)])
def test_impossible_thresholds_are_refused(values):
    with pytest.raises(ValueError, match="grow_sigma must be from 0 to peak_sigma"):
        Thresholds(*values)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "classifier"}, "the kind of a DetectorSpec cannot be changed"),
        ({"thresholds": 5.0}, "thresholds must be Thresholds or a function"),
        ({"multiscale": 1}, "multiscale must be True or False"),
        ({"runs_on": "gpu"}, "runs_on is one of processes, device, not 'gpu'"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1"),
        ({"batch_size": True}, "batch_size must be a whole number from 1"),
    ],
)
def test_a_wrong_declaration_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        detector(**changes)

"""Specs: what may be declared, and how the declared thing is made."""

import dataclasses
from collections import Counter, OrderedDict
from dataclasses import dataclass

import pytest

from sciarada.errors import OptionError, PluginError
from sciarada.hooks.owner import Owner
from sciarada.hooks.specs import (
    AugmentationSpec,
    EncoderSpec,
    HubSpec,
    PluginSpec,
    ReaderSpec,
    SimulatorSpec,
    TaskSpec,
    WeightsSpec,
    WriterSpec,
)


@dataclass(frozen=True)
class Options:
    level: float = 5.0


def task(**changes) -> TaskSpec:
    given = {"kind": "classifier", "name": "x", "summary": "An x", "factory": OrderedDict}
    return TaskSpec(**(given | changes))


def test_a_factory_may_be_an_object_or_a_path_to_one():
    assert type(task().make()) is OrderedDict
    assert type(task(factory="collections:Counter").make()) is Counter
    assert task(factory="collections:OrderedDict.fromkeys", options=Options).options is Options


def test_the_factory_gets_the_options_or_the_defaults():
    spec = task(factory=lambda options: options.level, options=Options)
    assert spec.make() == 5.0
    assert spec.make(Options(level=7.0)) == 7.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Upper"}, "the name 'Upper'"),
        ({"name": ""}, "the name ''"),
        ({"name": "a:b"}, "the name 'a:b'"),
        ({"name": None}, "the name None"),
        ({"summary": "two\nlines"}, "summary must be one line"),
        ({"summary": ""}, "summary must be one line"),
        ({"factory": None}, "factory must be a callable"),
        ({"factory": "no_colon"}, "factory must be a callable"),
        ({"factory": "a b:c"}, "factory must be a callable"),
        ({"options": dict}, "options must be a dataclass"),
        ({"options": Options()}, "options must be a dataclass"),
        ({"requires": "torch"}, "requires must be a tuple"),
        ({"requires": (1,)}, "requires must be a tuple"),
        ({"kind": "two words"}, "kind is one of detector, classifier"),
        ({"kind": None}, "kind is one of detector, classifier"),
        ({"summary": "red \x1b[31m"}, "summary must be one line"),
        ({"requires": iter(["torch"])}, "requires must be a tuple"),
        ({"factory": "m:"}, "factory must be a callable"),
    ],
)
def test_a_wrong_declaration_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        task(**changes)


def test_a_factory_that_fails_names_the_plugin():
    owner = Owner("x", "dist-x", "1.0", "x")
    spec = task(factory="no_such_module:thing", owner=owner)
    with pytest.raises(
        PluginError, match="classifier 'x' of plugin dist-x/x cannot be started: Mod"
    ):
        spec.build()


def test_what_a_user_can_mend_is_left_as_it_is():
    def refuse():
        raise OptionError("level must be lower")

    with pytest.raises(OptionError, match="level must be lower"):
        task(factory=refuse).build()


def test_kinds():
    assert task(kind="classifier").kind == "classifier"
    encoder = EncoderSpec(name="e", summary="s", factory=list)
    assert encoder.kind == "encoder"
    weights = WeightsSpec(name="w", summary="s", factory=list, encoder="e", sha256="0" * 64)
    assert isinstance(weights, PluginSpec)
    assert weights.kind == "weights"


def test_weights_are_those_of_a_known_kind():
    given = {"name": "w", "summary": "s", "factory": list, "encoder": "e", "sha256": "0" * 64}
    assert WeightsSpec(**given, model_kind="classifier").model_kind == "classifier"
    with pytest.raises(ValueError, match="model_kind is one of encoder, detector"):
        WeightsSpec(**given, model_kind="anomaly")


@pytest.mark.parametrize("suffixes", [(), (".h5", "hdf"), ".h5", ("",), None, (".a/b",), ("..",)])
@pytest.mark.parametrize("cls", [ReaderSpec, WriterSpec])
def test_suffixes_are_endings_with_a_dot(cls, suffixes):
    assert cls(name="x", summary="s", factory=list, suffixes=(".h5", ".H5.gz"))
    with pytest.raises(ValueError, match="x: suffixes must be a tuple of endings"):
        cls(name="x", summary="s", factory=list, suffixes=suffixes)


@pytest.mark.parametrize(
    ("spec", "made", "lacking"),
    [
        (TaskSpec(kind="detector", name="x", summary="s", factory=list), {"halo"}, "detect"),
        (EncoderSpec(name="x", summary="s", factory=list), {"channels"}, "backbone"),
        (HubSpec(name="x", summary="s", factory=list), set(), "load"),
        (SimulatorSpec(name="x", summary="s", factory=list), set(), "draw"),
        (ReaderSpec(name="x", summary="s", factory=list, suffixes=(".x",)), {"write"}, "read"),
        (WriterSpec(name="x", summary="s", factory=list, suffixes=(".x",)), {"read"}, "write"),
        *(
            (AugmentationSpec(name="x", summary="s", factory=list, stage=stage), set(), part)
            for stage, part in [
                ("partner", "prepare"),
                ("sky", "apply"),
                ("geometry", "matrices"),
                ("channels", "apply"),
            ]
        ),
    ],
)
def test_what_is_made_has_the_methods_of_its_kind(spec, made, lacking):
    methods = {name: lambda self: None for name in made}
    owner = Owner("x", "dist-x", "1", "x")
    spec = dataclasses.replace(spec, factory=type("Made", (), methods), owner=owner)
    with pytest.raises(
        PluginError, match=rf"{spec.kind} 'x' of plugin dist-x/x has no .* {lacking}, which every"
    ):
        spec.build()
    assert type(spec.make()).__name__ == "Made"


def test_a_method_can_be_called():
    factory = type("Made", (), {"draw": 3})
    spec = SimulatorSpec(name="x", summary="s", factory=factory)
    with pytest.raises(PluginError, match="has a draw that is not a method"):
        spec.build()


def test_specs_are_frozen_and_differ_by_more_than_their_owner():
    spec = task()
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.name = "y"
    assert dataclasses.replace(spec, owner=Owner("a", "b", "1", "c")) == spec
